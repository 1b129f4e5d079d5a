import ArgumentParser
import Configuring
import Daemon
import Glibc
import Model
import Reporting

/// Asks for the credential of a failover group: the daemon, or what it has left behind.
struct GroupAsking {
    /// What came of it.
    enum Answer {
        /// The daemon's own word; `end` is when to ask again.
        case served(Credentials, end: WallTime)
        /// The daemon is down: the profile that it used last has to be resolved.
        case lastKnown(ProfileConfiguration, Configuration, duration: Duration)
    }

    var group: String
    var socket: String?
    var config: String?

    /// The variable by which a search notices that it has come to itself.
    private static let guardVariable = "CREDWATCH_ASKS_FOR_GROUP"

    /// Returns an answer; says why there is none, and ends with code 1, or 78 for a config that is refused.
    func answer() throws -> Answer {
        // The config costs time that an application waits, so it is read only when it was named.
        let named = try config.map(loadOrExit)
        let path =
            socket ?? named?.credentialsSocket ?? Configuration(profiles: []).credentialsSocket
        do throws(CredentialsProblem) {
            let (credentials, end) = try askForCredentials(of: group, at: path)
            return .served(credentials, end: end)
        } catch {
            switch error {
            case .refused(let refusal): throw failure("\(refusal.message) [\(refusal.code)]")
            case .absent(let reason): return try lastKnown(named, reason)
            }
        }
    }

    /// Finds the profile that the daemon used last.
    ///
    /// However old its status file is: nobody but the daemon moves a group, and the file does not outlive the
    /// boot. Only a status file at the configured place counts.
    private func lastKnown(_ named: Configuration?, _ reason: String) throws -> Answer {
        // The active profile may itself be one whose credential_process asks for the group.
        if let names = environment(Self.guardVariable),
            names.split(separator: "\n").contains(Substring(group))
        {
            throw failure("\(reason), and the profile that was used last asks for the group itself")
        }
        let others = environment(Self.guardVariable).map { $0 + "\n" } ?? ""
        setenv(Self.guardVariable, others + group, 1)
        let configuration = named ?? loadDefault() ?? Configuration(profiles: [])
        let document: StatusDocument
        do throws(StatusReadProblem) {
            document = try readStatus(path: configuration.statusFile).document
        } catch {
            throw failure("\(reason), and \(error.description)")
        }
        guard let status = document.groups.first(where: { $0.name == group }) else {
            throw failure("\(reason), and \(configuration.statusFile) has no group of that name")
        }
        let wanted = profilesToServe(
            state: status.state, active: status.active, incident: status.incident)
        let accepted = wanted.first { name in
            document.profiles.contains { $0.name == name && $0.failingSince == nil }
        }
        guard let name = accepted else {
            throw failure(
                "\(reason), and AWS refused \(status.active), the active profile, when it was checked last"
            )
        }
        let profile =
            configuration.profiles.first { $0.name == name }
            ?? ProfileConfiguration(name: name, origin: .profile)
        let serve = configuration.groups.first { $0.name == group }?.serve
        return .lastKnown(
            profile, configuration,
            duration: serve?.duration ?? ServeConfiguration.standardDuration)
    }

    /// The config of the machine, if this user may read it and it is accepted.
    private func loadDefault() -> Configuration? {
        guard
            case .accepted(let configuration, _) = loadConfiguration(
                path: Configuration.defaultFile)
        else { return nil }
        return configuration
    }

    private func failure(_ text: String) -> ExitCode {
        complain(visible(redacted("credwatch: group \(group): \(text)")))
        return ExitCode(1)
    }
}
