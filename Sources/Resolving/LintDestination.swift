import Linting
import Model

/// Judges a region as text; nil when it has the form of one.
///
/// `name` is the setting's. The text itself is not repeated, since it may be a secret in the wrong place.
func regionFinding(_ name: String, _ text: String, at place: Provenance) -> LintFinding? {
    guard !text.isEmpty, let slip = RegionSlip(text) else { return nil }
    return LintFinding(
        .unknownRegion, .error, at: place, "\(name) names no region of AWS's: \(slip.what).",
        remedy: slip.meant.map { "Perhaps \($0) is meant." } ?? "Write it like eu-central-1.")
}

/// Says that an endpoint URL leads to another server than AWS's; nil when it leads to AWS, or nowhere.
func endpointFinding(_ name: String, _ text: String, at place: Provenance) -> LintFinding? {
    guard case .success(let url) = EndpointURL.parse(text), Partition(ofHost: url.host) == nil
    else {
        return nil
    }
    let whose = isLoopback(url.host) ? "a server on this machine" : "a server that is not AWS's"
    return LintFinding(
        .endpointOverride, .warning, at: place,
        "\(name) sends requests to \(whose), which says nothing about AWS's keys.",
        remedy: "If it is left over from an emulator or an S3-compatible store, remove it.")
}

private func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host.hasSuffix(".localhost") || host.hasPrefix("127.")
        || host == "::1" || host == "[::1]"
}

/// The variables that say where requests go.
enum DestinationVariable {
    static let regions: Set = ["AWS_REGION", "AWS_DEFAULT_REGION"]
    static let endpoints: Set = [
        "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_IAM",
    ]
}
