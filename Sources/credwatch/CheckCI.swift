import Daemon
import Glibc
import Model
import Reporting

/// What `credwatch check --ci` does with a check that has ended: the log, what the CI system takes, and the
/// summary.
struct CICheck {
    let configuration: Configuration
    /// Files for the summary and for GitLab's report of code quality; nil where none was asked for.
    let summaryFile: String?
    let codeQualityFile: String?

    /// Tells of a check; returns the exit code, that of the check, or 3 for a healthy one of which a file that
    /// was asked for could not be written.
    func tell(_ document: StatusDocument) -> Int32 {
        let site = CISite(workingDirectory: workingDirectory(), variable: environment)
        let configured = Dictionary(
            configuration.profiles.map { ($0.name, $0.location) }, uniquingKeysWith: { $1 })
        var places: [String: SourceLocation] = [:]
        for profile in document.profiles where profile.state != .healthy {
            places[profile.name] = site.place(
                of: profile, configuredAt: configured[profile.name] ?? nil)
        }
        let report = CIReport(
            document, advice: adviceForJob(document, in: configuration), places: places)
        write(renderCILog(report, at: site), to: STDOUT_FILENO)
        if site.dialect == .gitHub, let file = environment("GITHUB_STEP_SUMMARY") {
            append(renderStepSummary(report), to: file)
        }
        var isWritten = true
        if let codeQualityFile {
            isWritten = put(renderCodeQuality(report, at: site), in: codeQualityFile)
        }
        let summary = renderCISummary(report)
        if let summaryFile {
            isWritten = put(summary, in: summaryFile) && isWritten
        } else {
            write(summary, to: STDOUT_FILENO)
        }
        let code = document.overall.exitCode
        return code == 0 && !isWritten ? Overall.unknown.exitCode : code
    }

    /// Replaces a file; says whether it could, and complains when not.
    private func put(_ bytes: [UInt8], in file: String) -> Bool {
        do throws(StatusFileProblem) {
            try StatusFile(path: file, what: "file").write(bytes)
            return true
        } catch {
            complain("credwatch: \(error)")
            return false
        }
    }

    /// Adds to the page of a job's step, which other steps write to as well; a failure is only told.
    private func append(_ text: String, to file: String) {
        let descriptor = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        let isDone = descriptor >= 0 && writeWhole(Array(text.utf8), to: descriptor)
        if !isDone {
            complain("credwatch: \(file) cannot be written: \(String(cString: strerror(errno)))")
        }
        if descriptor >= 0 { close(descriptor) }
    }

    private func workingDirectory() -> String {
        guard let directory = getcwd(nil, 0) else { return "/" }
        defer { free(directory) }
        return String(cString: directory)
    }
}
