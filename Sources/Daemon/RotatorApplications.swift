import Faults
import Glibc
import Model
import Reporting
import Rotating
import Scheduling

/// How a rotation takes along what applications read: the files of groups, and what the daemon hands out.
extension Rotator {
    /// How long the daemon may take for a check that it was asked for.
    private static let checkLimit = Duration.seconds(20)

    /// Reads which key ids stand in the files of each group; what cannot be read stops the rotation, when it
    /// may be the profile's.
    func applications(_ stage: RotationStage) async throws(RotationStop) -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        for group in configuration.groups where !group.switchTargets.isEmpty {
            let steps = Gathering<MoveStep>()
            let outcome = await move(
                MoveRequest(.look, group: group.name, profile: group.primary)
            ) { steps.add($0) }
            if case .failed(let reason) = outcome.end {
                guard hasMember(group), !order.isForced else { continue }
                throw RotationStop(
                    stage == .replacing ? .refused : .unfinished,
                    "Which key the applications of group \(group.name) have is not known: \(reason)."
                )
            }
            found[group.name] = Set(steps.all.compactMap(\.previousKeyID))
        }
        return found
    }

    /// Writes the key in the file to what applications read, and sees the daemon accept it.
    func bring(
        _ record: inout RotationRecord, _ facts: RotationFacts, _ journal: RotationJournal
    ) async throws(RotationStop) {
        let ids = Set([record.oldKeyID, record.newKeyID].compactMap(\.self))
        for group in configuration.groups {
            guard let held = facts.applications[group.name], !held.isDisjoint(with: ids) else {
                continue
            }
            guard held.isSubset(of: ids) else {
                throw RotationStop(
                    .unfinished,
                    "The files of group \(group.name) have keys of several profiles: it is moving. "
                        + "Both keys stay active; the next run goes on.")
            }
            let name = hasMember(group) ? profile.name : profileInUse(by: group.name, configuration)
            let outcome = await refresh(
                MoveRequest(
                    .refresh, group: group.name, profile: name ?? group.primary,
                    keyID: facts.keyInFile))
            switch outcome.end {
            case .done: break
            case .failed(let reason), .incomplete(let reason):
                let text =
                    "The applications of group \(group.name) did not get the new key: \(reason)."
                guard order.isForced else {
                    throw RotationStop(
                        .unfinished, text + " Both keys stay active; the next run goes on.")
                }
                report(text)
            }
        }
        faultPoint("rotate.brought")
        guard record.stage == .proven else { return }
        if !order.isForced { try await seeDaemonAccept(record) }
        record.stage = .moved
        record.movedAt = SystemClock.wall()
        try journal.save(record)
        faultPoint("rotate.moved")
    }

    /// Until when clients of the daemon may use what they were given; nil when there are none.
    func clientsUntil(_ record: RotationRecord) -> WallTime? {
        let longest = serving.compactMap { $0.serve?.duration }.max()
        guard let longest, let movedAt = record.movedAt, !order.isForced else { return nil }
        return movedAt + longest
    }

    /// Waits until the daemon has accepted the new key, which it hands out from then on.
    private func seeDaemonAccept(_ record: RotationRecord) async throws(RotationStop) {
        guard !serving.isEmpty, let id = record.newKeyID else { return }
        await order.askForCheck?()
        let end = SystemClock.moment() + Self.checkLimit
        while !(try daemonHas(id)) {
            guard SystemClock.moment() < end else {
                throw RotationStop(
                    .unfinished,
                    "The daemon does not hand \(id) out yet. Both keys stay active; the next run goes on."
                )
            }
            await rest(.milliseconds(250))
        }
    }

    /// Whether the daemon has seen a key accepted, by its status file; one that does not run hands out nothing.
    private func daemonHas(_ id: String) throws(RotationStop) -> Bool {
        guard access(configuration.statusFile, F_OK) == 0 || errno != ENOENT else { return true }
        guard let document = (try? readStatus(path: configuration.statusFile))?.document else {
            throw RotationStop(
                .unfinished,
                "\(configuration.statusFile) cannot be read, so whether the daemon hands the new key out "
                    + "is not known. Both keys stay active; the next run goes on.")
        }
        guard document.validUntil > SystemClock.wall(),
            let status = document.profiles.first(where: { $0.name == profile.name })
        else { return true }
        return status.accessKeyID == id && status.consecutiveFailures == 0
    }

    private var serving: [GroupConfiguration] {
        configuration.groups.filter { $0.serve != nil && hasMember($0) }
    }

    private func hasMember(_ group: GroupConfiguration) -> Bool {
        group.primary == profile.name || group.backups.contains(profile.name)
    }

    /// Lets the daemon do it when it is who rotates: its own moves of the group go first.
    private func refresh(_ request: MoveRequest) async -> MoveOutcome {
        if let refresh = order.refresh { return await refresh(request) }
        let report = report
        return await move(request) { report("\($0.description).") }
    }

    private func move(
        _ request: MoveRequest, report: @escaping @Sendable (MoveStep) -> Void
    ) async -> MoveOutcome {
        // A resolver that has read nothing yet: what an older one knows may be the file before.
        await carryOut(
            request, configuration, makePipeline(for: configuration, transport, obtainer),
            report: report)
    }
}
