import Model

/// Finds what keeps a group's `serve` from working: token files by which nobody is served, and users that
/// this machine does not have.
///
/// All are warnings, since both may come later than the config, and the health of the credentials is
/// watched all the same.
func problemsOfServing(in configuration: Configuration, file: String) -> [ConfigurationProblem] {
    var problems: [ConfigurationProblem] = []
    for group in configuration.groups {
        guard let serve = group.serve else { continue }
        func warn(_ rule: String, _ message: String) {
            let place = serve.location ?? group.location ?? SourceLocation(file: file, line: 1)
            problems.append(
                ConfigurationProblem(place, rule: rule, message, severity: .warning))
        }
        if let endpoint = serve.endpoint {
            var token = ServedToken(path: endpoint.tokenFile, key: [])
            do throws(TokenProblem) {
                _ = try token.current()
            } catch  where !error.dependsOnUser {
                warn(tokenUnusable, "nobody could be served at \(endpoint.address): \(error)")
            } catch {}
        }
        for user in serve.users where !isKnown(user) {
            warn("unknown-user", "`users` names \(user), and this machine has no such user")
        }
    }
    return problems
}

/// The rule of a token file that cannot be used: who serves by it tells of that too, and for as long.
let tokenUnusable = "token-file-unusable"

/// Whether a user is in the machine's database; a number need not be.
private func isKnown(_ user: String) -> Bool {
    UInt32(user) != nil || userNumber(of: user) != nil
}
