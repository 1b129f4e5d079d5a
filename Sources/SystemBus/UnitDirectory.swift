/// What systemd says about a service.
package struct UnitState: Sendable, Equatable {
    /// `loaded`, `not-found`, `masked`, …
    package var load: String
    /// `active`, `inactive`, `failed`, `activating`, …
    package var active: String
    /// `running`, `exited`, `dead`, …
    package var sub: String
    /// 0 when there is none.
    package var mainProcess: Int32

    package init(load: String, active: String, sub: String, mainProcess: Int32) {
        self.load = load
        self.active = active
        self.sub = sub
        self.mainProcess = mainProcess
    }
}

/// Who knows the services of this machine.
package protocol UnitDirectory: Sendable {
    /// Asks about a service; blocks at most about as long as the limit.
    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState
}

/// Why nobody could be asked, as a clause.
package struct UnitDirectoryFailure: Error, Equatable {
    package var what: String

    package init(what: String) {
        self.what = what
    }
}
