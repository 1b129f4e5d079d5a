import Glibc
package import Model

/// Finds the running processes that may still use a key: those with a variable that is the key id, and those
/// of a unit that reads one of the files, or is one of the units, that started before `since`.
///
/// Callable from any process; sees what that one may see, and counts what it may not. Blocks, as a rule for
/// some milliseconds. A process that ends meanwhile is none.
package func findKeyUsers(_ question: KeyUsersQuestion) -> KeyUsersReport {
    var scan = KeyUserScan(question)
    return scan.run()
}

/// One look through /proc.
struct KeyUserScan {
    /// More than a machine has; of others there is nothing to tell but that they were left out.
    static let mostProcesses = 100_000
    /// The clock ticks of /proc/PID/stat, on every architecture of Linux that Swift knows.
    static let ticksPerSecond: Int64 = 100

    private let question: KeyUsersQuestion
    private let keyID: [UInt8]
    private let limit: Duration
    private let unitFiles: UnitFiles
    /// Whether a unit names one of the files as its EnvironmentFile=.
    private var readers: [String: Bool] = [:]
    private var names: [UInt32: String] = [:]
    private var report = KeyUsersReport()

    init(
        _ question: KeyUsersQuestion, within limit: Duration = .seconds(5),
        unitFiles: UnitFiles = UnitFiles()
    ) {
        self.question = question
        keyID = Array(question.keyID.utf8)
        self.limit = limit
        self.unitFiles = unitFiles
        for unit in question.units { readers[unit] = true }
    }

    mutating func run() -> KeyUsersReport {
        guard !keyID.isEmpty else { return report }
        let end = monotonicNow() &+ UInt64(clamping: limit.nanoseconds)
        report.isBlind = access("/proc/1", F_OK) != 0
        var seen = 0
        for process in Self.processes() where process != getpid() {
            seen += 1
            guard seen <= Self.mostProcesses, monotonicNow() < end else {
                report.isCut = true
                break
            }
            look(at: process)
        }
        return report
    }

    /// The processes of now, by their numbers.
    private static func processes() -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var processes: [Int32] = []
        while let entry = readdir(folder) {
            let number = withUnsafeBytes(of: &entry.pointee.d_name) { name in
                let digits = name.prefix { $0 != 0 }
                guard digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil as Int32? }
                return Int32(String(decoding: digits, as: UTF8.self))
            }
            if let number { processes.append(number) }
        }
        return processes.sorted()
    }

    private mutating func look(at process: Int32) {
        guard let fact = Self.fact(of: process), fact.hasEnvironment else { return }
        var isSeen = true
        var holdsKey = false
        do {
            holdsKey = Self.holds(keyID, try ProcessFile.read(process, "environ"))
        } catch {
            // One that ended meanwhile uses nothing any more.
            if error.isMissing { return }
            isSeen = false
        }
        let unit = unitName(cgroup: (try? ProcessFile.read(process, "cgroup")) ?? [])
        let reason: KeyUser.Reason
        if holdsKey {
            reason = .environment
        } else if let since = question.since, fact.began(before: since), reads(unit, process) {
            reason = .startedBefore
        } else {
            if !isSeen { report.unreadable += 1 }
            return
        }
        // Its number may be another's by now.
        guard Self.fact(of: process)?.startTime == fact.startTime else { return }
        report.count += 1
        guard report.users.count < KeyUsersReport.mostUsers else { return }
        report.users.append(
            KeyUser(
                pid: process, user: user(of: process), unit: unit, command: fact.command,
                reason: reason))
    }

    /// Whether a unit, or this process of a service by its own variable, reads one of the files.
    private mutating func reads(_ unit: String?, _ process: Int32) -> Bool {
        guard let unit else { return false }
        let isReader =
            readers[unit]
            ?? unitFiles.environmentFiles(of: unit).contains { question.files.contains($0) }
        readers[unit] = isReader
        if isReader { return true }
        // A shell of somebody with the variable reads the file anew for each command.
        guard unit.hasSuffix(".service"), !question.files.isEmpty,
            let bytes = try? ProcessFile.read(process, "environ"),
            let file = environmentVariables(bytes)["AWS_SHARED_CREDENTIALS_FILE"]
        else { return false }
        return question.files.contains(file)
    }

    private mutating func user(of process: Int32) -> String {
        guard let bytes = try? ProcessFile.read(process, "status"),
            let rights = FileRights(parsing: bytes)
        else { return "unknown" }
        if let name = names[rights.user] { return name }
        let name = PasswordEntry(uid: rights.user)?.name ?? "uid \(rights.user)"
        names[rights.user] = name
        return name
    }

    /// Whether the value of a variable is the key id; a part of a value is none.
    static func holds(_ keyID: [UInt8], _ environment: [UInt8]) -> Bool {
        guard environment.count > keyID.count else { return false }
        return environment.split(separator: 0).contains { entry in
            guard entry.count > keyID.count, let equals = entry.firstIndex(of: 0x3D) else {
                return false
            }
            return entry[(equals + 1)...].elementsEqual(keyID)
        }
    }

    private static func fact(of process: Int32) -> ProcessFact? {
        (try? ProcessFile.read(process, "stat")).flatMap { ProcessFact(parsing: $0) }
    }
}

/// What `/proc/PID/stat` says of a process, to everybody.
struct ProcessFact: Equatable {
    var command: String
    /// Clock ticks since the machine started, on the clock that counts suspended time.
    var startTime: Int64
    /// False for a thread of the kernel, and for one that has ended.
    var hasEnvironment: Bool

    /// The kernel's PF_KTHREAD.
    private static let kernelThread: UInt64 = 0x0020_0000

    /// Parses the line; nil when it has another form.
    init?(parsing bytes: [UInt8]) {
        // The name may hold anything, parentheses and blanks too.
        guard let start = bytes.firstIndex(of: 0x28), let end = bytes.lastIndex(of: 0x29),
            start < end
        else { return nil }
        let fields = bytes[(end + 1)...].split { $0 == 0x20 || $0 == 0x0A }
        func text(_ index: Int) -> String { String(decoding: fields[index], as: UTF8.self) }
        guard fields.count >= 20, let flags = UInt64(text(6)), let startTime = Int64(text(19))
        else { return nil }
        command = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        self.startTime = startTime
        hasEnvironment = flags & Self.kernelThread == 0 && text(0) != "Z" && text(0) != "X"
    }

    /// Whether the process began before a moment; its start is told in hundredths of a second, rounded down.
    func began(before moment: Moment) -> Bool {
        let nanoseconds = 1_000_000_000 / KeyUserScan.ticksPerSecond
        guard (0..<Int64.max).contains(startTime) else { return false }
        let (start, overflow) = (startTime + 1).multipliedReportingOverflow(by: nanoseconds)
        return !overflow && start <= moment.nanoseconds
    }
}

/// Names the unit that `/proc/PID/cgroup` shows a process to be in; nil outside of all of them.
///
/// The first part of the path that is no slice; in a user's own manager with the unit there behind it.
func unitName(cgroup bytes: [UInt8]) -> String? {
    for line in bytes.split(separator: 0x0A) {
        // 0::/system.slice/app.service, or 1:name=systemd:/… with the older hierarchy.
        let fields = line.split(separator: 0x3A, maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, fields[1].isEmpty || fields[1].elementsEqual("name=systemd".utf8)
        else { continue }
        var found: [String] = []
        for part in fields[2].split(separator: 0x2F) {
            // systemd puts _ in front of names that the kernel has a use for.
            let text = String(decoding: part.first == 0x5F ? part.dropFirst() : part, as: UTF8.self)
            let isUnit = text.hasSuffix(".service") || text.hasSuffix(".scope")
            if isUnit { found.append(text) }
        }
        guard let first = found.first else { continue }
        if first.hasPrefix("user@"), found.count > 1 { return "\(first)/\(found[1])" }
        return first
    }
    return nil
}
