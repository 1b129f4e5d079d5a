import Glibc
import Model
import SystemBus

/// Looks at the environment that a running process really has.
struct ProcessLook: Looking {
    /// Whose environment is meant.
    enum Target: Sendable {
        case process(Int32)
        /// A service's main process, which is another one after each restart.
        case unit(String)
    }

    private struct Known {
        var process: Int32
        var stamp: ProcessStamp
        var site: Site
        /// When systemd named the process.
        var namedAt: UInt64
    }

    /// A service may name another main process while the old one lives on.
    private static let namingLasts: UInt64 = 300_000_000_000
    private static let attempts = 4

    private let target: Target
    private let overrides: AWSOverrides
    private let units: any UnitDirectory
    private var known: Known?

    init(_ target: Target, _ overrides: AWSOverrides, _ units: any UnitDirectory = SystemdBus()) {
        self.target = target
        // The files are those of the process; an endpoint holds for every check.
        self.overrides = AWSOverrides(endpointURL: overrides.endpointURL)
        self.units = units
    }

    private var subject: String {
        switch target {
        case .process(let process): "PID \(process)"
        case .unit(let unit): unit
        }
    }

    var overdue: ResolveProblem {
        problem(
            "that took longer than the check's time limit",
            "See whether the process hangs, and whether `systemctl status` answers.")
    }

    mutating func look(within limit: Duration) throws(ResolveProblem) -> Site {
        if let known, isCurrent(known) { return known.site }
        do {
            let found = try find(within: limit)
            known = found
            return found.site
        } catch {
            known = nil
            throw error
        }
    }

    /// Says whether the process is still the one, and the unit's.
    private func isCurrent(_ known: Known) -> Bool {
        guard stamp(of: known.process) == known.stamp else { return false }
        guard case .unit(let unit) = target else { return true }
        return monotonicNow() &- known.namedAt < Self.namingLasts && isOf(unit, known.process)
    }

    private func find(within limit: Duration) throws(ResolveProblem) -> Known {
        for _ in 0..<Self.attempts {
            let namedAt = monotonicNow()
            let process = try process(within: limit)
            guard let before = stamp(of: process) else { continue }
            if let known, known.process == process, known.stamp == before {
                return Known(
                    process: process, stamp: before, site: known.site, namedAt: namedAt)
            }
            let site = try site(of: process)
            // Its id may be another's by now, and the program in it another one.
            guard stamp(of: process) == before else { continue }
            if case .unit(let unit) = target, !isOf(unit, process) {
                guard try self.process(within: limit) == process else { continue }
            }
            return Known(process: process, stamp: before, site: site, namedAt: namedAt)
        }
        switch target {
        case .process(let process): throw gone(process)
        case .unit(let unit):
            if isBlind { throw hidden() }
            throw problem(
                "its main process ends as soon as it was started",
                "See why: `systemctl status \(unit)` and `journalctl -u \(unit)`.")
        }
    }

    private func process(within limit: Duration) throws(ResolveProblem) -> Int32 {
        switch target {
        case .process(let process):
            guard let stamp = stamp(of: process), !stamp.isOver else { throw gone(process) }
            return process
        case .unit(let unit):
            let state: UnitState
            do {
                state = try units.state(of: unit, within: limit)
            } catch {
                throw problem(
                    error.what,
                    "Let credwatch reach /run/dbus/system_bus_socket, or name an environment_file.")
            }
            return try mainProcess(of: unit, state)
        }
    }

    private func mainProcess(
        of unit: String, _ state: UnitState
    ) throws(ResolveProblem) -> Int32 {
        guard state.load == "loaded" else {
            throw problem(
                state.load == "not-found"
                    ? "systemd knows no such unit" : "the unit is \(state.load)",
                "Look at `systemctl status \(unit)`; `systemctl list-units` shows the names.")
        }
        guard state.mainProcess > 0 else {
            let isUp = state.active == "active"
            throw problem(
                isUp
                    ? "it has no main process (\(state.active), \(state.sub))"
                    : "it is not running (\(state.active), \(state.sub))",
                isUp
                    ? "Name its environment_file instead, or the service that does the work."
                    : "Start it (`systemctl start \(unit)`), or name its environment_file instead.")
        }
        return state.mainProcess
    }

    // MARK: Reading

    private func site(of process: Int32) throws(ResolveProblem) -> Site {
        let bytes: [UInt8]
        let rights: FileRights?
        do {
            rights = FileRights(parsing: try ProcessFile.read(process, "status"))
            bytes = try ProcessFile.read(process, "environ")
        } catch {
            if error.isMissing { throw gone(process) }
            throw problem(
                "/proc/\(process)/environ cannot be read: \(errorText(error.code))",
                error.isForbidden ? permissionHint(process) : "Look at the process with `ps`.")
        }
        guard let rights else {
            throw problem("/proc/\(process)/status says nothing of its user", "Mount /proc.")
        }
        let root = ProcessRoot(of: process)
        // In a user namespace of its own anybody has all capabilities; those count for nothing here.
        let readsEverything =
            rights.readsEverything
            && ProcessFile.link("self", "ns/user") == ProcessFile.link("\(process)", "ns/user")
            && root?.isAnother != true
        let environment = AWSEnvironment(
            variables: environmentVariables(bytes),
            // The users of a container are not the ones that this machine knows.
            passwordHome: root?.isAnother == true ? nil : PasswordEntry(uid: rights.user)?.home,
            user: rights.user == geteuid() ? nil : rights.user, owner: owner(process))
        let files = ProcessFileSystem(
            root: root, rights: readsEverything ? nil : rights,
            workingDirectory: ProcessFile.link("\(process)", "cwd") ?? "/")
        var paths = SharedFilePaths(environment, overrides)
        paths.credentials?.value += files.note
        paths.config?.value += files.note
        return Site(
            Planner(environment, overrides), FileStore(paths, files),
            kind: root.map { .process($0, subject: subject) } ?? .ordinary)
    }

    private func owner(_ process: Int32) -> String {
        switch target {
        case .process: "the environment of PID \(process)"
        case .unit(let unit): "the environment of \(unit) (PID \(process))"
        }
    }

    private func stamp(of process: Int32) -> ProcessStamp? {
        guard let bytes = try? ProcessFile.read(process, "stat") else { return nil }
        return ProcessStamp(parsing: bytes)
    }

    private func isOf(_ unit: String, _ process: Int32) -> Bool {
        guard let bytes = try? ProcessFile.read(process, "cgroup") else { return false }
        return isOfUnit(unit, cgroup: bytes)
    }

    // MARK: Problems

    private func problem(_ what: String, _ hint: String) -> ResolveProblem {
        .surroundings(subject: subject, what: what, hint: hint)
    }

    /// Whether /proc hides the processes of others from us, as a unit's ProtectProc= has it: the first
    /// process of a machine is there, else.
    private var isBlind: Bool {
        access("/proc/1", F_OK) != 0
    }

    private func hidden() -> ResolveProblem {
        problem(
            "the processes of others are hidden from credwatch",
            "Let its unit see them, by ProtectProc=default and AmbientCapabilities=CAP_SYS_PTRACE; "
                + "other-services.conf in /usr/share/doc/credwatch/examples/systemd does that.")
    }

    private func gone(_ process: Int32) -> ResolveProblem {
        if isBlind { return hidden() }
        return problem(
            "there is no process \(process)",
            "Name the service in its place: `unit` finds the process again after each restart.")
    }

    private func permissionHint(_ process: Int32) -> String {
        var status = stat()
        let user =
            stat("/proc/\(process)", &status) == 0
            ? PasswordEntry.describe(status.st_uid) : "its own user"
        return "Let credwatch run as root or as \(user), or give its unit "
            + "AmbientCapabilities=CAP_SYS_PTRACE; it runs as \(PasswordEntry.describe(geteuid()))."
    }
}
