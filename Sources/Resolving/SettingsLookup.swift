import Linting
import Model

/// The settings that decide where a request goes, from all the places that may hold them.
struct SettingsLookup {
    /// Set on the profile in credwatch.yaml.
    let ownRegion: Sourced<String>?
    let defaultRegion: Sourced<String>?
    let overrides: AWSOverrides
    let environment: EnvironmentSettings
    let profile: SharedProfile?
    /// Where the `[services x]` sections are.
    let services: SharedFiles

    /// The region: credwatch.yaml, the environment, the profile, the defaults of credwatch.yaml.
    func region() throws(ResolveProblem) -> Sourced<String> {
        let found =
            ownRegion ?? environment.region ?? profile?.text(.region)
            ?? defaultRegion
        guard let found else {
            return Sourced(
                "us-east-1", from: .builtIn("no region is set anywhere, so us-east-1 it is"))
        }
        if let flaw = regionFlaw(found.value) {
            throw .badSetting(name: name(of: found, else: "region"), what: flaw, found.provenance)
        }
        return found
    }

    /// Reads a custom URL; throws a sentence for one that cannot be used.
    func parse(_ text: Sourced<String>) throws(ResolveProblem) -> EndpointURL {
        switch EndpointURL.parse(text.value) {
        case .success(let url): return url
        case .failure(let flaw):
            throw .badSetting(
                name: name(of: text, else: "endpoint_url"), what: flaw.what, text.provenance)
        }
    }

    /// Returns the custom URL of a service as it is written, by the SDKs' order; nil when there is
    /// none.
    func customURLText(
        of service: KnownProperty = .sts
    ) throws(ResolveProblem) -> Sourced<String>? {
        if let override = overrides.endpointURL, service == .sts || service == .iam {
            // One of AWS's own hosts is that of STS, as the config wants it; any other one stands in for all of AWS.
            let isOfSTS =
                if case .success(let url) = EndpointURL.parse(override.value) {
                    Partition(ofHost: url.host) != nil
                } else { false }
            if service == .sts || !isOfSTS { return override }
        }
        return try customURLText(environment.endpointURL(of: service)) {
            $0.nested(.endpointURL, below: service)
        }
    }

    /// The same for a service that canaries call.
    func customURLText(toCall service: CanaryService) throws(ResolveProblem) -> Sourced<String>? {
        if service == .sts { return try customURLText(of: .sts) }
        if service == .iam { return try customURLText(of: .iam) }
        let variables = environment.environment
        let variable =
            variables["AWS_ENDPOINT_URL_\(service.setting)"] ?? variables["AWS_ENDPOINT_URL"]
        return try customURLText(variable) {
            $0.nested(.endpointURL, below: service.setting.lowercased())
        }
    }

    /// Looks at the environment's variable, a `[services]` section and the profile, unless they are to be
    /// ignored.
    private func customURLText(
        _ variable: @autoclosure () -> Sourced<String>?,
        in ofSection: (SharedProfile) -> Sourced<String>?
    ) throws(ResolveProblem) -> Sourced<String>? {
        let ignore = environment.ignoreEndpointURLs ?? profile?.text(.ignoreEndpointURLs)
        if let ignore, try flag(ignore, .ignoreEndpointURLs) { return nil }
        if let url = variable() { return url }
        if let reference = profile?.text(.services) {
            guard let section = services.services(reference.value) else {
                throw .badSetting(
                    name: "services", what: "the config file has no such [services] section",
                    reference.provenance)
            }
            if let url = ofSection(section) { return url }
        }
        return profile?.text(.endpointURL)
    }

    /// Which of the standard endpoints is wanted, and the setting that makes it special.
    func variant() throws(ResolveProblem) -> (EndpointVariant, setting: Sourced<String>?) {
        var variant = EndpointVariant()
        var setting: Sourced<String>?
        if let value = environment.stsRegionalEndpoints ?? profile?.text(.stsRegionalEndpoints) {
            switch value.value.lowercased() {
            case "legacy": variant.isLegacyGlobal = true
            case "regional": break
            default:
                throw .badSetting(
                    name: name(of: value, else: KnownProperty.stsRegionalEndpoints.name),
                    what: "it has to be regional or legacy", value.provenance)
            }
        }
        if let value = environment.useDualStack ?? profile?.text(.useDualStack),
            try flag(value, .useDualStack)
        {
            variant.isDualStack = true
            setting = value
        }
        if let value = environment.useFIPS ?? profile?.text(.useFIPS), try flag(value, .useFIPS) {
            variant.isFIPS = true
            setting = value
        }
        return (variant, setting)
    }

    func flag(
        _ value: Sourced<String>, _ property: KnownProperty
    ) throws(ResolveProblem) -> Bool {
        switch value.value.lowercased() {
        case "true": return true
        case "false": return false
        default:
            throw .badSetting(
                name: name(of: value, else: property.name), what: "it has to be true or false",
                value.provenance)
        }
    }

    /// Returns where a service of the login is asked: a custom URL, or AWS's own in the region.
    func loginURL(_ service: KnownProperty, in region: String) throws(ResolveProblem) -> String {
        if let url = try customURLText(of: service) { return try parse(url).url }
        return try variant().0.loginURL(service, in: region)
    }

    /// Checks a region that becomes a part of a host name.
    func check(region: Sourced<String>, _ property: KnownProperty) throws(ResolveProblem) {
        guard let flaw = regionFlaw(region.value) else { return }
        throw .badSetting(name: property.name, what: flaw, region.provenance)
    }

    func name(of setting: Sourced<String>, else property: String) -> String {
        if case .environment(let variable, _) = setting.provenance { variable } else { property }
    }
}

/// Says what keeps a text from being a part of a host name, as a region is, and which region may be meant;
/// nil when nothing does.
///
/// The text itself is not repeated, since it may be a secret in the wrong place.
func regionFlaw(_ text: String) -> String? {
    guard let flaw = hostFlaw(text) else { return nil }
    return RegionSlip(text)?.meant.map { "\(flaw); perhaps \($0) is meant" } ?? flaw
}

private func hostFlaw(_ text: String) -> String? {
    let bytes = text.utf8
    if bytes.isEmpty { return "it is empty" }
    if bytes.count > 63 { return "it is longer than 63 characters" }
    for (index, byte) in bytes.enumerated() {
        switch byte {
        case 0x61...0x7A, 0x30...0x39, 0x2D: continue
        case 0x41...0x5A: return "it has a capital letter, and regions are written in small ones"
        default: return "character \(index + 1) is not a small letter, a digit or a hyphen"
        }
    }
    if bytes.first == 0x2D || bytes.last == 0x2D { return "it begins or ends with a hyphen" }
    return nil
}
