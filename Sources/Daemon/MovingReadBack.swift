import Diagnosing
import Model
import Resolving

/// Reads the keys that stand at a place, as an SDK with nothing else around it would; nil when they are
/// no keys by themselves.
func credentials(at place: SwitchPlace) async throws(ResolveProblem) -> Credentials? {
    let nothing = Sourced("/dev/null", from: .builtIn("nothing else is read"))
    let file = Sourced(place.path, from: .builtIn("the file that was switched"))
    let region = Sourced("us-east-1", from: .builtIn("no call goes there"))
    let overrides: AWSOverrides
    let profile: ProfileConfiguration
    switch place {
    case .credentialsFile(_, let name):
        overrides = AWSOverrides(credentialsFile: file, configFile: nothing)
        profile = ProfileConfiguration(name: name, region: region)
    case .configFile(_, let name):
        overrides = AWSOverrides(credentialsFile: nothing, configFile: file)
        profile = ProfileConfiguration(name: name, region: region)
    case .environmentFile(let path):
        overrides = AWSOverrides(credentialsFile: nothing, configFile: nothing)
        profile = ProfileConfiguration(
            name: "environment", origin: .defaultChain, surroundings: .environmentFile(path),
            region: region)
    }
    let resolver = Resolver(
        environment: AWSEnvironment(variables: [:]), overrides: overrides)
    return try await resolver.resolve(profile).keys
}

/// Says how what stands at a place differs from the keys that were written; nil when it does not.
func difference(at place: SwitchPlace, from keys: WrittenKeys) async -> String? {
    let found: Credentials?
    do {
        found = try await credentials(at: place)
    } catch {
        return clause(diagnosis(of: error, profile: place.description))
    }
    guard let found else { return "it has no keys" }
    let standing = WrittenKeys(found)
    if standing == keys { return nil }
    if standing.accessKeyID != keys.accessKeyID { return "it has another access key id" }
    if standing.secretAccessKey != keys.secretAccessKey { return "it has another secret" }
    return "it has another session token"
}
