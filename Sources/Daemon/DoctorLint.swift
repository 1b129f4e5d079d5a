import Model

extension Doctor {
    /// Reads the profile's sources as text, on a thread of its own: a file system may hang.
    func lintPart() async -> DoctorSection<LintReport> {
        .notAsked("not yet")
    }
}

/// How the sources stand.
func state(of report: LintReport) -> DoctorState {
    switch report.exitCode {
    case 0: .ok
    case 1: .warning
    default: .problem
    }
}
