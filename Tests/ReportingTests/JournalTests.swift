import Glibc
import Testing

@testable import Reporting

@Suite struct JournalTests {
    /// Returns JOURNAL_STREAM as systemd would set it for a descriptor.
    static func stream(of descriptor: Int32) -> String {
        var information = stat()
        fstat(descriptor, &information)
        return "\(information.st_dev):\(information.st_ino)"
    }

    @Test func knowsTheStreamByDeviceAndInode() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let descriptor = open(folder.file("a"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let value = Self.stream(of: descriptor)
        #expect(streamIsJournal(value, descriptor: descriptor))
        #expect(!streamIsJournal(value + "0", descriptor: descriptor))
        #expect(!streamIsJournal("1" + value, descriptor: descriptor))
        #expect(!streamIsJournal(value, descriptor: -1))
    }

    @Test(arguments: [nil, "", ":", "1", "1:", "1:2:3", "a:b", "-1:2", "99999999999999999999:1"])
    func refusesAStreamOfAnotherForm(value: String?) {
        #expect(!streamIsJournal(value, descriptor: 2))
    }

    @Test func choosesLinesWhereStandardErrorIsNotTheJournal() {
        #expect(chooseJournal(target: .auto) { _ in nil } is TerminalJournal)
        #expect(chooseJournal(target: .auto) { _ in "1:1" } is TerminalJournal)
        #expect(chooseJournal(target: .stderr) { _ in nil } is TerminalJournal)
    }

    @Test func tellsAListenerFromALeftOverSocket() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("socket")
        #expect(!socketListens(at: path))
        let listener = try DatagramSocket(path: path)
        #expect(socketListens(at: path))
        listener.close()
        #expect(!socketListens(at: path))
        #expect(!socketListens(at: "/" + String(repeating: "x", count: 200)))
    }
}
