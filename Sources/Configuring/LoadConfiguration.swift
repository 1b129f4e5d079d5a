import Glibc
import Model

/// Reads a config file and decodes it.
///
/// The program that a hook runs is named here, so a file that anyone may write is refused, and one that
/// a group or another user may write gets a warning.
package func loadConfiguration(path: String) -> ConfigurationResult {
    let whole = SourceLocation(file: path, line: 0)
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard file >= 0 else {
        let code = errno
        let rule = code == ENOENT || code == ENOTDIR ? "file-missing" : "file-unreadable"
        return .refused([
            ConfigurationProblem(whole, rule: rule, "cannot be opened: \(systemText(code))")
        ])
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return .refused([
            ConfigurationProblem(whole, rule: "not-a-file", "is not a regular file")
        ])
    }
    var findings = permissionFindings(path, status)
    if findings.contains(where: \.isError) { return .refused(findings) }
    switch readAll(file) {
    case .failure(let error):
        findings.append(
            ConfigurationProblem(
                whole, rule: "file-unreadable", "cannot be read: \(systemText(error.code))"))
        return .refused(findings)
    case .success(let bytes):
        switch decodeConfiguration(bytes: bytes, file: path) {
        case .accepted(let configuration, let warnings):
            return .accepted(configuration, warnings: findings + warnings)
        case .refused(let problems):
            return .refused(findings + problems)
        }
    }
}

private struct SystemError: Error {
    var code: Int32
}

/// Reads a file to its end, or to one byte more than is allowed.
private func readAll(_ file: Int32) -> Result<[UInt8], SystemError> {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= largestConfiguration {
        let count = read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return .failure(SystemError(code: errno)) }
        if count == 0 { break }
        bytes.append(contentsOf: chunk[..<count])
    }
    return .success(bytes)
}

private func permissionFindings(_ path: String, _ file: stat) -> [ConfigurationProblem] {
    let whole = SourceLocation(file: path, line: 0)
    var findings: [ConfigurationProblem] = []
    if file.st_mode & S_IWOTH != 0 {
        findings.append(
            ConfigurationProblem(
                whole, rule: "writable-by-anyone",
                "anyone may write this file and so have a hook run: chmod o-w \(path)"))
    }
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var parent = stat()
    if stat(directory, &parent) == 0, parent.st_mode & S_IWOTH != 0, parent.st_mode & S_ISVTX == 0 {
        findings.append(
            ConfigurationProblem(
                whole, rule: "writable-by-anyone",
                "anyone may replace this file in its directory: chmod o-w \(directory)"))
    }
    if file.st_mode & S_IWGRP != 0, file.st_gid != 0 {
        findings.append(
            ConfigurationProblem(
                whole, rule: "writable-by-group",
                "the group \(file.st_gid) may write this file and so have a hook run: "
                    + "chmod g-w \(path)",
                severity: .warning))
    }
    if file.st_uid != 0, file.st_uid != geteuid() {
        findings.append(
            ConfigurationProblem(
                whole, rule: "owned-by-another",
                "the user \(file.st_uid) owns this file and may have a hook run: chown root \(path)",
                severity: .warning))
    }
    return findings
}

private func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
