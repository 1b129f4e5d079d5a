package import Model

/// Returns the sentence that `systemctl status` shows: `12 healthy, 1 failing (app: key not recognised),
/// next check 14:03:10 UTC`.
///
/// `problems` are clauses of the daemon's own, like a status file that cannot be written. One line, at most
/// 1 KiB.
package func sentence(for document: StatusDocument, problems: [String] = []) -> String {
    var parts = [counts(of: document, naming: 3)] + problems + surroundings(of: document)
    if let next = document.profiles.lazy.compactMap(\.nextCheckAt).min() {
        parts.append("next check \(next.timeOfDay) UTC")
    }
    return bounded(visible(redacted(parts.joined(separator: ", "))), bytes: 1_024)
}

/// Returns the clauses about the journal and the dead-man service, when one of them takes nothing.
private func surroundings(of document: StatusDocument) -> [String] {
    var clauses: [String] = []
    let journal = document.journal
    if !journal.isReachable {
        let dropped = journal.dropped > 0 ? ", \(journal.dropped) dropped" : ""
        clauses.append("the journal takes no entries (\(journal.waiting) waiting\(dropped))")
    }
    if let heartbeat = document.heartbeat, let failure = heartbeat.failure {
        clauses.append("no heartbeat at \(heartbeat.host): \(failure)")
    }
    return clauses
}

/// Returns the number of profiles in each state, with the names of those in trouble, and the groups that
/// are not ready.
func counts(of document: StatusDocument, naming limit: Int) -> String {
    if document.profiles.isEmpty { return "no profile is configured" }
    var parts: [String] = []
    for state in [ProfileState.healthy, .failing, .unknown, .pending] {
        let profiles = document.profiles.filter { $0.state == state }
        guard !profiles.isEmpty || state == .healthy else { continue }
        var part = "\(profiles.count) \(state.rawValue)"
        if state == .failing || state == .unknown {
            part += " (\(names(of: profiles, limit: limit)))"
        }
        parts.append(part)
    }
    parts += endings(of: document, naming: limit)
    let groups = document.groups.filter { $0.state != .ready }
    parts += groups.prefix(limit).map { "group \($0.name) \(words(for: $0))" }
    if groups.count > limit { parts.append("\(groups.count - limit) more groups not ready") }
    return parts.joined(separator: ", ")
}

/// Returns the clauses for profiles whose login, or session token, ends within the hour or has ended.
private func endings(of document: StatusDocument, naming limit: Int) -> [String] {
    var ending: [(name: String, end: WallTime)] = []
    for profile in document.profiles {
        guard let end = profile.endsForGood else { continue }
        if end - document.generatedAt < EndNotice.hour.lead { ending.append((profile.name, end)) }
    }
    ending.sort { $0.end < $1.end }
    let clauses = ending.prefix(limit).map {
        "\($0.name): \(words(forEnd: $0.end, at: document.generatedAt))"
    }
    return clauses + (ending.count > limit ? ["\(ending.count - limit) more logins that end"] : [])
}

/// Says how long a login lasts: `login ends in 14 min`.
func words(forEnd end: WallTime, at now: WallTime) -> String {
    end > now ? "login ends in \((end - now).minutesLeft)" : "login ended at \(end.rfc3339)"
}

func names(of profiles: [ProfileStatus], limit: Int) -> String {
    var parts = profiles.prefix(limit).map { profile in
        profile.name + (profile.diagnosis.map { ": \($0.cause.title)" } ?? "")
    }
    if profiles.count > limit { parts.append("\(profiles.count - limit) more") }
    return parts.joined(separator: ", ")
}

func words(for group: GroupStatus) -> String {
    switch group.state {
    case .ready: "ready"
    case .confirming: "confirms a failure"
    case .failingOver: "fails over"
    case .failedOver: "failed over to \(group.active)"
    case .failoverFailed: "failover failed"
    }
}
