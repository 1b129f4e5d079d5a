import CLinux
import Glibc

/// A file descriptor that is closed on exec, and at the end of its scope unless it is taken.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes over a descriptor that a call returned, moved out of the way of the standard streams.
    ///
    /// A daemon may be started with these closed; a pipe that became number 1 would be lost when the
    /// child's own streams are put in place.
    init(_ number: Int32, from call: String) throws(StartFailure) {
        guard number >= 0 else { throw .system(call: call, code: errno) }
        guard number <= STDERR_FILENO else {
            self.number = number
            return
        }
        let moved = fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        let code = errno
        close(number)
        guard moved >= 0 else { throw .system(call: "fcntl", code: code) }
        self.number = moved
    }

    deinit {
        close(number)
    }

    /// Gives the descriptor away; closing it is the receiver's business.
    consuming func take() -> Int32 {
        let number = number
        discard self
        return number
    }

    /// Makes a file in memory that holds these bytes, to be read from its beginning.
    ///
    /// As a program's standard input it needs nobody who writes while the program reads.
    static func memory(holding bytes: [UInt8]) throws(StartFailure) -> Descriptor {
        let file = try Descriptor(credwatch_memfd("credwatch-stdin"), from: "memfd_create")
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(file.number, $0.baseAddress?.advanced(by: offset), $0.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(call: "write", code: errno) }
            offset += count
        }
        guard lseek(file.number, 0, SEEK_SET) == 0 else {
            throw .system(call: "lseek", code: errno)
        }
        return file
    }

    /// Makes a pipe whose reading end does not block.
    static func pipe() throws(StartFailure) -> Pipe {
        var numbers: [Int32] = [-1, -1]
        guard pipe2(&numbers, O_CLOEXEC) == 0 else { throw .system(call: "pipe2", code: errno) }
        let reading: Descriptor
        do throws(StartFailure) {
            reading = try Descriptor(numbers[0], from: "pipe2")
        } catch {
            close(numbers[1])
            throw error
        }
        let writing = try Descriptor(numbers[1], from: "pipe2")
        guard fcntl(reading.number, F_SETFL, O_NONBLOCK) == 0 else {
            throw .system(call: "fcntl", code: errno)
        }
        return Pipe(reading: reading, writing: writing)
    }
}

/// Both ends of a pipe.
struct Pipe: ~Copyable {
    var reading: Descriptor
    var writing: Descriptor

    /// Closes the writing end and returns the other.
    consuming func closeWriting() -> Descriptor {
        reading
    }
}
