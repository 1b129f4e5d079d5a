import Glibc
import Testing

@testable import Daemon

struct ProcessSettingsTests {
    /// The code and constants of this process that are in memory, in KiB.
    private func residentCode() throws -> Int {
        let file = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let length = read(file, &bytes, bytes.count)
        let line = String(decoding: bytes.prefix(max(0, length)), as: UTF8.self)
            .split(separator: "\n").first { $0.hasPrefix("RssFile:") }
        let digits = try #require(line).filter(\.isNumber)
        return try #require(Int(digits))
    }

    @Test func `what only a start needs is given back, and the rest goes on`() throws {
        let before = try residentCode()
        forgetStartup()
        // Other tests run meanwhile, and take back what they use.
        #expect(try residentCode() < before * 3 / 4)
        #expect(!hostName().isEmpty)
    }
}
