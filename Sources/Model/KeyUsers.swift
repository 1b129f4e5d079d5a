/// A running process that may still use an access key of before a switch.
package struct KeyUser: Sendable, Hashable {
    /// Why it is taken for one.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A variable of its environment is the key id.
        case environment
        /// It is of a unit that reads a switched file, and older than the switch.
        case startedBefore = "started_before"
    }

    package var pid: Int32
    /// The name of its user, or `uid 1000` where the machine knows none.
    package var user: String
    /// `app.service`; in a user's own manager `user@1000.service/app.service`. Nil outside of all units.
    package var unit: String?
    /// What the process calls itself, at most 15 bytes, which may be anything.
    package var command: String
    package var reason: Reason

    package init(pid: Int32, user: String, unit: String?, command: String, reason: Reason) {
        self.pid = pid
        self.user = user
        self.unit = unit
        self.command = command
        self.reason = reason
    }
}

/// Whose users are asked for.
package struct KeyUsersQuestion: Sendable, Hashable {
    package var keyID: String
    /// The files that were switched, absolute paths.
    package var files: [String]
    /// Units that are known to read them: `app.service`.
    package var units: [String]
    /// When they were switched; nil when only environments count.
    package var since: Moment?

    package init(
        of keyID: String, files: [String] = [], units: [String] = [], since: Moment? = nil
    ) {
        self.keyID = keyID
        self.files = files
        self.units = units
        self.since = since
    }
}

/// Who was found to use a key, and how much was not seen.
package struct KeyUsersReport: Sendable, Hashable {
    /// The first ``mostUsers`` by their pids.
    package var users: [KeyUser]
    /// How many there are in all.
    package var count: Int
    /// How many processes could not be looked at, for want of the right.
    package var unreadable: Int
    /// Whether the processes of others are hidden from who looked.
    package var isBlind: Bool
    /// Whether the time was over before the last process.
    package var isCut: Bool

    package static let mostUsers = 100

    package init(
        users: [KeyUser] = [], count: Int? = nil, unreadable: Int = 0, isBlind: Bool = false,
        isCut: Bool = false
    ) {
        self.users = users
        self.count = count ?? users.count
        self.unreadable = unreadable
        self.isBlind = isBlind
        self.isCut = isCut
    }

    /// Whether somebody may use the key that was not seen.
    package var isIncomplete: Bool { unreadable > 0 || isBlind || isCut }
}

/// Who still uses the key that a group has moved away from.
package struct StaleUsers: Sendable, Hashable {
    /// The profile that had it.
    package var profile: String
    package var accessKeyID: String
    /// When the group moved.
    package var since: WallTime
    /// Nil before the first look.
    package var lookedAt: WallTime?
    package var report: KeyUsersReport

    package init(
        profile: String, accessKeyID: String, since: WallTime, lookedAt: WallTime? = nil,
        report: KeyUsersReport = KeyUsersReport()
    ) {
        self.profile = profile
        self.accessKeyID = accessKeyID
        self.since = since
        self.lookedAt = lookedAt
        self.report = report
    }
}
