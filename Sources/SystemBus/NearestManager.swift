import Model

/// The managers of a user's own programs outside of both: the machine's, and for a unit that it does not know
/// the user's.
///
/// A login shell and a cron job are managed by the machine, and a config may name the user's services all the
/// same, as the daemon under `systemctl --user` reads them.
struct NearestManager: UnitManager {
    let machine: any UnitManager
    let user: any UnitManager

    /// Whoever knows the unit; a user's manager that cannot be asked knows none.
    private func manager(
        of unit: String, _ limit: Duration
    ) throws(UnitDirectoryFailure) -> any UnitManager {
        guard try machine.state(of: unit, within: limit).load == "not-found",
            let state = try? user.state(of: unit, within: limit), state.load != "not-found"
        else { return machine }
        return user
    }

    func state(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> UnitState {
        try manager(of: unit, limit).state(of: unit, within: limit)
    }

    func begin(
        _ action: UnitAction, on unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) {
        try manager(of: unit, limit).begin(action, on: unit, within: limit)
    }

    func isBusy(
        _ unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> Bool {
        try manager(of: unit, limit).isBusy(unit, within: limit)
    }

    func canReload(
        _ unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> Bool {
        try manager(of: unit, limit).canReload(unit, within: limit)
    }

    func stateChange(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> WallTime? {
        try manager(of: unit, limit).stateChange(of: unit, within: limit)
    }

    func controlGroup(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> String {
        try manager(of: unit, limit).controlGroup(of: unit, within: limit)
    }
}
