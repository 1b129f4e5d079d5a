import Model

extension Doctor {
    /// Reads the profile's sources as text, on a thread of its own: a file system may hang.
    func lintPart() async -> DoctorSection<LintReport> {
        let (asked, settings) = (profile, configuration)
        let report = await alone(within: share(1, of: 4)) { await lintOnce([asked], in: settings) }
        guard let report else {
            return DoctorSection(
                .unknown, notes: ["Reading the files took too long, and was given up."])
        }
        return DoctorSection(state(of: report), report)
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
