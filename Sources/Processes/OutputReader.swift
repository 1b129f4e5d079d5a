import EventLoops
import Glibc

/// One output stream of a child: what is read from its pipe, and the loop that says when.
struct OutputReader {
    private let descriptor: Int32
    private var buffer: OutputBuffer
    /// Nil after the end.
    private var loop: EventLoop?

    /// Starts to watch a pipe; the descriptor is closed when the stream ends or is given up.
    init(
        _ descriptor: Int32, _ buffer: OutputBuffer, loop: EventLoop,
        whenReadable handler: @escaping @Sendable () -> Void
    ) {
        self.descriptor = descriptor
        self.buffer = buffer
        self.loop = loop
        loop.watch(descriptor, handler)
    }

    var captured: CapturedOutput { buffer.captured }
    var isTruncated: Bool { buffer.captured.isTruncated }
    var isAtEnd: Bool { loop == nil }

    /// Reads what is there, at most 256 KiB so that other events get their turn, and returns new lines.
    mutating func read() -> [OutputLine] {
        guard loop != nil else { return [] }
        var lines: [OutputLine] = []
        var goesOn = true
        withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 16) { chunk in
            for _ in 0..<4 where goesOn {
                let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
                if count > 0 {
                    lines += buffer.append(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
                } else if count < 0, errno == EINTR {
                    continue
                } else {
                    goesOn = false
                    if count == 0 || errno != EAGAIN { lines += stop() }
                }
            }
        }
        return lines
    }

    /// Gives the stream up and returns the line that it had begun.
    mutating func stop() -> [OutputLine] {
        guard let loop else { return [] }
        loop.unwatch(descriptor)
        close(descriptor)
        self.loop = nil
        return buffer.finish()
    }
}
