import Testing

@testable import Daemon

struct ControlProtocolTests {
    @Test(arguments: ControlRequest.Command.allCases, ["app", "a \"b\"\n\\c", "東京", ""])
    func `a request survives its line`(_ command: ControlRequest.Command, _ group: String) {
        for force in [false, true] {
            let request = ControlRequest(command: command, group: group, force: force)
            #expect(ControlRequest(line: request.line) == request)
            #expect(request.line.last == 0x0A)
            #expect(request.line.count { $0 == 0x0A } == 1)
        }
    }

    @Test(arguments: [true, false], ["Group app now uses app-backup.", "\u{1B}[2J\n\"", ""])
    func `a reply survives its line`(_ done: Bool, _ text: String) {
        let reply = ControlReply(done: done, text: text)
        #expect(ControlReply(line: reply.line) == reply)
        #expect(reply.line.count { $0 == 0x0A } == 1)
    }

    static let noRequests: [String] = [
        "", "{", "{}", "[]", "null", "7", "failover", "\u{0}",
        #"{"command":"failover","group":"app"}"#,
        #"{"command":"failover","force":true}"#,
        #"{"command":"shutdown","group":"app","force":false}"#,
        #"{"command":"FAILOVER","group":"app","force":false}"#,
        #"{"command":"failover","group":["app"],"force":false}"#,
        #"{"command":"failover","group":"app","force":"yes"}"#,
        #"{"command":"failover","group":"app","force":1e999}"#,
        #"{"command":"failover","group":"\ud800","force":false}"#,
        #"{"command":"failover","group":"app","force":false} trailing"#,
    ]

    @Test(arguments: noRequests)
    func `what is no request is none`(_ text: String) {
        #expect(ControlRequest(line: Array(text.utf8)) == nil)
        #expect(ControlReply(line: Array(text.utf8)) == nil)
    }

    @Test(arguments: ["[", #"{"a":"#])
    func `what is nested too deep is no request`(_ opening: String) {
        let text = String(repeating: opening, count: 4_000 / opening.utf8.count)
        #expect(ControlRequest(line: Array(text.utf8)) == nil)
    }

    @Test func `bytes that are no text are no request`() {
        #expect(ControlRequest(line: [0xFF, 0xFE, 0x00]) == nil)
        let line = ControlRequest(command: .failback, group: "app", force: false).line
        for index in line.indices.dropLast() {
            var broken = line
            broken[index] = 0xC0
            #expect(ControlRequest(line: broken) == nil, "byte \(index)")
        }
    }
}
