/// What reads bytes that others wrote; each has to come to an end with whatever it is given, without a trap.
///
/// The raw values are the names of the folders of seeds in Fixtures/fuzz.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// The shared AWS files, up to the plan of each profile in them.
    case profile
    case environmentFile = "environment-file"
    /// The shared AWS files and the files of variables, read for all that is wrong in them.
    case lint
    case json
    /// What the metadata service and a container's agent answer.
    case agent
    /// What STS answers when a role is assumed.
    case session
    /// What STS answers when it is asked who somebody is.
    case service
    /// What IAM and STS answer about keys and users.
    case inquiry
    /// A web identity token.
    case claims
    /// What a credential process prints.
    case process
    /// credwatch.yaml.
    case config
    case state
    case history
    case status
    /// A line of the control socket.
    case control
    case redaction
    /// A request of HTTP.
    case request
    /// An answer of HTTP that is read without libcurl.
    case answer
    /// A file into which keys are written.
    case switched = "switch"
    /// What is known of switched keys.
    case switches
    /// The journal of a rotation.
    case rotation
    /// A line between the daemon and its privileged half.
    case mover
    /// A line of the credentials' socket.
    case credentials
    /// What the kernel says of a process.
    case facts

    /// Reads an input, and checks what has to be true whatever it is.
    package func run(_ bytes: [UInt8]) {
        switch self {
        case .profile: readProfiles(bytes)
        case .environmentFile: readEnvironmentFile(bytes)
        case .lint: lintBytes(bytes)
        case .json: readJSON(bytes)
        case .agent: readAgent(bytes)
        case .session: readSession(bytes)
        case .service: readService(bytes)
        case .inquiry: readInquiries(bytes)
        case .claims: readClaims(bytes)
        case .process: readProcess(bytes)
        case .config: readConfiguration(bytes)
        case .state: readState(bytes)
        case .history: readHistory(bytes)
        case .status: readStatus(bytes)
        case .control: readControl(bytes)
        case .redaction: redact(bytes)
        case .request: serve(bytes)
        case .answer: readAnswer(bytes)
        case .switched: switchKeys(bytes)
        case .switches: readSwitches(bytes)
        case .rotation: readRotation(bytes)
        case .mover: readMoverLine(bytes)
        case .credentials: readCredentialsLine(bytes)
        case .facts: readProcessFacts(bytes)
        }
    }
}

/// Ends the process when something is not true that always has to be.
func expect(_ condition: Bool, _ what: String) {
    if !condition { fatalError(what) }
}
