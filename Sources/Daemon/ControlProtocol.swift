import Model

/// What a client asks the daemon through its control socket: one line of JSON.
package struct ControlRequest: Sendable, Hashable {
    package enum Command: String, Sendable, Hashable, CaseIterable {
        case failover, failback
        /// A failover with the way back; a command of its own, so that no older daemon takes it for the one
        /// without.
        case drill
        /// Reads the config again; it names no group.
        case reload
        /// Checks a profile at once; it is named in place of a group.
        case check
    }

    package var command: Command
    package var group: String
    package var force: Bool

    package static let reload = ControlRequest(command: .reload, group: "", force: false)

    package static func check(_ profile: String) -> ControlRequest {
        ControlRequest(command: .check, group: profile, force: false)
    }

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
        guard let json = JSONValue(parsing: line),
            let command = json["command"]?.text.flatMap(Command.init),
            let group = json["group"]?.text, let force = json["force"]?.truth
        else { return nil }
        self.init(command: command, group: group, force: force)
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
        guard let json = JSONValue(parsing: line), let done = json["done"]?.truth,
            let text = json["text"]?.text
        else { return nil }
        self.init(done: done, text: text)
    }
}
