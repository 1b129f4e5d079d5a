import Glibc
import Model
import Support
import Testing

@testable import Resolving

/// Who uses a key, asked of the real /proc with real processes.
@Suite(.timeLimit(.minutes(1)))
struct KeyUserScanTests {
    private let key = "AKIA" + String(UInt64.random(in: .min ... .max), radix: 36).uppercased()

    private func sleeper(_ environment: [String: String]) async throws -> Subprocess {
        let process = try Subprocess(
            "sh", ["-c", "echo up >&2; exec sleep 60"],
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 })
        #expect(await process.hasWritten("up"))
        return process
    }

    private func end(_ process: Subprocess) async {
        process.send(signal: SIGKILL)
        _ = await process.outcome()
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY", "MY_OWN_NAME"])
    func `a process with the key in a variable is found until it is gone`(variable: String)
        async throws
    {
        let process = try await sleeper([variable: key])
        let report = findKeyUsers(KeyUsersQuestion(of: key))
        let user = try #require(report.users.first)
        #expect(report.count == 1)
        #expect(user.pid == process.processID)
        #expect(user.reason == .environment)
        #expect(user.user == PasswordEntry(uid: geteuid())?.name)
        #expect(["sh", "sleep"].contains(user.command))
        await end(process)
        #expect(findKeyUsers(KeyUsersQuestion(of: key)).count == 0)
    }

    @Test func `a part of a value, or a name, is no use of the key`() async throws {
        let process = try await sleeper(["A": "x\(key)", "B": "\(key)x", key: "1", "C": ""])
        #expect(findKeyUsers(KeyUsersQuestion(of: key)).users == [])
        await end(process)
    }

    /// A control group that looks like a service's, for one process.
    private struct Group {
        static let roots = ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup"]

        /// Where the hierarchy is that systemd names units in, if this machine lets us write to it.
        static let root = roots.first {
            geteuid() == 0 && access($0 + "/cgroup.procs", W_OK) == 0
        }

        let unit = "credwatch-test-\(UInt32.random(in: .min ... .max)).service"
        var path: String { "\(Self.root ?? "")/\(unit)" }

        init(_ process: Int32) throws {
            try #require(mkdir(path, 0o755) == 0, "\(path)")
            let file = try #require(fopen(path + "/cgroup.procs", "w"))
            fputs("\(process)\n", file)
            try #require(fclose(file) == 0)
        }

        /// Only an empty one can be removed, and a process that was killed leaves a moment later.
        func remove() async {
            while rmdir(path) != 0, errno == EBUSY { await Task.yield() }
        }
    }

    private func now() -> Moment {
        var clock = timespec()
        clock_gettime(CLOCK_BOOTTIME, &clock)
        return Moment(nanoseconds: Int64(clock.tv_sec) * 1_000_000_000 + Int64(clock.tv_nsec))
    }

    @Test(.enabled("no control group can be made here") { Group.root != nil })
    func `a process of a unit that reads the file counts when it is older than the switch`()
        async throws
    {
        let file = "/nonexistent/\(key)"
        let process = try await sleeper([:])
        let group = try Group(process.processID)
        func users(_ since: Moment?, units: [String]) -> [KeyUser] {
            findKeyUsers(KeyUsersQuestion(of: key, files: [file], units: units, since: since)).users
        }
        let later = now() + .seconds(1)
        let found = users(later, units: [group.unit])
        #expect(found.map(\.pid) == [process.processID])
        #expect(found.first?.reason == .startedBefore)
        #expect(found.first?.unit == group.unit)
        // Of another unit, newer than the switch, or with no switch at all, it is none.
        #expect(users(later, units: ["other.service"]) == [])
        #expect(users(later - .seconds(3_600), units: [group.unit]) == [])
        #expect(users(nil, units: [group.unit]) == [])
        // What the unit's own file says counts as well.
        let folder = try TemporaryDirectory()
        try folder.write(group.unit, "[Service]\nEnvironmentFile=-\(file)\n")
        var scan = KeyUserScan(
            KeyUsersQuestion(of: key, files: [file], since: later),
            unitFiles: UnitFiles([folder.path]))
        #expect(scan.run().users.map(\.pid) == [process.processID])
        await end(process)
        await group.remove()
    }

    @Test(.enabled("no control group can be made here") { Group.root != nil })
    func `a service whose own variable names the file reads it, and a shell with it does not`()
        async throws
    {
        let file = "/nonexistent/\(key)"
        let service = try await sleeper(["AWS_SHARED_CREDENTIALS_FILE": file])
        let shell = try await sleeper(["AWS_SHARED_CREDENTIALS_FILE": file])
        let group = try Group(service.processID)
        let question = KeyUsersQuestion(of: key, files: [file], since: now() + .seconds(1))
        #expect(findKeyUsers(question).users.map(\.pid) == [service.processID])
        await end(service)
        await end(shell)
        await group.remove()
    }

    @Test(.enabled(if: geteuid() == 0, "only root starts a process as another user"))
    func `another user's process is found by root`() async throws {
        let process = try Subprocess(
            "setpriv",
            ["--reuid", "65534", "--clear-groups", "sh", "-c", "echo up >&2; exec sleep 60"],
            environment: ["PATH": "/usr/bin:/bin", "AWS_ACCESS_KEY_ID": key])
        #expect(await process.hasWritten("up"))
        let report = findKeyUsers(KeyUsersQuestion(of: key))
        #expect(report.users.first?.pid == process.processID)
        #expect(report.users.first?.user == PasswordEntry(uid: 65_534)?.name)
        await end(process)
    }

    @Test func `a key of nothing has no users`() {
        #expect(findKeyUsers(KeyUsersQuestion(of: "")) == KeyUsersReport())
    }

    @Test func `a look without time says that it was cut short`() {
        var scan = KeyUserScan(KeyUsersQuestion(of: key), within: .zero)
        #expect(scan.run().isCut)
    }

    // MARK: - Parsing

    @Test(arguments: [
        ("0::/system.slice/app.service", "app.service"),
        ("0::/system.slice/system-app.slice/app@x.service", "app@x.service"),
        ("0::/system.slice/app.service/worker", "app.service"),
        ("0::/user.slice/user-1000.slice/session-2.scope", "session-2.scope"),
        (
            "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app.service",
            "user@1000.service/app.service"
        ),
        ("0::/system.slice/docker-0123.scope", "docker-0123.scope"),
        ("0::/system.slice/_cpu.service", "cpu.service"),
        ("0::/init.scope", "init.scope"),
        ("12:cpu:/other.service\n1:name=systemd:/system.slice/app.service", "app.service"),
        ("0::/", nil), ("", nil), ("nonsense", nil), ("0::/a.slice/b", nil),
    ])
    func `the unit is that of the control group`(text: String, unit: String?) {
        #expect(unitName(cgroup: Array(text.utf8)) == unit)
    }

    private func stat(_ name: String, state: String = "S", flags: Int = 0, start: Int = 1_234)
        -> [UInt8]
    {
        let rest = Array(repeating: "0", count: 12).joined(separator: " ")
        return Array("7 (\(name)) \(state) 1 1 1 0 -1 \(flags) \(rest) \(start) 0 0\n".utf8)
    }

    @Test(arguments: ["sleep", "a b", ")", "(x) S 1", ""])
    func `a process's name may hold anything`(name: String) throws {
        let fact = try #require(ProcessFact(parsing: stat(name)))
        #expect(fact.command == name)
        #expect(fact.startTime == 1_234)
        #expect(fact.hasEnvironment)
    }

    @Test func `threads of the kernel and those that ended have no environment`() throws {
        #expect(ProcessFact(parsing: stat("kthreadd", flags: 0x20_8040))?.hasEnvironment == false)
        #expect(ProcessFact(parsing: stat("x", state: "Z"))?.hasEnvironment == false)
        #expect(ProcessFact(parsing: Array("7 (x) S 1".utf8)) == nil)
        #expect(ProcessFact(parsing: []) == nil)
    }

    @Test func `who began in the hundredth of a second of the switch is not older`() throws {
        let fact = try #require(ProcessFact(parsing: stat("x", start: 100)))
        #expect(fact.began(before: Moment(nanoseconds: 1_010_000_000)))
        #expect(!fact.began(before: Moment(nanoseconds: 1_009_999_999)))
        let absurd = try #require(ProcessFact(parsing: stat("x", start: .max - 1)))
        #expect(!absurd.began(before: Moment(nanoseconds: .max)))
    }
}
