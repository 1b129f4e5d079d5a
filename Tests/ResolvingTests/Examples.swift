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
    credentials: String? = nil, config: String? = nil, modifiedAt: WallTime = WallTime(seconds: 0)
) throws -> SharedFiles {
    let base = "/home/app/.aws"
    func state(_ text: String?, _ kind: ProfileFileKind, _ name: String) throws -> FileState {
        guard let text else { return .missing(note: "no such file") }
        let file = try ProfileFile(
            parsing: Array(text.utf8), path: "\(base)/\(name)", kind: kind)
        return .parsed(file, modifiedAt: modifiedAt)
    }
    return SharedFiles(
        generation: 1, paths: SharedFilePaths(AWSEnvironment(variables: ["HOME": "/home/app"])),
        credentials: try state(credentials, .credentials, "credentials"),
        config: try state(config, .config, "config"))
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
