package import Model

/// The kinds of source that the SDKs know; the raw values are stable.
package enum CredentialSource: String, Sendable, Hashable, CaseIterable {
    case environmentKeys = "environment_keys"
    case webIdentity = "web_identity"
    case assumeRole = "assume_role"
    case sso
    case loginSession = "login_session"
    case profileKeys = "profile_keys"
    case credentialProcess = "credential_process"
}

/// How a profile's credentials come about, found without asking or running anything.
///
/// A pure value: `explain` prints it, and a ``CredentialProvider`` carries out its steps.
package struct Plan: Sendable {
    /// One thing to do. The first step yields credentials by itself, each later one out of the
    /// credentials of the one before it, as a role is assumed with somebody else's keys.
    package enum Step: Sendable {
        /// Keys that stand in the environment or a file.
        case keys(Credentials)
    }

    /// A source that the SDKs would come across, in their order.
    package struct Row: Sendable, Hashable {
        package var source: CredentialSource
        package var provenance: Provenance
        package var accessKeyID: String?
        package var standing: Standing
    }

    /// Why a source counts or does not.
    package enum Standing: Sendable, Hashable {
        case chosen
        case shadowed(by: CredentialSource)
        /// The environment's keys when a check names its profile.
        case notConsulted
    }

    /// The profile of the shared files whose settings apply; nil when there is none.
    package var profile: String?
    package var steps: [Step]
    package var rows: [Row]
    package var region: Sourced<String>
    package var endpoint: Sourced<Endpoint>
    /// As in ``ResolvedProfile/mainEndpoint``.
    package var mainEndpoint: Endpoint?
    /// One line that names the source: `[app] in /home/app/.aws/credentials:4`.
    package var source: String
    package var sourceModifiedAt: WallTime?

    /// Whether carrying it out gives the same again until the files change.
    var isStatic: Bool {
        steps.allSatisfy { step in
            switch step {
            case .keys: true
            }
        }
    }
}
