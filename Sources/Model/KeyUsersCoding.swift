extension KeyUsersReport {
    /// Writes the report as members of the object at hand; `clean` makes foreign texts harmless.
    package func write(to json: inout JSONWriter, clean: (String) -> String) {
        json.member("count", count)
        json.member("unreadable", unreadable)
        json.member("hidden", isBlind)
        json.member("cut_short", isCut)
        json.array("users") { json in
            for user in users {
                json.object { json in
                    json.member("pid", Int(user.pid))
                    json.member("user", clean(user.user))
                    json.member("unit", user.unit.map(clean))
                    json.member("command", clean(user.command))
                    json.member("reason", user.reason.rawValue)
                }
            }
        }
    }

    /// Reads what ``write(to:clean:)`` has written.
    package init(_ row: JSONRow) throws(JSONFault) {
        self.init(
            users: try row.rows("users").map { row throws(JSONFault) in
                let name = try row.string("reason")
                guard let reason = KeyUser.Reason(rawValue: name) else {
                    throw row.fault("reason", .invalid("it is none that is known"))
                }
                return KeyUser(
                    pid: try row.number("pid"), user: try row.string("user"),
                    unit: try row.optionalString("unit"), command: try row.string("command"),
                    reason: reason)
            },
            count: try row.number("count"), unreadable: try row.number("unreadable"),
            isBlind: try row.truth("hidden"), isCut: try row.truth("cut_short"))
    }
}
