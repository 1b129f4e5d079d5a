import CLinux
import Glibc
import Model
import Scheduling
import SystemBus

/// Brings services to use keys that were written, and looks whether their processes do. Everything here
/// blocks.
struct UnitRestarts: Sendable {
    var manager: any UnitManager
    var processes = UnitProcesses()
    /// How long systemd may take for an answer.
    var answerLimit = Duration.seconds(10)
    /// How long the stop and start of all units together may take.
    var jobLimit = Duration.seconds(90)
    /// How long a unit has to be up before it counts as back.
    var settling = Duration.seconds(2)

    /// After which nobody waits for ``bring(_:to:report:)`` any more.
    var patience: Duration { jobLimit + settling + answerLimit * 8 }

    /// A unit that was told to use what is new.
    struct Restarted {
        var need: UnitNeed
        var isReload: Bool
        /// The main process that the unit had before.
        var formerProcess: Int32
    }

    /// Restarts what has to be restarted; returns the reasons of those that do not use the keys, clauses
    /// that begin with the unit.
    func bring(
        _ needs: [UnitNeed], to keyID: String, report: (MoveStep) -> Void
    ) -> [String] {
        var failures: [String] = []
        func fail(_ unit: String, _ reason: String) {
            report(MoveStep(.unitFailed, unit: unit, detail: reason))
            failures.append("\(unit): \(reason)")
        }
        var begun: [Restarted] = []
        for need in needs {
            do throws(UnitDirectoryFailure) {
                if let restarted = try begin(need, keyID, report) { begun.append(restarted) }
            } catch {
                fail(need.unit, error.what)
            }
        }
        waitForJobs(of: &begun, fail)
        settle(&begun, fail)
        for restarted in begun {
            do throws(UnitDirectoryFailure) {
                try judge(restarted, keyID, report)
            } catch {
                fail(restarted.need.unit, error.what)
            }
        }
        return failures
    }

    /// Says what ``bring(_:to:report:)`` would do.
    func plan(_ needs: [UnitNeed], report: (MoveStep) -> Void) {
        for need in needs {
            do throws(UnitDirectoryFailure) {
                let state = try known(need.unit)
                guard isUp(state) else {
                    report(idle(need.unit, state))
                    continue
                }
                let isReload = need.readsEnvironment ? false : try canReload(need.unit)
                report(
                    MoveStep(
                        .restartable, unit: need.unit,
                        detail: isReload ? "is to be reloaded" : "is to be restarted"))
            } catch {
                report(MoveStep(.unitFailed, unit: need.unit, detail: error.what))
            }
        }
    }

    // MARK: Beginning

    /// Tells systemd what to do with a unit; nil when nothing is to be done.
    private func begin(
        _ need: UnitNeed, _ keyID: String, _ report: (MoveStep) -> Void
    ) throws(UnitDirectoryFailure) -> Restarted? {
        let state = try known(need.unit)
        guard isUp(state) else {
            if try hasFailedSince(need, state) {
                try manager.begin(.start, on: need.unit, within: answerLimit)
                return Restarted(need: need, isReload: false, formerProcess: 0)
            }
            report(idle(need.unit, state))
            return nil
        }
        if isSettled(state), try isCurrent(need, state, keyID) {
            report(MoveStep(.current, unit: need.unit, keyID: keyID))
            return nil
        }
        // A reload never renews the environment.
        let isReload = need.readsEnvironment ? false : try canReload(need.unit)
        try manager.begin(
            isReload ? .reloadOrRestart : .restart, on: need.unit, within: answerLimit)
        return Restarted(need: need, isReload: isReload, formerProcess: state.mainProcess)
    }

    /// Whether a unit has failed since an earlier attempt wrote its files: that attempt has restarted it, so
    /// this one has to bring it back, or to say that it does not come.
    private func hasFailedSince(
        _ need: UnitNeed, _ state: UnitState
    ) throws(UnitDirectoryFailure) -> Bool {
        let files = need.files + need.environmentFiles
        guard state.active == "failed", !files.isEmpty, !files.contains(where: \.isChanged),
            let failed = try manager.stateChange(of: need.unit, within: answerLimit)
        else { return false }
        return files.allSatisfy { file in
            changeTime(of: file.realPath).map { $0 <= failed } ?? false
        }
    }

    private func canReload(_ unit: String) throws(UnitDirectoryFailure) -> Bool {
        try manager.canReload(unit, within: answerLimit)
    }

    func known(_ unit: String) throws(UnitDirectoryFailure) -> UnitState {
        let state = try manager.state(of: unit, within: answerLimit)
        guard state.load == "loaded" else {
            throw UnitDirectoryFailure(
                what: state.load == "not-found"
                    ? "systemd knows no such unit" : "the unit is \(state.load)")
        }
        return state
    }

    private func idle(_ unit: String, _ state: UnitState) -> MoveStep {
        MoveStep(.idle, unit: unit, detail: "\(state.active) (\(state.sub))")
    }

    private func isUp(_ state: UnitState) -> Bool {
        switch state.active {
        case "active", "activating", "reloading", "refreshing": true
        default: false
        }
    }

    private func isSettled(_ state: UnitState) -> Bool {
        state.active == "active" && state.mainProcess > 0
    }

    /// Whether a unit's processes have the keys already, since an earlier attempt has come that far.
    private func isCurrent(
        _ need: UnitNeed, _ state: UnitState, _ keyID: String
    ) throws(UnitDirectoryFailure) -> Bool {
        if need.files.contains(where: \.isChanged) { return false }
        if !need.files.isEmpty, !isNewer(state.mainProcess, than: need.files) { return false }
        guard need.readsEnvironment else { return !need.files.isEmpty }
        guard processes.key(of: state.mainProcess) == .id(keyID) else { return false }
        return try others(of: need.unit, state, keyID).isEmpty
    }

    // MARK: The processes

    /// Looks whether the unit's processes have the keys now.
    private func judge(
        _ restarted: Restarted, _ keyID: String, _ report: (MoveStep) -> Void
    ) throws(UnitDirectoryFailure) {
        let need = restarted.need
        let state = try known(need.unit)
        let isOld = state.mainProcess > 0 && state.mainProcess == restarted.formerProcess
        if isOld, !restarted.isReload {
            throw UnitDirectoryFailure(
                what: "its main process \(state.mainProcess) is still the one of before")
        }
        if need.readsEnvironment {
            let holders = try others(of: need.unit, state, keyID)
            if let (process, old) = holders.first {
                throw UnitDirectoryFailure(
                    what: "its process \(process) still has \(old) in its environment")
            }
        }
        report(
            MoveStep(
                isOld ? .reloaded : .restarted, unit: need.unit, keyID: keyID))
        guard need.readsEnvironment else { return }
        switch processes.key(of: state.mainProcess) {
        case .id: return
        case .none:
            report(
                MoveStep(
                    .unseen, unit: need.unit, keyID: keyID,
                    detail:
                        "the environment of its main process has no AWS_ACCESS_KEY_ID; does the unit read the file?"
                ))
        case .hidden(let reason):
            report(
                MoveStep(
                    .unseen, unit: need.unit, keyID: keyID,
                    detail: "the environment of its main process cannot be read: \(reason)"))
        case .gone:
            report(
                MoveStep(
                    .unseen, unit: need.unit, keyID: keyID, detail: "it has no main process"))
        }
    }

    /// The processes of a unit that have another access key id in their environment.
    private func others(
        of unit: String, _ state: UnitState, _ keyID: String
    ) throws(UnitDirectoryFailure) -> [(process: Int32, keyID: String)] {
        let group = try manager.controlGroup(of: unit, within: answerLimit)
        return processes.members(of: group, main: state.mainProcess).compactMap { process in
            guard case .id(let id) = processes.key(of: process), id != keyID else { return nil }
            return (process, shownKey(id))
        }
    }

    private func isNewer(_ process: Int32, than files: [SwitchedFile]) -> Bool {
        guard let start = processes.startTime(of: process) else { return false }
        return files.allSatisfy { file in
            // The kernel counts starts in hundredths of a second, rounded down.
            guard let changed = changeTime(of: file.realPath) else { return false }
            return start.nanoseconds + 10_000_000 >= changed.nanoseconds
        }
    }
}

/// An access key id out of a foreign process: what has not the form of one is not repeated.
private func shownKey(_ id: String) -> String {
    let isForm =
        (16...128).contains(id.utf8.count)
        && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
    return isForm ? id : "another key"
}
