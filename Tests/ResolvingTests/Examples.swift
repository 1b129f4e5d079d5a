import Model

@testable import Resolving

/// A made-up key.
let exampleKeyID = "AKIAQNCLJGYSAZAAN74C"
/// A made-up secret, that no output may hold.
let exampleSecret = "qV2pWn8hJ4tLzR6cXs0dFbGy1kMmUe7aTo3iNw5B"
/// A made-up session token, that no output may hold.
let exampleToken = "IQoJb3JpZ2luX2VjEXAMPLEonlyForTests=="

/// The two properties of a key.
let exampleKeys = """
    aws_access_key_id = \(exampleKeyID)
    aws_secret_access_key = \(exampleSecret)

    """

/// Both files as they would have been read from `/home/app/.aws`.
func sharedFiles(
    credentials: String? = nil, config: String? = nil, modifiedAt: WallTime = WallTime(seconds: 0),
    ownership: FileOwnership = FileOwnership(user: 1000, group: 1000, mode: 0o600)
) throws -> SharedFiles {
    let base = "/home/app/.aws"
    func state(_ text: String?, _ kind: ProfileFileKind, _ name: String) throws -> FileState {
        guard let text else { return .missing(note: "no such file") }
        let file = try ProfileFile(
            parsing: Array(text.utf8), path: "\(base)/\(name)", kind: kind)
        return .parsed(file, modifiedAt: modifiedAt, ownership: ownership)
    }
    return SharedFiles(
        generation: 1, paths: SharedFilePaths(AWSEnvironment(variables: ["HOME": "/home/app"])),
        credentials: try state(credentials, .credentials, "credentials"),
        config: try state(config, .config, "config"))
}

/// Plans a profile as a daemon would whose environment has the variables.
func plan(
    _ name: String = "app", _ origin: ProfileOrigin = .profile, _ variables: [String: String] = [:],
    credentials: String? = nil, config: String? = nil, modifiedAt: WallTime = WallTime(seconds: 0)
) throws -> Result<Plan, ResolveProblem> {
    let files = try sharedFiles(credentials: credentials, config: config, modifiedAt: modifiedAt)
    do throws(ResolveProblem) {
        let environment = AWSEnvironment(variables: variables, passwordHome: "/home/app")
        return .success(
            try Planner(environment).explain(
                ProfileConfiguration(name: name, origin: origin), in: files))
    } catch {
        return .failure(error)
    }
}

extension Result where Success == Plan, Failure == ResolveProblem {
    var problem: ResolveProblem? {
        if case .failure(let problem) = self { problem } else { nil }
    }

    /// The clause and the place of a chain that leads nowhere.
    var badChain: (what: String, place: String)? {
        if case .badChain(let what, let place) = problem { (what, place.description) } else { nil }
    }
}

/// The problem that a closure throws; nil when it throws none.
func problemOf<Value>(_ body: () throws(ResolveProblem) -> Value) -> ResolveProblem? {
    do {
        _ = try body()
        return nil
    } catch {
        return error
    }
}
