import Glibc
import Model
import Reporting
import Sandbox
import Support

/// A machine of its own for one test: a folder with AWS files, a config and a state directory, and a
/// sandbox that answers for AWS.
final class Site: Sendable {
    let folder: String
    let sandbox: Sandbox
    let primary: AccessKey
    let backup: AccessKey

    init() throws {
        sandbox = try Sandbox()
        primary = try sandbox.createUser("app")
        backup = try sandbox.createUser("app-backup")
        folder = try makeFolder()
        try makeFolder(path("state"))
        try writeCredentials()
        try write(
            "hook", mode: 0o755,
            """
            #!/bin/sh
            echo "$CREDWATCH_EVENT $CREDWATCH_FROM $CREDWATCH_TO $CREDWATCH_INCIDENT $CREDWATCH_ATTEMPT" >>\(path("runs"))
            [ ! -e \(path("hook.d")) ] || . \(path("hook.d"))
            """)
    }

    deinit {
        sandbox.stop()
        removeFolder(folder)
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Writes the shared credentials file; it looks an hour old, so that bad answers count at once.
    func writeCredentials(primarySecret: String? = nil, old: Bool = true) throws {
        try write(
            "credentials", mode: 0o600,
            """
            [app]
            aws_access_key_id = \(primary.id)
            aws_secret_access_key = \(primarySecret ?? primary.secret.reveal())
            [app-backup]
            aws_access_key_id = \(backup.id)
            aws_secret_access_key = \(backup.secret.reveal())
            """)
        if old { makeOld(path("credentials")) }
    }

    /// Writes credwatch.yaml; `failover` is the text below the group's members.
    func writeConfig(
        interval: String = "1s", timeout: String = "2s",
        failover: String = "fall: 2, minimum_span: 1s, rise: 2", url: String? = nil
    ) throws {
        try write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: \(interval), fast_interval: 1s, timeout: \(timeout), region: us-east-1}
            profiles:
              - name: app
              - name: app-backup
            failover:
              - {name: app, primary: app, backups: [app-backup], \(failover), hook: {command: [\(path("hook"))], timeout: 10s}}
            status: {file: \(path("status.json"))}
            state_directory: \(path("state"))
            control: {socket: \(path("control.sock"))}
            aws: {credentials_file: \(path("credentials")), config_file: \(path("config")), endpoint_url: "\(url ?? sandbox.url)"}
            """)
    }

    /// The variables that name the files and the sandbox, without a config.
    var files: [String: String] {
        [
            "AWS_SHARED_CREDENTIALS_FILE": path("credentials"), "AWS_CONFIG_FILE": path("config"),
            "AWS_ENDPOINT_URL": sandbox.url,
        ]
    }

    /// Makes a role that everybody of the account may assume.
    func createRole(_ name: String) throws {
        let account = Sandbox.standardAccount
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole(name, in: account, trusting: [account], now: now)
        }
    }

    /// Starts the daemon; it is killed when its time is over.
    func startDaemon(environment extra: [String: String] = [:]) throws -> Subprocess {
        try Subprocess(
            binary("credwatch"), ["run", "--config", path("credwatch.yaml"), "--log", "stderr"],
            environment: plainEnvironment.merging(extra) { $1 }, timeLimit: .seconds(60))
    }

    /// Runs a subcommand to its end.
    func run(_ arguments: String..., environment extra: [String: String] = [:]) async throws
        -> Subprocess.Outcome
    {
        try await run(list: arguments, environment: extra)
    }

    func run(
        list arguments: [String], environment extra: [String: String] = [:]
    ) async throws -> Subprocess.Outcome {
        try await Subprocess.run(
            binary("credwatch"), arguments,
            environment: plainEnvironment.merging(extra) { $1 }, timeLimit: .seconds(40))
    }

    /// What the status file says now.
    func status() throws -> StatusDocument {
        try readStatus(path: path("status.json")).document
    }

    func profile(_ name: String) throws -> ProfileStatus? {
        try status().profiles.first { $0.name == name }
    }

    /// The lines that the hook's runs have left: event, from, to, incident, attempt.
    func hookRuns() -> [[String]] {
        readText(path("runs")).split(separator: "\n").map {
            $0.split(separator: " ").map(String.init)
        }
    }

    func write(_ name: String, mode: mode_t, _ text: String) throws {
        try writeText(path(name), mode: mode, text + "\n")
    }
}

/// An environment without anything of AWS, proxies or systemd in it.
let plainEnvironment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"]

/// A built program beside the test bundle.
func binary(_ name: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let bundle = String(
        decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
}

struct FileTrouble: Error, CustomStringConvertible {
    let description: String
}

/// Makes a folder, with a random name below /tmp unless it is given.
@discardableResult
func makeFolder(_ path: String? = nil) throws -> String {
    let path = path ?? "/tmp/credwatch-test-\(UInt64.random(in: .min ... .max))"
    guard mkdir(path, 0o700) == 0 else {
        throw FileTrouble(description: "mkdir \(path): \(String(cString: strerror(errno)))")
    }
    return path
}

func removeFolder(_ path: String) {
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        guard name != ".", name != ".." else { continue }
        let child = "\(path)/\(name)"
        if unlink(child) != 0 { removeFolder(child) }
    }
    closedir(folder)
    rmdir(path)
}

/// Writes a file anew, in one step for readers.
func writeText(_ path: String, mode: mode_t, _ text: String) throws {
    let temporary = path + ".new"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else {
        throw FileTrouble(description: "open \(temporary): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard Glibc.write(file, bytes, bytes.count) == bytes.count, fchmod(file, mode) == 0,
        rename(temporary, path) == 0
    else { throw FileTrouble(description: "write \(path)") }
}

func readText(_ path: String) -> String {
    guard let file = fopen(path, "re") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func makeOld(_ path: String) {
    var times = [timespec(), timespec()]
    clock_gettime(CLOCK_REALTIME, &times[0])
    times[0].tv_sec -= 3_600
    times[1] = times[0]
    utimensat(AT_FDCWD, path, times, 0)
}
