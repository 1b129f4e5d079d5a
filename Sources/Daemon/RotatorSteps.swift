import Faults
import Model
import Rotating
import Scheduling
import Switching

/// The steps of a rotation; each is in the journal before it is done.
extension Rotator {
    /// Does what comes next until nothing does.
    func goOn(
        with begun: RotationRecord, _ journal: RotationJournal
    ) async throws(RotationStop) -> RotationResult {
        faultPoint("rotate.begun")
        var record = begun
        // What this run has changed; IAM's lists may lag behind.
        var changes: [String: Change] = [:]
        var broughtCount = 0
        while true {
            let facts = try await facts(of: record, after: changes)
            switch nextStep(of: record, facts) {
            case .makeRoom(let id):
                try await delete(id, record)
                faultPoint("rotate.replaced")
                report("\(id) is deleted, to make room.")
                changes[id] = .deleted
                record.stage = .creating
                try journal.save(record)
            case .create:
                try await create(&record, journal)
            case .adopt(let id):
                record.newKeyID = id
                // Beside the file may be what the crash left of it, with the old key.
                try? files.tidy(record.place)
                try switched(&record, journal)
            case .deleteLost(let id):
                try await deleteLost(id, record)
                changes[id] = .deleted
            case .prove:
                try await settle(&record, journal)
            case .bring:
                broughtCount += 1
                // Somebody else writes the files as well.
                guard broughtCount <= 3 else {
                    throw RotationStop(
                        .unfinished,
                        "What applications read does not keep the key that was written. Both keys stay "
                            + "active; the next run goes on.")
                }
                try await bring(&record, facts, journal)
            case .linger(let time):
                let text =
                    "Clients of the daemon may use \(record.oldKeyID) until \(time.rfc3339). Both keys "
                    + "stay active; a run after that goes on."
                guard order.minimumAge != nil else { throw RotationStop(.unfinished, text) }
                if broughtCount > 0 { report(text) }
                return .done
            case .advance(let stage):
                record.stage = stage
                if stage == .deactivated { record.deactivatedAt = facts.awsTime ?? facts.now }
                try journal.save(record)
                if stage == .deleting { faultPoint("rotate.deleting") }
            case .deactivate(let id):
                try await deactivate(id, &record, journal, at: facts.awsTime ?? facts.now)
                changes[id] = .deactivated
            case .deleteOld(let id):
                try await delete(id, record)
                faultPoint("rotate.deleted")
                report("\(id) is deleted.")
                changes[id] = .deleted
            case .restore: try restore(record)
            case .deleteNew(let id):
                try await deleteNew(id, record)
                changes[id] = .deleted
            case .wait(let time):
                // The daemon would say so every day.
                if order.minimumAge == nil || changes[record.oldKeyID] != nil {
                    report(
                        "\(record.oldKeyID) is inactive, and is to be deleted at \(time.rfc3339).")
                }
                return .done
            case .finish(let ending): return try finish(record, ending, journal)
            case .stop(let sentence):
                throw RotationStop(record.hasChanged ? .unfinished : .refused, sentence)
            }
        }
    }

    enum Change {
        case deactivated, deleted
    }

    /// Makes a key and writes it; nothing is done between the answer and the file.
    private func create(
        _ record: inout RotationRecord, _ journal: RotationJournal
    ) async throws(RotationStop) {
        let key: CreatedKey
        do throws(KeyTrouble) {
            key = try await calls(record).create(for: record.user)
        } catch {
            if error.kind == .unsure {
                throw RotationStop(
                    .unfinished,
                    error.sentence
                        + " Whether there is a new key shows the next run, and deletes it.")
            }
            try journal.remove()
            throw ended(record, error.sentence)
        }
        faultPoint("rotate.created")
        let file: SwitchedFile
        do throws(SwitchProblem) {
            file = try files.write(key.written, to: record.place, now: SystemClock.wall())
        } catch {
            return try await takeBack(key.id, because: error, &record, journal)
        }
        faultPoint("rotate.written")
        record.realPath = file.realPath
        record.keptPath = file.keptPath
        record.newKeyID = key.id
        report("The new key \(key.id) stands in \(record.place).")
        try switched(&record, journal)
    }

    /// Deletes a key again that could not be written.
    private func takeBack(
        _ id: String, because problem: SwitchProblem, _ record: inout RotationRecord,
        _ journal: RotationJournal
    ) async throws(RotationStop) {
        let standing = try await standing()
        guard standing.keyID != id else {
            // The last sync failed, and the file is the new one.
            report("\(problem.description), but the new key \(id) stands there.")
            record.newKeyID = id
            return try switched(&record, journal)
        }
        do throws(KeyTrouble) {
            try await calls(record).delete(id, of: record.user)
        } catch {
            throw RotationStop(
                .unfinished,
                "\(problem.description). The new key \(id) is of no use to anybody; the next run deletes "
                    + "it. \(error.sentence)")
        }
        try journal.remove()
        throw ended(record, "\(problem.description). The new key is deleted again.")
    }

    /// Ends a rotation that has made no key: nothing was changed, but for what made room.
    private func ended(_ record: RotationRecord, _ sentence: String) -> RotationStop {
        guard let id = record.replacedKeyID else { return RotationStop(.refused, sentence) }
        return RotationStop(
            .unfinished,
            "\(sentence) \(id) is deleted all the same; the next run needs no --replace.")
    }

    private func switched(
        _ record: inout RotationRecord, _ journal: RotationJournal
    ) throws(RotationStop) {
        record.stage = .switched
        record.switchedAt = SystemClock.wall()
        try journal.save(record)
        faultPoint("rotate.switched")
    }

    /// Deletes a key whose secret was lost in a crash, unless somebody has used it.
    private func deleteLost(_ id: String, _ record: RotationRecord) async throws(RotationStop) {
        let calls = calls(record)
        let use: KeyUse?
        do throws(KeyTrouble) {
            use = try await calls.lastUse(of: id).use
        } catch {
            throw RotationStop(.unfinished, error.sentence)
        }
        if let use {
            throw RotationStop(
                .unfinished,
                "\(id) was made while the rotation was interrupted, and used \(useText(use)): it is "
                    + "somebody else's. credwatch keys deletes it, or --replace.")
        }
        try await delete(id, record)
        report("\(id) was made before the interruption, and its secret is lost: it is deleted.")
    }

    private func settle(
        _ record: inout RotationRecord, _ journal: RotationJournal
    ) async throws(RotationStop) {
        report("Asking AWS for \(order.pace.count) good answers in a row.")
        switch try await prove(record) {
        case .proven:
            report("The new key is good.")
            record.stage = .proven
            try journal.save(record)
            faultPoint("rotate.proven")
        case .unsettled(let reason):
            throw RotationStop(
                .unfinished,
                "The new key is not proven yet: \(reason). Both keys stay active; the next run goes on."
            )
        case .refused(let reason):
            guard record.switchedFile != nil else {
                throw RotationStop(
                    .unfinished,
                    "AWS refuses the new key: \(reason). Both keys stay; no copy of the file is known."
                )
            }
            report("AWS refuses the new key for too long: \(reason).")
            record.stage = .undoing
            try journal.save(record)
            faultPoint("rotate.undoing")
        case .going: break
        }
    }

    /// Deactivates the old key, unless somebody still uses it.
    private func deactivate(
        _ id: String, _ record: inout RotationRecord, _ journal: RotationJournal,
        at now: WallTime
    ) async throws(RotationStop) {
        let calls = calls(record)
        if !order.isForced, let since = record.switchedAt,
            let use = try? await calls.lastUse(of: id).use, use.at > since + Self.clockMargin
        {
            throw RotationStop(
                .unfinished,
                "\(id) was used \(useText(use)), after the new key was written: whoever does that has to "
                    + "take the new one first. Then run this again; --force does not wait.")
        }
        do throws(KeyTrouble) {
            try await calls.set(id, of: record.user, active: false)
        } catch {
            guard error.kind != .absent else { return }
            throw RotationStop(.unfinished, error.sentence + " Both keys work.")
        }
        faultPoint("rotate.deactivated")
        record.stage = .deactivated
        record.deactivatedAt = now
        try journal.save(record)
        faultPoint("rotate.waiting")
    }

    /// What clocks may differ by before a use counts as later.
    private static let clockMargin = Duration.seconds(30)

    private func restore(_ record: RotationRecord) throws(RotationStop) {
        guard let file = record.switchedFile else {
            throw RotationStop(
                .unfinished, "No copy of the file from before is known, so the new key stays.")
        }
        do throws(SwitchProblem) {
            try files.restore(file)
        } catch {
            throw RotationStop(.unfinished, "\(error.description). The new key stays.")
        }
        faultPoint("rotate.restored")
        report("\(record.place) has the old key \(record.oldKeyID) again.")
    }

    private func deleteNew(_ id: String, _ record: RotationRecord) async throws(RotationStop) {
        guard try await isAccepted(record, as: record.oldKeyID) else {
            throw RotationStop(
                .unfinished,
                "\(record.oldKeyID) stands in the file again, and AWS does not accept it: \(id) stays."
            )
        }
        try await delete(id, record)
        faultPoint("rotate.undone")
        report("\(id) is deleted.")
    }

    private func delete(_ id: String, _ record: RotationRecord) async throws(RotationStop) {
        do throws(KeyTrouble) {
            try await calls(record).delete(id, of: record.user)
        } catch {
            throw RotationStop(
                record.stage == .replacing ? .refused : .unfinished, error.sentence)
        }
    }

    private func finish(
        _ record: RotationRecord, _ ending: RotationEnding, _ journal: RotationJournal
    ) throws(RotationStop) -> RotationResult {
        try journal.remove()
        switch ending {
        case .replaced: report("The rotation of \(record.profile) is done.")
        case .kept:
            report("The rotation of \(record.profile) is done; \(record.oldKeyID) stays, inactive.")
        case .reactivated:
            report("\(record.oldKeyID) was activated again, so it stays. The rotation is over.")
        case .undone:
            guard let id = record.replacedKeyID else {
                report("The rotation is undone: all is as it was.")
                return .refused
            }
            report("The rotation is undone; \(id), which made room for it, stays deleted.")
            return .unfinished
        }
        return .done
    }
}
