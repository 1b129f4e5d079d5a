import Diagnosing
package import Model
import Resolving

/// Says how the CI job that credwatch runs in gets a role, when profiles of its own environment use a
/// long-term key; nil outside of CI, and without such a key.
package func adviceForJob(
    _ document: StatusDocument, in configuration: Configuration
) -> PipelineAdvice? {
    adviceForJob(document, in: configuration, AWSEnvironment.current().variables)
}

/// The same with the job's variables at hand.
func adviceForJob(
    _ document: StatusDocument, in configuration: Configuration, _ variables: [String: String]
) -> PipelineAdvice? {
    // A job has our own environment; that of a service has nothing to do with it.
    let own = configuration.profiles.filter { $0.surroundings == .own }
    let known = Dictionary(own.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let keyed = document.profiles.filter {
        known[$0.name] != nil && $0.accessKeyID?.hasPrefix("AKIA") == true
    }
    // One that AWS has named tells the account.
    guard let profile = keyed.first(where: { $0.identity != nil }) ?? keyed.first else {
        return nil
    }
    let region =
        known[profile.name]?.region?.value ?? variables["AWS_REGION"]
        ?? variables["AWS_DEFAULT_REGION"]
    return pipelineAdvice(
        in: variables, accessKeyID: profile.accessKeyID, identity: profile.identity,
        region: region)
}
