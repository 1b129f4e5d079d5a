import Model
import Reporting
import Scheduling

extension Doctor {
    /// Looks for the processes that use a key which they should not: the profile's own when AWS refuses it,
    /// and the one that its groups have moved away from, as the daemon's status file has it. Nil where there is
    /// no such key.
    func keyUsersPart(_ result: CheckResult?) async -> DoctorSection<[StaleUsers]>? {
        guard !order.isOffline else { return nil }
        var keys: [StaleUsers] = []
        if let result, result.diagnosis.verdict == .bad, let keyID = result.accessKeyID {
            keys.append(
                StaleUsers(
                    profile: result.profile, accessKeyID: keyID, since: result.startedAt.wall))
        }
        for stale in oldKeys() where !keys.contains(where: { $0.accessKeyID == stale.accessKeyID })
        {
            keys.append(stale)
        }
        guard !keys.isEmpty else { return nil }
        let asked = keys
        return await part(.keyUsers) { await lookedFor(asked) }
    }

    /// The keys that the daemon still looks for, of the profile's groups.
    private func oldKeys() -> [StaleUsers] {
        let name = order.profile.name
        let groups = configuration.groups.filter {
            $0.primary == name || $0.backups.contains(name)
        }
        guard !groups.isEmpty else { return [] }
        let names = Set(groups.map(\.name))
        let status = try? readStatus(path: configuration.statusFile).document
        return (status?.groups ?? []).filter { names.contains($0.name) }.compactMap(\.staleUsers)
    }

    private func lookedFor(_ keys: [StaleUsers]) async -> DoctorSection<[StaleUsers]> {
        var found: [StaleUsers] = []
        for key in keys {
            // The files and units of the switch are the daemon's to weigh, who knows when it was.
            let question = KeyUsersQuestion(of: key.accessKeyID)
            guard
                let report = await within(
                    share(1, of: 6), on: transport, { await askKeyUsers(question) })
            else { continue }
            var stale = key
            stale.report = report
            stale.lookedAt = SystemClock.wall()
            found.append(stale)
        }
        guard !found.isEmpty else { return .notAsked(DoctorReport.noTime) }
        let isUsed = found.contains { $0.report.count > 0 }
        let isIncomplete = found.contains { $0.report.isIncomplete }
        return DoctorSection(isUsed ? .warning : isIncomplete ? .unknown : .ok, found)
    }
}
