import CSystemd
import Glibc
package import Model

/// systemd, asked over the bus of the machine or of the user.
package struct SystemdBus: UnitManager {
    /// Whose manager is asked.
    package enum Scope: Sendable, Hashable {
        case system
        /// The manager of the user whose process this is.
        case user
        /// Another bus than those, for a test.
        case address(String)
    }

    private static let service = "org.freedesktop.systemd1"
    private static let prefix = "/org/freedesktop/systemd1/unit"
    private static let unitInterface = "org.freedesktop.systemd1.Unit"
    private static let serviceInterface = "org.freedesktop.systemd1.Service"

    private let scope: Scope

    package init(_ scope: Scope = .system) {
        self.scope = scope
    }

    /// The manager of the units that a config of this process means: the user's under `systemctl --user`, the
    /// machine's for root, else whichever of the two knows the unit.
    package static var own: any UnitManager {
        if geteuid() == 0 { return SystemdBus(.system) }
        if isUnderUserManager(ownControlGroups()) { return SystemdBus(.user) }
        return NearestManager(machine: SystemdBus(.system), user: SystemdBus(.user))
    }

    package func state(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> UnitState {
        let bus = try Connection(scope, limit)
        let path = try bus.path(of: unit, below: Self.prefix)
        let load = try text(bus, path, "LoadState")
        let active = try text(bus, path, "ActiveState")
        let sub = try text(bus, path, "SubState")
        var process: UInt32 = 0
        if load == "loaded" {
            try read(
                bus, path, Self.serviceInterface, "MainPID", "u", &process,
                "systemd does not tell its main process")
        }
        return UnitState(
            load: load, active: active, sub: sub, mainProcess: Int32(clamping: process))
    }

    package func canReload(
        _ unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> Bool {
        let bus = try Connection(scope, limit)
        var truth: Int32 = 0
        try read(
            bus, try bus.path(of: unit, below: Self.prefix), Self.unitInterface, "CanReload", "b",
            &truth, "systemd does not answer")
        return truth != 0
    }

    package func stateChange(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> WallTime? {
        let bus = try Connection(scope, limit)
        var microseconds: UInt64 = 0
        try read(
            bus, try bus.path(of: unit, below: Self.prefix), Self.unitInterface,
            "StateChangeTimestamp", "t", &microseconds, "systemd does not answer")
        guard microseconds > 0, let time = Int64(exactly: microseconds) else { return nil }
        return WallTime(nanoseconds: time.multipliedReportingOverflow(by: 1_000).partialValue)
    }

    package func controlGroup(
        of unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> String {
        let bus = try Connection(scope, limit)
        return try text(
            bus, try bus.path(of: unit, below: Self.prefix), "ControlGroup", Self.serviceInterface)
    }

    package func begin(
        _ action: UnitAction, on unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) {
        let bus = try Connection(scope, limit)
        var error = sd_bus_error()
        defer { credwatch_bus_error_free(&error) }
        let result = credwatch_bus_unit_job(bus.handle, action.rawValue, unit, &error)
        try check(result, "systemd does not do it", error)
    }

    package func isBusy(
        _ unit: String, within limit: Duration
    ) throws(UnitDirectoryFailure) -> Bool {
        let bus = try Connection(scope, limit)
        var error = sd_bus_error()
        defer { credwatch_bus_error_free(&error) }
        var job: UInt32 = 0
        let path = try bus.path(of: unit, below: Self.prefix)
        let result = credwatch_bus_unit_busy(bus.handle, path, &error, &job)
        try check(result, "systemd does not answer", error)
        return job != 0
    }

    private func text(
        _ bus: Connection, _ path: String, _ name: String,
        _ interface: String = Self.unitInterface
    ) throws(UnitDirectoryFailure) -> String {
        var error = sd_bus_error()
        defer { credwatch_bus_error_free(&error) }
        var value: UnsafeMutablePointer<CChar>?
        let result = credwatch_bus_get_property_string(
            bus.handle, Self.service, path, interface, name, &error, &value)
        defer { free(value) }
        try check(result, "systemd does not answer", error)
        return value.map { String(cString: $0) } ?? ""
    }

    private func read(
        _ bus: Connection, _ path: String, _ interface: String, _ name: String,
        _ type: Unicode.Scalar, _ value: UnsafeMutableRawPointer, _ what: String
    ) throws(UnitDirectoryFailure) {
        var error = sd_bus_error()
        defer { credwatch_bus_error_free(&error) }
        let result = credwatch_bus_get_property_trivial(
            bus.handle, Self.service, path, interface, name, &error,
            CChar(UInt8(ascii: type)), value)
        try check(result, what, error)
    }
}

/// A connection to a bus, closed when it goes.
private final class Connection {
    let handle: OpaquePointer?

    init(_ scope: SystemdBus.Scope, _ limit: Duration) throws(UnitDirectoryFailure) {
        var bus: OpaquePointer?
        let opened = Self.open(scope, &bus)
        handle = bus
        let name = scope == .user ? "the user's bus" : "the system bus"
        try check(opened, "\(name) cannot be reached")
        let microseconds = UInt64(clamping: max(limit.nanoseconds / 1_000, 1_000))
        try check(
            credwatch_bus_set_method_call_timeout(bus, microseconds), "no time limit can be set")
    }

    deinit {
        credwatch_bus_close(handle)
    }

    private static func open(_ scope: SystemdBus.Scope, _ bus: inout OpaquePointer?) -> Int32 {
        let address: String
        switch scope {
        case .system: return credwatch_bus_open_system(&bus)
        case .user: return credwatch_bus_open_user(&bus)
        case .address(let given): address = given
        }
        for step in [
            { credwatch_bus_new(&$0) }, { credwatch_bus_set_address($0, address) },
            { credwatch_bus_set_bus_client($0, 1) }, { credwatch_bus_start($0) },
        ] as [(inout OpaquePointer?) -> Int32] {
            let result = step(&bus)
            if result < 0 { return result }
        }
        return 0
    }

    func path(of unit: String, below prefix: String) throws(UnitDirectoryFailure) -> String {
        var path: UnsafeMutablePointer<CChar>?
        try check(credwatch_bus_path_encode(prefix, unit, &path), "no such name")
        defer { free(path) }
        guard let path else { throw UnitDirectoryFailure(what: "there is no memory left") }
        return String(cString: path)
    }
}

private func check(
    _ result: Int32, _ what: String, _ error: sd_bus_error? = nil
) throws(UnitDirectoryFailure) {
    guard result < 0 else { return }
    let reason =
        error?.message.map { String(cString: $0) } ?? String(cString: strerror(-result))
    throw UnitDirectoryFailure(what: "\(what): \(reason)")
}

/// Whether `/proc/self/cgroup` shows a process that a user's own manager manages.
func isUnderUserManager(_ controlGroups: String) -> Bool {
    controlGroups.split(separator: "/").contains {
        $0.hasPrefix("user@") && $0.hasSuffix(".service")
    }
}

private func ownControlGroups() -> String {
    let descriptor = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &buffer, buffer.count)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
}
