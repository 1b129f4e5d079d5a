import Configuring
import Glibc
import Model
import Reporting

/// Prints a text on standard error, without what looks like a secret or what a terminal would obey.
func complain(_ text: String) {
    write(visible(redacted(text), keepingLines: true) + "\n", to: STDERR_FILENO)
}

/// Writes a text as it is; what cannot be written (a closed pipe) is lost.
func write(_ text: String, to descriptor: Int32) {
    write(Array(text.utf8), to: descriptor)
}

/// Writes bytes as they are; what cannot be written (a closed pipe) is lost.
func write(_ bytes: [UInt8], to descriptor: Int32) {
    _ = writeWhole(bytes, to: descriptor)
}

/// Writes bytes as they are, and says whether all of them were taken.
func writeWhole(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = rest.dropFirst(count)
    }
    return true
}

/// The value of an environment variable; nil when it is not set, or empty.
func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}

/// How tables are to look on standard output.
func tableStyle() -> TableStyle {
    TableStyle(color: colorIsWelcome(descriptor: STDOUT_FILENO), width: terminalWidth())
}

private func terminalWidth() -> Int {
    var size = winsize()
    guard isatty(STDOUT_FILENO) == 1 else { return .max }
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 {
        return Int(size.ws_col)
    }
    return environment("COLUMNS").flatMap(Int.init) ?? 100
}
