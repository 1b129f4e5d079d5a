import Model

/// The findings in one file, in a bounded number.
struct LintCollector {
    /// How many findings of one file are told.
    static let limit = 200

    /// The profiles that are asked about; nil for all.
    private let profiles: Set<String>?
    private var findings: [LintFinding] = []
    private var isIncomplete = false
    private var leavesOutErrors = false

    init(only profiles: Set<String>? = nil) {
        self.profiles = profiles
    }

    /// Adds a finding; one that concerns a profile only if that is asked about.
    mutating func add(_ finding: LintFinding, of profile: String? = nil) {
        if let profile, let profiles, !profiles.contains(profile) { return }
        guard findings.count < Self.limit else {
            return leaveOut(finding.severity)
        }
        findings.append(finding)
    }

    /// Notes that there is more than can be told.
    mutating func leaveOut(_ severity: LintSeverity) {
        isIncomplete = true
        if severity == .error { leavesOutErrors = true }
    }

    /// All findings in the order of the file; the last says whether there are more.
    func findings(in path: String) -> [LintFinding] {
        var sorted = findings.enumerated().sorted {
            ($0.element.place.order, $0.offset) < ($1.element.place.order, $1.offset)
        }.map(\.element)
        if isIncomplete {
            sorted.append(
                LintFinding(
                    .moreFindings, leavesOutErrors ? .error : .warning,
                    at: .file(SourceLocation(file: path, line: 0)),
                    "There are more findings in this file than these.",
                    remedy: "Correct these first."))
        }
        return sorted
    }
}

extension Provenance {
    /// Line and column as one number.
    fileprivate var order: UInt64 {
        switch self {
        case .file(let place), .configuration(let place):
            UInt64(clamping: place.line) << 32 | UInt64(clamping: min(place.column, 0xFFFF_FFFF))
        case .environment, .builtIn: 0
        }
    }
}
