import CLinux
import Faults
import Glibc
import Model

/// The files as they were before, beside the file: `NAME.credwatch-20261126T230447Z`, the last five.
struct KeptCopies {
    static let count = 5
    private let prefix: String
    /// Named so that no program takes it for one of its files.
    let temporary: String

    init(of name: String) {
        prefix = name + ".credwatch-"
        temporary = ".\(name).credwatch-keep"
    }

    /// Removes what a crash left behind.
    func cleanUp(_ target: borrowing Target) {
        unlinkat(target.directory.number, temporary, 0)
    }

    /// Keeps bytes, and returns the name; when this returns, the copy survives a power cut.
    func keep(
        _ bytes: [UInt8], in target: borrowing Target, now: WallTime
    ) throws(StepProblem) -> String {
        let directory = target.directory.number
        do throws(StepProblem) {
            let file = try Descriptor(
                temporary, in: target.directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600,
                what: "the previous file cannot be kept")
            // Not the mask of the process decides.
            fchmod(file.number, 0o600)
            faultPoint("switch.keeping")
            try file.write(bytes, what: "the previous file cannot be kept")
            try file.sync(what: "the previous file cannot be kept")
            let base = prefix + now.basicISO8601
            var name = base
            var number = 1
            while credwatch_rename_new(directory, temporary, name) != 0 {
                guard errno == EEXIST, number < 1_000 else {
                    throw .system("the previous file cannot be kept")
                }
                number += 1
                name = "\(base)-\(number)"
            }
            try target.directory.sync(what: "the previous file cannot be kept")
            faultPoint("switch.kept")
            return name
        } catch {
            unlinkat(directory, temporary, 0)
            throw error
        }
    }

    /// Removes all but the last ones; never the newest, whatever the clock said when it got its name.
    func prune(_ target: borrowing Target, sparing newest: String) {
        let others = names(in: target).filter { $0 != newest }
        for name in others.dropLast(Self.count - 1) {
            unlinkat(target.directory.number, name, 0)
        }
    }

    /// The kept copies, the oldest first.
    func names(in target: borrowing Target) -> [String] {
        let number = openat(target.directory.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return [] }
        guard let listing = fdopendir(number) else {
            close(number)
            return []
        }
        defer { closedir(listing) }
        var found: [(name: String, stamp: String, number: Int)] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let (stamp, number) = parse(name) else { continue }
            found.append((name, stamp, number))
        }
        return found.sorted { ($0.stamp, $0.number) < ($1.stamp, $1.number) }.map(\.name)
    }

    private func parse(_ name: String) -> (stamp: String, number: Int)? {
        guard name.hasPrefix(prefix) else { return nil }
        let parts = name.dropFirst(prefix.count).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let isStamp =
            parts[0].utf8.count == 16
            && parts[0].utf8.enumerated().allSatisfy { offset, byte in
                switch offset {
                case 8: byte == UInt8(ascii: "T")
                case 15: byte == UInt8(ascii: "Z")
                default: (0x30...0x39).contains(byte)
                }
            }
        guard isStamp else { return nil }
        if parts.count == 1 { return (String(parts[0]), 1) }
        return Int(parts[1]).map { (String(parts[0]), $0) }
    }
}
