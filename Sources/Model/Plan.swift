/// The kinds of source that the SDKs know; the raw values are stable.
package enum CredentialSource: String, Sendable, Hashable, CaseIterable {
    case environmentKeys = "environment_keys"
    case webIdentity = "web_identity"
    case assumeRole = "assume_role"
    case sso
    case loginSession = "login_session"
    case profileKeys = "profile_keys"
    case credentialProcess = "credential_process"
    case container
    case instanceMetadata = "instance_metadata"
    /// A file of systemd's `$CREDENTIALS_DIRECTORY`.
    case credentialsDirectory = "credentials_directory"
}

/// How a profile's credentials come about, found without asking or running anything.
///
/// A pure value: `explain` prints it, and Obtaining carries out its steps.
package struct Plan: Sendable {
    /// A source that the SDKs would come across, in their order.
    package struct Row: Sendable, Hashable {
        package var source: CredentialSource
        package var provenance: Provenance
        package var accessKeyID: String?
        package var standing: Standing

        package init(
            source: CredentialSource, provenance: Provenance, accessKeyID: String? = nil,
            standing: Standing
        ) {
            self.source = source
            self.provenance = provenance
            self.accessKeyID = accessKeyID
            self.standing = standing
        }
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
    /// What to do, in order. The first step yields credentials by itself, each later one out of the
    /// credentials of the one before it, as a role is assumed with somebody else's keys.
    package var steps: [PlanStep]
    package var rows: [Row]
    package var region: Sourced<String>
    package var endpoint: Sourced<Endpoint>
    /// As in ``ResolvedProfile/mainEndpoint``.
    package var mainEndpoint: Endpoint?
    /// One line that names the source: `[app] in /home/app/.aws/credentials:4`.
    package var source: String
    package var sourceModifiedAt: WallTime?

    package init(
        profile: String?, steps: [PlanStep], rows: [Row], region: Sourced<String>,
        endpoint: Sourced<Endpoint>, mainEndpoint: Endpoint? = nil, source: String,
        sourceModifiedAt: WallTime? = nil
    ) {
        self.profile = profile
        self.steps = steps
        self.rows = rows
        self.region = region
        self.endpoint = endpoint
        self.mainEndpoint = mainEndpoint
        self.source = source
        self.sourceModifiedAt = sourceModifiedAt
    }

    /// The keys that are the whole plan; nil when something has to be asked or run.
    package var keys: Credentials? {
        if steps.count == 1, case .keys(let credentials) = steps[0] { credentials } else { nil }
    }
}
