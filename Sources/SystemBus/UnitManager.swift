package import Model

/// How a running service is brought to use what a file says now.
package enum UnitAction: String, Sendable, Hashable, CaseIterable {
    /// A restart of what runs: new processes, with a new environment.
    case restart = "TryRestartUnit"
    /// A reload where the service has one, else a restart.
    case reloadOrRestart = "ReloadOrTryRestartUnit"
    /// A start of what has failed.
    case start = "RestartUnit"
}

/// Who manages the services of this machine, or of this user.
package protocol UnitManager: UnitDirectory {
    /// Begins to bring a service that runs to use what is new, as a job of the manager; returns when it is
    /// queued. Every call blocks at most about as long as its limit.
    func begin(_ action: UnitAction, on unit: String, within limit: Duration)
        throws(UnitDirectoryFailure)
    /// Whether a job of the service waits or runs.
    func isBusy(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool
    /// Whether the service can reload without new processes.
    func canReload(_ unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> Bool
    /// When the service came into the state that it is in; nil when it never was in another.
    func stateChange(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> WallTime?
    /// The service's control group below /sys/fs/cgroup: `/system.slice/app.service`; empty when it has
    /// none.
    func controlGroup(of unit: String, within limit: Duration) throws(UnitDirectoryFailure)
        -> String
}
