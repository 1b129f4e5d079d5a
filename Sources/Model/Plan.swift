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
        /// The source for a sentence: `[app] in /home/app/.aws/credentials:4`.
        package var title: String
        /// What else is worth knowing, as a clause: `assumes arn:aws:iam::1:role/app`.
        package var detail: String?
        /// What leads to the credentials of this source alone, whatever its standing; none when
        /// nothing does.
        package var steps: [PlanStep]
        /// Why a source that is not the chosen one would fail.
        package var problem: ResolveProblem?

        package init(
            source: CredentialSource, provenance: Provenance, accessKeyID: String? = nil,
            standing: Standing, title: String = "", detail: String? = nil, steps: [PlanStep] = [],
            problem: ResolveProblem? = nil
        ) {
            self.source = source
            self.provenance = provenance
            self.accessKeyID = accessKeyID
            self.standing = standing
            self.title = title
            self.detail = detail
            self.steps = steps
            self.problem = problem
        }
    }

    /// Something in a profile that the SDKs pass over in silence, a whole sentence with its place.
    package struct Note: Sendable, Hashable {
        package var sentence: String
        package var location: SourceLocation

        package init(_ sentence: String, at location: SourceLocation) {
            self.sentence = sentence
            self.location = location
        }
    }

    /// Why a source counts or does not.
    package enum Standing: Sendable, Hashable {
        case chosen
        case shadowed(by: CredentialSource)
        /// The environment's sources when a check names its profile, or one that lacks a part.
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
    /// What was looked at in vain before the source, for a message when that has nothing either.
    package var searched: [String]
    /// What `explain` says about the profiles in use; a plan for a check has none.
    package var notes: [Note] = []

    package init(
        profile: String?, steps: [PlanStep], rows: [Row], region: Sourced<String>,
        endpoint: Sourced<Endpoint>, mainEndpoint: Endpoint? = nil, source: String,
        sourceModifiedAt: WallTime? = nil, searched: [String] = []
    ) {
        self.profile = profile
        self.steps = steps
        self.rows = rows
        self.region = region
        self.endpoint = endpoint
        self.mainEndpoint = mainEndpoint
        self.source = source
        self.sourceModifiedAt = sourceModifiedAt
        self.searched = searched
    }

    /// The keys that are the whole plan; nil when something has to be asked or run.
    package var keys: Credentials? {
        if steps.count == 1, case .keys(let credentials) = steps[0] { credentials } else { nil }
    }
}
