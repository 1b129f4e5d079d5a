import HTTP
import Model
import Probing
import Resolving
import Scheduling

extension Doctor {
    /// Looks at the clock and at the way to the hosts that were asked; asks the partition's main region
    /// where the profile's own endpoint cannot be reached.
    func networkPart(_ plan: Plan?, _ result: CheckResult?) async -> DoctorSection<DoctorNetwork> {
        if let result, result.diagnosis.cause.isOnTheWay, let main = plan?.mainEndpoint {
            await askElsewhere(main)
        }
        var others: AWSEnvironment?
        if order.profile.surroundings != .own {
            let (profile, pipeline) = (profile, pipeline)
            let looked = await alone(within: share(1, of: 8)) { () async -> AWSEnvironment? in
                try? await pipeline.resolver.environment(
                    of: profile.surroundings, within: profile.timeout)
            }
            others = looked ?? nil
        }
        let place = plan.map {
            RequestSettings(
                region: $0.region, endpoint: $0.endpoint,
                isRefused: result?.diagnosis.verdict != .good)
        }
        let content = network(
            of: transport.records, environment: environment, others: others, settings: place)
        guard !content.hosts.isEmpty else {
            let reason = order.isOffline ? "--offline, so nothing was sent" : "nothing was sent"
            return DoctorSection(.notAsked(reason), content)
        }
        return DoctorSection(state(of: content), content)
    }

    /// Asks another endpoint with the same credentials, for the record: what counts is whether it answers.
    private func askElsewhere(_ endpoint: Endpoint) async {
        let (profile, pipeline) = (profile, pipeline)
        _ = await within(share(1, of: 4), on: transport) {
            guard let keys = try? await pipeline.resolver.resolve(profile).keys else { return }
            _ = await pipeline.prober.probe(keys, at: endpoint, timeout: profile.timeout)
        }
    }
}

extension Cause {
    /// Whether a request did not reach AWS.
    var isOnTheWay: Bool {
        switch self {
        case .networkDNS, .networkConnect, .networkTimeout, .networkInterrupted, .tls, .proxy,
            .notAWS:
            true
        default: false
        }
    }
}

/// Where requests go by the profile's settings.
struct RequestSettings {
    var region: Sourced<String>
    var endpoint: Sourced<Endpoint>
    /// Whether the credential was not accepted, so that an odd setting is worth a warning.
    var isRefused: Bool
}

/// Sums up what the requests say about clock and network, and the settings that have a say there.
///
/// `environment` is that of this program, which sends the requests; `others` that of the application.
func network(
    of records: [RequestRecord], environment: AWSEnvironment, others: AWSEnvironment?,
    settings: RequestSettings?
) -> DoctorNetwork {
    var hosts: [DoctorNetwork.Host] = []
    for record in records {
        if let index = hosts.firstIndex(where: { $0.name == record.host }) {
            hosts[index].requests += 1
            hosts[index].outcome = record.outcome
            hosts[index].latency = record.latency ?? hosts[index].latency
            hosts[index].phases = hosts[index].phases ?? record.newPhases
        } else {
            hosts.append(
                DoctorNetwork.Host(
                    name: record.host, requests: 1, phases: record.newPhases,
                    latency: record.latency, outcome: record.outcome))
        }
    }
    let skews = records.compactMap(\.skew)
    return DoctorNetwork(
        skew: skews.max { $0.magnitude < $1.magnitude }, hosts: hosts,
        findings: proxyFindings(environment, others)
            + (settings.map { placeFindings($0, environment) } ?? []))
}

/// How clock and network stand.
func state(of network: DoctorNetwork) -> DoctorState {
    let skew = network.skew?.magnitude ?? .zero
    if skew > .seconds(300) { return .problem }
    let isSilent = network.hosts.contains { host in
        if case .answered = host.outcome { false } else { true }
    }
    if isSilent { return .unknown }
    return skew >= .seconds(60) || network.findings.contains { $0.isWarning } ? .warning : .ok
}

/// Says which proxies are in force, without a password that a proxy's URL may hold.
private func proxyFindings(
    _ environment: AWSEnvironment, _ others: AWSEnvironment?
) -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    // As libcurl reads them: of http_proxy only the small letters count, since a web server that runs a
    // program hands it a header of that name in capitals.
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"]
    for name in names + ["http_proxy"] {
        let ours = environment[name].map { withoutPassword($0.value) }
        if let ours { findings.append(DoctorFinding("\(name) is \(ours).")) }
        guard let others else { continue }
        let theirs = others[name].map { withoutPassword($0.value) }
        guard ours != theirs else { continue }
        findings.append(
            DoctorFinding(
                "The application has \(name) \(theirs.map { "set to \($0)" } ?? "not set"), unlike credwatch, which sends these requests by its own way.",
                isWarning: true))
    }
    if findings.isEmpty { findings.append(DoctorFinding("No proxy is set.")) }
    if environment["HTTP_PROXY"] != nil, environment["http_proxy"] == nil {
        findings.append(
            DoctorFinding(
                "HTTP_PROXY is set in capitals, which many programs ignore; for https the name is HTTPS_PROXY.",
                isWarning: environment["https_proxy"] == nil && environment["HTTPS_PROXY"] == nil))
    }
    return findings
}

/// The URL of a proxy without user name and password.
func withoutPassword(_ url: String) -> String {
    let scheme = url.utf8.firstIndex(ofBytes: "://".utf8).map { url[..<$0] + "://" } ?? ""
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return url }
    return scheme + "…@" + rest[rest.index(after: at)...]
}

private func placeFindings(
    _ settings: RequestSettings, _ environment: AWSEnvironment
) -> [DoctorFinding] {
    let (region, endpoint) = (settings.region, settings.endpoint.value)
    var findings: [DoctorFinding] = []
    let partition = Partition(ofRegion: region.value)
    if partition.id != endpoint.partition {
        findings.append(
            DoctorFinding(
                "Region \(region.value) (\(region.provenance)) is of partition \(partition.id), but \(endpoint.url) (\(settings.endpoint.provenance)) is of \(endpoint.partition): they share no keys.",
                isWarning: true))
    }
    if let address = try? EndpointAddress(endpoint.url), Partition(ofHost: address.host) == nil {
        findings.append(
            DoctorFinding(
                "\(endpoint.url) (\(settings.endpoint.provenance)) is no endpoint of AWS's own: an emulator, or a private one.",
                isWarning: settings.isRefused))
    }
    if case .builtIn(let reason) = region.provenance {
        findings.append(DoctorFinding("Region: \(reason)."))
    }
    if let bundle = environment["AWS_CA_BUNDLE"] {
        findings.append(DoctorFinding("AWS_CA_BUNDLE names \(bundle.value)."))
    }
    return findings
}

extension RequestRecord {
    /// The phases of a connection that this request opened.
    fileprivate var newPhases: ConnectionPhases? {
        phases.flatMap { $0.isNewConnection ? $0 : nil }
    }
}
