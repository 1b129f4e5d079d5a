import Model
import FoundationEssentials

/// What a client asks the daemon through its control socket: one line of JSON.
package struct ControlRequest: Sendable, Hashable {
    package enum Command: String, Sendable, Hashable, CaseIterable {
        case failover, failback
    }

    package var command: Command
    package var group: String
    package var force: Bool

    package init(command: Command, group: String, force: Bool) {
        self.command = command
        self.group = group
        self.force = force
    }

    /// The request as one line.
    package var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("command", command.rawValue)
            json.member("group", group)
            json.member("force", force)
        }
        json.finish()
        return json.bytes
    }

    /// Reads a line; nil when it is no request.
    package init?(line: [UInt8]) {
        struct Wire: Decodable {
            var command: String
            var group: String
            var force: Bool
        }
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(line)),
            let command = Command(rawValue: wire.command)
        else { return nil }
        self.init(command: command, group: wire.group, force: wire.force)
    }
}

/// What the daemon answers: one line of JSON.
package struct ControlReply: Sendable, Hashable {
    package var done: Bool
    /// A sentence for the operator.
    package var text: String

    package init(done: Bool, text: String) {
        self.done = done
        self.text = text
    }

    package var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("done", done)
            json.member("text", text)
        }
        json.finish()
        return json.bytes
    }

    package init?(line: [UInt8]) {
        struct Wire: Decodable {
            var done: Bool
            var text: String
        }
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(line)) else { return nil }
        self.init(done: wire.done, text: wire.text)
    }
}
