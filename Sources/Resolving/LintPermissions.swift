import Model

/// Says who may read or change a file beside its owner, as far as its mode tells.
///
/// `reader` is the user that the file is read for.
func permissionFindings(
    _ path: String, _ ownership: FileOwnership, holdsSecret: Bool, reader: UInt32
) -> [LintFinding] {
    let place = Provenance.file(SourceLocation(file: path, line: 0))
    let digits = String(ownership.mode, radix: 8)
    let mode = String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    var findings: [LintFinding] = []
    if holdsSecret, ownership.mode & 0o004 != 0 {
        findings.append(
            LintFinding(
                .worldReadable, .warning, at: place,
                "Everybody on this machine may read the secrets in the file (mode \(mode)).",
                remedy: "Run chmod o-rwx on it."))
    } else if holdsSecret, ownership.mode & 0o040 != 0, ownership.user == reader, reader != 0 {
        // A group that somebody else's service reads by is how it is meant.
        findings.append(
            LintFinding(
                .groupReadable, .warning, at: place,
                "The group \(ownership.group) may read the secrets in the file (mode \(mode)), "
                    + "though its owner alone uses them.",
                remedy: "Run chmod g-rwx on it."))
    }
    if ownership.mode & 0o022 != 0 {
        findings.append(
            LintFinding(
                .writableByOthers, .warning, at: place,
                "Others than its owner may change the file (mode \(mode)), and so choose the "
                    + "credentials and the programs that are run for them.",
                remedy: "Run chmod go-w on it."))
    }
    return findings
}

/// Says whether a file holds a secret, or the place for one.
func holdsSecret(_ bytes: [UInt8]) -> Bool {
    let names = ["secret_access_key", "session_token", "security_token", "secretaccesskey"].map {
        Array($0.utf8)
    }
    for index in bytes.indices where bytes[index] | 0x20 == 0x73 {
        let rest = bytes[index...]
        for name in names where rest.count >= name.count {
            if zip(rest, name).allSatisfy({ $0 == $1 || (isLetter($0) && $0 | 0x20 == $1) }) {
                return true
            }
        }
    }
    return false
}
