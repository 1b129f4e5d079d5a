import Model

/// A home directory that somebody may have in mind, and whose it is.
struct OtherHome: Sendable, Equatable {
    var path: String
    /// For a sentence: `the home directory of alice, who called sudo`.
    var whose: String

    /// The homes that an environment could mean beside the one that it has.
    static func all(
        of environment: AWSEnvironment, homeOfUser: (String) -> String?
    ) -> [OtherHome] {
        var homes: [OtherHome] = []
        if let home = environment.passwordHome {
            homes.append(
                OtherHome(path: home, whose: "the home directory that the password database names"))
        }
        if let user = environment["SUDO_USER"]?.value, let home = homeOfUser(user) {
            homes.append(
                OtherHome(path: home, whose: "the home directory of \(user), who called sudo"))
        }
        return homes.filter { $0.path != environment.home }
    }
}

/// Says that HOME is not set, or not the one that has the files.
///
/// `isThere` tells whether there is a file. Nothing is said where variables name both files, or where the
/// environment has a key of its own.
func homeFindings(
    _ environment: AWSEnvironment, _ paths: SharedFilePaths, _ homes: [OtherHome],
    isThere: (String) -> Bool
) -> [LintFinding] {
    let place = Provenance.environment(variable: "HOME", of: environment.owner)
    let byHome = [paths.credentials, paths.config].filter { path in
        if case .builtIn? = path?.provenance { true } else { path == nil }
    }
    guard !byHome.isEmpty, environment["AWS_ACCESS_KEY_ID"] == nil else { return [] }
    var findings: [LintFinding] = []
    if environment["HOME"] == nil {
        let why =
            environment["INVOCATION_ID"] == nil
            ? "" : ": systemd sets it for services with User= only"
        findings.append(
            LintFinding(
                .homeUnset, .warning, at: place,
                "HOME is not set, so some SDKs look for no file at all\(why).",
                remedy: "Set HOME, or AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE."))
    }
    guard !byHome.contains(where: { $0.map { isThere($0.value) } ?? false }) else {
        return findings
    }
    for home in homes {
        let found = ["credentials", "config"].map { "\(home.path)/.aws/\($0)" }.first(
            where: isThere)
        guard let found else { continue }
        findings.append(
            LintFinding(
                .otherHome, .warning, at: place,
                "There is no AWS file below HOME, but there is \(found), in \(home.whose).",
                remedy: "Set HOME, or name the files by AWS_SHARED_CREDENTIALS_FILE and "
                    + "AWS_CONFIG_FILE."))
    }
    return findings
}
