import Glibc
import Model
import Resolving
import Scheduling

/// A question of the daemon's to its privileged half: who still uses the key that a group has left.
///
/// Files and units are those of the config. The key id comes along, since only the daemon has seen it; it has to
/// have the form of one, so that nothing else in the environments of others can be looked for.
struct UsersRequest: Sendable, Hashable {
    var group: String
    var keyID: String
    /// When the group moved, on the boot clock.
    var since: Moment

    /// Nil when the key id has not the form that AWS gives its ids.
    init?(group: String, keyID: String, since: Moment) {
        let prefix = keyID.prefix(4)
        guard prefix == "AKIA" || prefix == "ASIA", (16...128).contains(keyID.utf8.count),
            keyID.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { return nil }
        self.group = group
        self.keyID = keyID
        self.since = since
    }

    /// The request as one line.
    var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("request", "users")
            json.member("group", group)
            json.member("key_id", keyID)
            // A number of JSON would lose the last digits.
            json.member("since", String(since.nanoseconds))
        }
        json.finish()
        return json.bytes
    }

    /// Reads a line; nil when it is no such request.
    init?(line: [UInt8]) {
        guard line.count <= MoverProtocol.longestRequest, let json = JSONValue(parsing: line),
            json["request"]?.text == "users", let group = json["group"]?.text,
            let keyID = json["key_id"]?.text,
            let since = json["since"]?.text.flatMap({ Int64($0) })
        else { return nil }
        self.init(group: group, keyID: keyID, since: Moment(nanoseconds: since))
    }

    /// What to look for, by the config; nil when it has no such group.
    func question(_ configuration: Configuration) -> KeyUsersQuestion? {
        configuration.groups.first { $0.name == group }.map {
            KeyUsersQuestion(of: keyID, in: $0, since: since)
        }
    }
}

extension KeyUsersQuestion {
    /// Asks for those of a group's files and units.
    init(of keyID: String, in group: GroupConfiguration, since: Moment) {
        self.init(
            of: keyID, files: group.switchTargets.map(\.place.path),
            units: group.switchTargets.flatMap(\.restartUnits), since: since)
    }
}

extension KeyUsersReport {
    /// The report as one line.
    var line: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("end", "users")
            write(to: &json, clean: \.self)
        }
        json.finish()
        return json.bytes
    }

    /// Reads a line; nil when it is no report.
    init?(line: [UInt8]) {
        guard let json = JSONValue(parsing: line), json["end"]?.text == "users",
            let report = try? KeyUsersReport(JSONRow(json))
        else { return nil }
        self = report
    }
}

extension MoverClient {
    /// Asks who uses a key; nil when nobody answers who knows such a question. Blocks.
    func findUsers(_ request: UsersRequest) -> KeyUsersReport? {
        guard let socket = connect() else { return nil }
        defer { close(socket) }
        guard UnixSocket.sendAll(request.line, to: socket) else { return nil }
        var reader = LineReader(socket, longest: MoverProtocol.longestLine)
        guard case .line(let line) = reader.next(until: SystemClock.moment() + .seconds(30)) else {
            return nil
        }
        return KeyUsersReport(line: line)
    }
}

/// Looks for the users of a key by the privileged half where it listens, which sees all processes; nil when
/// that is not to be had. Root needs nobody else's rights.
func findUsersByMover(_ request: UsersRequest?, at path: String) async -> KeyUsersReport? {
    guard let request, geteuid() != 0 else { return nil }
    let client = MoverClient(path: path)
    return await BlockingLine().run(within: .seconds(35)) { client.findUsers(request) } ?? nil
}
