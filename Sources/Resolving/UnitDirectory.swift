import CSystemd
import Glibc
import Model

/// What systemd says about a service.
struct UnitState: Sendable, Equatable {
    /// `loaded`, `not-found`, `masked`, …
    var load: String
    /// `active`, `inactive`, `failed`, `activating`, …
    var active: String
    /// `running`, `exited`, `dead`, …
    var sub: String
    /// 0 when there is none.
    var mainProcess: Int32
}

/// Who knows the services of this machine.
protocol UnitDirectory: Sendable {
    /// Asks about a service; blocks at most about as long as the limit.
    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState
}

/// Why nobody could be asked, as a clause.
struct UnitDirectoryFailure: Error, Equatable {
    var what: String
}

/// systemd, asked over the system bus.
struct SystemBus: UnitDirectory {
    private static let service = "org.freedesktop.systemd1"
    /// Another bus than the machine's own, for a test.
    var address: String?

    func state(of unit: String, within limit: Duration) throws(UnitDirectoryFailure) -> UnitState {
        var bus: OpaquePointer?
        let opened = open(&bus)
        defer { credwatch_bus_close(bus) }
        try check(opened, "the system bus cannot be reached")
        let microseconds = UInt64(clamping: max(limit.nanoseconds / 1_000, 1_000))
        try check(
            credwatch_bus_set_method_call_timeout(bus, microseconds), "no time limit can be set")
        var path: UnsafeMutablePointer<CChar>?
        try check(
            credwatch_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path), "no such name"
        )
        defer { free(path) }
        guard let path else { throw UnitDirectoryFailure(what: "there is no memory left") }
        let load = try text(bus, path, "LoadState")
        let active = try text(bus, path, "ActiveState")
        let sub = try text(bus, path, "SubState")
        var process: UInt32 = 0
        if load == "loaded" {
            var error = sd_bus_error()
            defer { credwatch_bus_error_free(&error) }
            let result = credwatch_bus_get_property_trivial(
                bus, Self.service, path, "org.freedesktop.systemd1.Service", "MainPID", &error,
                CChar(UInt8(ascii: "u")), &process)
            try check(result, "systemd does not tell its main process", error)
        }
        return UnitState(
            load: load, active: active, sub: sub, mainProcess: Int32(clamping: process))
    }

    private func open(_ bus: inout OpaquePointer?) -> Int32 {
        guard let address else { return credwatch_bus_open_system(&bus) }
        for step in [
            { credwatch_bus_new(&$0) }, { credwatch_bus_set_address($0, address) },
            { credwatch_bus_set_bus_client($0, 1) }, { credwatch_bus_start($0) },
        ] as [(inout OpaquePointer?) -> Int32] {
            let result = step(&bus)
            if result < 0 { return result }
        }
        return 0
    }

    private func text(
        _ bus: OpaquePointer?, _ path: UnsafePointer<CChar>, _ name: String
    ) throws(UnitDirectoryFailure) -> String {
        var error = sd_bus_error()
        defer { credwatch_bus_error_free(&error) }
        var value: UnsafeMutablePointer<CChar>?
        let result = credwatch_bus_get_property_string(
            bus, Self.service, path, "org.freedesktop.systemd1.Unit", name, &error, &value)
        defer { free(value) }
        try check(result, "systemd does not answer", error)
        return value.map { String(cString: $0) } ?? ""
    }

    private func check(
        _ result: Int32, _ what: String, _ error: sd_bus_error? = nil
    ) throws(UnitDirectoryFailure) {
        guard result < 0 else { return }
        let reason = error?.message.map { String(cString: $0) } ?? errorText(-result)
        throw UnitDirectoryFailure(what: "\(what): \(reason)")
    }
}
