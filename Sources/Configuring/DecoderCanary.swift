import Model

/// What a profile asks of its credentials beside their identity.
extension Decoder {
    private static let callCounts = 1...5
    private static let statuses = 200...599
    private static let canaryIntervals: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))

    /// Decodes `canary`, `canary_counts` and `canary_interval`.
    mutating func canary(_ section: Section) -> Canary? {
        let counts = flag(section["canary_counts"], "`canary_counts`")
        let interval = duration(
            section["canary_interval"], "`canary_interval`", in: Self.canaryIntervals,
            tooShort: "interval-too-short")
        guard let node = section["canary"] else {
            for key in ["canary_counts", "canary_interval"] where section[key] != nil {
                report(
                    section.mark(of: key), "canary-missing",
                    "`\(key)` has no meaning without `canary`")
            }
            return nil
        }
        guard let elements = list(node, "`canary`") else { return nil }
        if !Self.callCounts.contains(elements.count) {
            report(
                node.mark, "canary-count",
                "`canary` must have from \(Self.callCounts.lowerBound) to "
                    + "\(Self.callCounts.upperBound) calls, not \(elements.count)")
        }
        var calls: [CanaryCall] = []
        for element in elements {
            guard let call = canaryCall(element) else { continue }
            if calls.contains(where: { $0.form == call.form && $0.region == call.region }) {
                report(element.mark, "canary-twice", "this call stands in `canary` already")
            }
            calls.append(call)
        }
        return Canary(
            calls: calls, counts: counts ?? false, interval: interval ?? .seconds(900))
    }

    private mutating func canaryCall(_ node: YAMLNode) -> CanaryCall? {
        guard let section = section(node, .canary) else { return nil }
        let region = region(section["region"])?.value
        if section["action"] != nil {
            for key in ["service", "method", "url", "expect_status"] where section[key] != nil {
                report(
                    section.mark(of: key), "conflicting-keys",
                    "`\(key)` cannot stand beside `action`, which says all of it")
            }
            guard let form = action(section["action"]) else { return nil }
            return CanaryCall(form, region: region, location: location(section.mark))
        }
        guard section["url"] != nil else {
            report(
                section.mark, "missing-key",
                "a call of `canary` needs `action`, or `service` and `url`")
            return nil
        }
        require("service", in: section, .canary)
        let service = serviceName(section["service"])
        let method = method(section["method"])
        let status = integer(section["expect_status"], "`expect_status`", in: Self.statuses)
        guard let service, let method,
            let url = canaryURL(section["url"], service: service)
        else { return nil }
        return CanaryCall(
            .request(
                service: service, method: method, url: url, expectedStatus: status ?? 200),
            region: region, location: location(section.mark))
    }

    // MARK: By its name

    private mutating func action(_ node: YAMLNode?) -> CanaryCall.Form? {
        guard let node, let text = text(node, "`action`") else { return nil }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, isActionName(String(parts[1])) else {
            report(
                node.mark, "invalid-action",
                "`action` must have the form iam:GetUser, not \(shown(text))")
            return nil
        }
        let (name, action) = (String(parts[0]), String(parts[1]))
        // What may not be called at all is said before what is not known.
        if refuses(action, of: name, node.mark) { return nil }
        guard let service = CanaryService(named: name) else {
            let known = CanaryService.all.map(\.name)
            report(
                node.mark, "canary-unknown-service",
                "`action` names the service \(shown(name)), which credwatch cannot call by the "
                    + "names of its actions\(suggestion(for: name, among: known)) (known: "
                    + "\(known.joined(separator: ", "))); write the request instead, like "
                    + "{service: lambda, url: \"https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\"}"
            )
            return nil
        }
        if let actions = service.actions, !actions.contains(action) {
            report(
                node.mark, "canary-unknown-service",
                "`action` can be \(actions.map { "\(name):\($0)" }.joined(separator: " or ")) of "
                    + "this service, not \(shown(text)); write any other request with `url`")
            return nil
        }
        return .action(service: name, name: action)
    }

    /// Reports an action that may not be called unattended; true when it did.
    private mutating func refuses(_ action: String, of service: String, _ mark: Mark) -> Bool {
        switch actionFault(service: service, name: action) {
        case nil: return false
        case .notReadOnly:
            report(
                mark, "canary-not-read-only",
                "a canary only reads, and \(shown("\(service):\(action)")) does not say that it "
                    + "does (allowed: names that begin with "
                    + "\(readOnlyPrefixes.joined(separator: ", ")))")
        case .returnsSecret(let reason):
            report(
                mark, "canary-returns-secret",
                "a canary may not call \(shown("\(service):\(action)")): \(reason)")
        }
        return true
    }

    // MARK: As a request

    private mutating func serviceName(_ node: YAMLNode?) -> String? {
        guard let node, let text = text(node, "`service`") else { return nil }
        let isName =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
            }
        if isName { return text }
        report(
            node.mark, "invalid-service",
            "`service` must be the name that signatures have, like s3, lambda or execute-api, "
                + "not \(shown(text))")
        return nil
    }

    private mutating func method(_ node: YAMLNode?) -> String? {
        guard let node else { return "GET" }
        guard let text = text(node, "`method`") else { return nil }
        if text == "GET" || text == "HEAD" { return text }
        report(
            node.mark, "invalid-choice",
            "`method` cannot be \(shown(text)), since a canary only reads (allowed: GET, HEAD)")
        return nil
    }

    /// Takes a node as a URL with or without a query, which may hold neither a signature nor an action
    /// that does more than to read.
    private mutating func canaryURL(_ node: YAMLNode?, service: String) -> String? {
        guard let node, let text = text(node, "`url`") else { return nil }
        let place = String(text.prefix { $0 != "?" })
        let query = text.dropFirst(place.count).dropFirst()
        func fault() -> String? {
            guard text.utf8.count <= 2_048 else { return "must have at most 2048 bytes" }
            do throws(URLFault) {
                let url = try EndpointURL(parsing: place)
                if !url.isEncrypted, !url.isLoopback {
                    return "must begin with https:// (http:// is for this machine's own addresses)"
                }
            } catch {
                return error.sentence
            }
            guard query.utf8.allSatisfy(EndpointURL.isQueryByte) else {
                return "has a character in its query that a URL cannot hold as it is"
            }
            let names = QueryNames(query)
            if names.pairs.contains(where: { $0.name.hasPrefix("x-amz-") }) {
                return
                    "has a parameter X-Amz-… of a signature in its query; credwatch signs by itself"
            }
            return nil
        }
        if let fault = fault() {
            report(node.mark, "invalid-url", "`url` \(fault)")
            return nil
        }
        // The query protocol takes its actions from a GET as well.
        for pair in QueryNames(query).pairs where pair.name == "action" {
            guard isActionName(pair.value) else {
                report(
                    node.mark, "canary-not-read-only",
                    "`url` has a parameter Action that names no action (allowed: names that "
                        + "begin with \(readOnlyPrefixes.joined(separator: ", ")))")
                return nil
            }
            if refuses(pair.value, of: service, node.mark) { return nil }
        }
        return text
    }
}

/// The parameters of a query, decoded, their names in small letters.
private struct QueryNames {
    var pairs: [(name: String, value: String)]

    init(_ query: some StringProtocol) {
        pairs = query.split(separator: "&").map { part in
            let name = part.prefix { $0 != "=" }
            return (
                Self.decoded(name).lowercased(),
                Self.decoded(part.dropFirst(name.count).dropFirst())
            )
        }
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let first = rest.first,
                let second = rest.dropFirst().first,
                let code = UInt8(String(decoding: [first, second], as: UTF8.self), radix: 16)
            {
                result.append(code)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
