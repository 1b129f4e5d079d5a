import Model

/// The sources that a service on this machine or beside it hands out.
extension SettingsLookup {
    /// The container's endpoint by the environment; nil when that names none.
    ///
    /// Which hosts may be asked is decided when they are asked: a name can only be looked up then.
    func containerEndpoint() throws(ResolveProblem) -> ContainerEndpoint? {
        guard let uri = environment.containerURI else { return nil }
        let isRelative = environment.containerRelativeURI != nil
        var text = uri.value
        if isRelative {
            // The slash keeps the rest from becoming a part of the host.
            text = "http://169.254.170.2" + (text.hasPrefix("/") ? "" : "/") + text
        }
        let url: EndpointURL
        switch EndpointURL.parse(text, mayHaveQuery: true) {
        case .success(let parsed): url = parsed
        case .failure(let flaw):
            throw .badSetting(
                name: name(of: uri, else: "the container's endpoint"), what: flaw.what,
                uri.provenance)
        }
        let token = environment.containerTokenFile == nil ? environment.containerToken : nil
        if let token { try check(token) }
        return ContainerEndpoint(
            url: Sourced(url.url, from: uri.provenance), isRelative: isRelative, token: token,
            tokenFile: environment.containerTokenFile, user: environment.environment.user)
    }

    /// A token becomes a header, where a line break would begin another one.
    private func check(_ token: Sourced<Secret>) throws(ResolveProblem) {
        let position = token.value.withBytes { bytes in
            bytes.firstIndex { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
        }
        guard let position else { return }
        throw .badSetting(
            name: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
            what: "byte \(position + 1) is a line break or another control character",
            token.provenance)
    }

    /// How the instance metadata service is asked.
    func instanceMetadata(isNamed: Bool) throws(ResolveProblem) -> InstanceMetadata {
        let attempts = try number(environment.metadataAttempts, .metadataAttempts, upTo: 100)
        let seconds = try number(environment.metadataTimeout, .metadataTimeout, upTo: 60)
        return InstanceMetadata(
            url: try metadataURL(), attempts: Int(attempts),
            timeout: .milliseconds(Int64(seconds * 1000)), isNamed: isNamed)
    }

    private func metadataURL() throws(ResolveProblem) -> Sourced<String> {
        if let url = environment.metadataEndpoint ?? profile?.text(.metadataEndpoint) {
            switch EndpointURL.parse(url.value) {
            case .success(let parsed): return Sourced(parsed.url, from: url.provenance)
            case .failure(let flaw):
                throw .badSetting(
                    name: name(of: url, else: KnownProperty.metadataEndpoint.name),
                    what: flaw.what, url.provenance)
            }
        }
        guard let mode = environment.metadataMode ?? profile?.text(.metadataMode) else {
            return Sourced(
                "http://169.254.169.254", from: .builtIn("its address on every instance"))
        }
        switch mode.value.lowercased() {
        case "ipv4": return Sourced("http://169.254.169.254", from: mode.provenance)
        case "ipv6": return Sourced("http://[fd00:ec2::254]", from: mode.provenance)
        default:
            throw .badSetting(
                name: name(of: mode, else: KnownProperty.metadataMode.name),
                what: "it has to be IPv4 or IPv6", mode.provenance)
        }
    }

    /// A number that is at least 1 and no larger than makes sense; 1 when it is not set.
    private func number(
        _ variable: Sourced<String>?, _ property: KnownProperty, upTo limit: Double
    ) throws(ResolveProblem) -> Double {
        guard let setting = variable ?? profile?.text(property) else { return 1 }
        guard let number = Double(setting.value), number.isFinite else {
            throw .badSetting(
                name: name(of: setting, else: property.name), what: "it has to be a number",
                setting.provenance)
        }
        return min(max(number, 1), limit)
    }
}
