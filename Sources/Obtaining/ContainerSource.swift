import Answers
import HTTP
import Model

/// The endpoint where a container's agent hands credentials out: ECS, EKS Pod Identity and their like.
struct ContainerSource: Sendable {
    let agent: AgentCall

    func credentials(
        for step: ContainerEndpoint, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let end = ContinuousClock.now + limit
        do {
            let place = try Place(step)
            // Whoever must not see a token is not contacted, and the token's file not even read.
            let addresses = try await allowedAddresses(place, within: end - .now)
            let token = try await token(of: step, within: end - .now)
            let keys = try await ask(place, addresses, token, until: end)
            return ObtainedCredentials(
                credentials: Credentials(keys, from: step.url.provenance))
        } catch {
            throw ObtainProblem(
                .container, error.reason, at: step.url.provenance, evidence: error.evidence)
        }
    }

    private func ask(
        _ place: Place, _ addresses: [String], _ token: Secret?,
        until end: ContinuousClock.Instant
    ) async throws(ServiceFailure) -> AgentDocument.Keys {
        var headers = [HeaderField("Accept", "application/json")]
        if let token { headers.append(HeaderField("Authorization", token.withBytes { Array($0) })) }
        let host = place.address.hostHeader
        let response: HTTPResponse
        do {
            response = try await agent.send(
                .get, place.url, headers, to: addresses,
                with: AgentCall.Patience(
                    attempts: 3, connectTimeout: .seconds(2), timeout: .seconds(5), end: end)
            ) { !$0.mayPass && ($0.status >= 300 || AgentDocument($0.body).isWhole) }
        } catch {
            throw ServiceFailure(.unavailable(error.reason))
        }
        let document = AgentDocument(response.body)
        if case .error(let error) = document {
            let message = token.map { error.message.hiding($0) } ?? error.message
            throw ServiceFailure(
                .unavailable("\(host) answered \(error.code): \(message)"),
                [.httpStatus(response.status)])
        }
        guard (200..<300).contains(response.status) else {
            let what = response.redirection ?? BodyShape(response.body).rawValue
            throw ServiceFailure(
                .unavailable("\(host) answered \(what) with HTTP status \(response.status)"),
                [.httpStatus(response.status)])
        }
        switch document {
        case .credentials(let keys): return keys
        case .malformed(let what): throw ServiceFailure(.badAnswer(what))
        case .error: throw ServiceFailure(.badAnswer("the answer is an error"))
        }
    }

    /// The addresses to connect to over plain HTTP, looked up once, so that no later answer of DNS can lead
    /// elsewhere; none for HTTPS, where the certificate says who it is.
    private func allowedAddresses(
        _ place: Place, within limit: Duration
    ) async throws(ServiceFailure) -> [String] {
        if place.address.isTLS { return [] }
        var host = place.address.host[...]
        if host.hasPrefix("[") { host = host.dropFirst().dropLast() }
        let found: [HostAddress]
        do {
            found = try await lookUp(String(host), within: limit).get()
        } catch {
            throw ServiceFailure(.unavailable(error.reason))
        }
        if let foreign = found.first(where: { !$0.isLocal }) {
            let leads = foreign.text == host ? "" : " leads to \(foreign.text), which"
            throw place.flaw(
                "\(host)\(leads) is not on this machine, and credentials are asked over plain HTTP only "
                    + "from loopback, 169.254.170.2, 169.254.170.23 and fd00:ec2::23")
        }
        guard !found.isEmpty else { throw ServiceFailure(.unavailable("\(host) has no address")) }
        return found.map(\.text)
    }

    /// The value of `Authorization`; that of the file, read anew, goes before that of the environment.
    private func token(
        of step: ContainerEndpoint, within limit: Duration
    ) async throws(ServiceFailure) -> Secret? {
        if let path = step.tokenFile {
            let file = TokenFile(
                path: path, setting: "the container's token file",
                variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", user: step.user)
            let token = Secret(bytes: try await file.read(within: limit))
            if token.isEmpty { throw file.flaw("is empty") }
            if let flaw = token.headerFlaw { throw file.flaw("\(flaw), and the SDKs refuse that") }
            return token
        }
        guard let token = step.token else { return nil }
        if let flaw = token.value.headerFlaw {
            throw ServiceFailure(
                .local(
                    .badSetting(
                        name: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
                        what: "it \(flaw), and the SDKs refuse that", token.provenance)))
        }
        return token.value
    }
}

/// The endpoint's URL, taken apart.
private struct Place {
    var url: String
    var address: EndpointAddress
    private var source: Sourced<String>

    init(_ step: ContainerEndpoint) throws(ServiceFailure) {
        source = step.url
        url = step.url.value
        do {
            address = try EndpointAddress(String(url.prefix { $0 != "?" }))
        } catch {
            throw Self.flaw(error.reason, step.url)
        }
        guard !step.isRelative || address.host == "169.254.170.2", !url.utf8.contains(0x23),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw Self.flaw("it is not a path with perhaps a query", step.url)
        }
    }

    func flaw(_ what: String) -> ServiceFailure { Self.flaw(what, source) }

    private static func flaw(_ what: String, _ source: Sourced<String>) -> ServiceFailure {
        var name = "the container's URL"
        if case .environment(let variable, _) = source.provenance { name = variable }
        return ServiceFailure(.local(.badSetting(name: name, what: what, source.provenance)))
    }
}

extension Secret {
    /// What keeps it from being the value of a header, in words that do not repeat it.
    fileprivate var headerFlaw: String? {
        withBytes { bytes in
            if bytes.contains(where: { $0 == 0x0A || $0 == 0x0D }) {
                return "has a line break in it"
            }
            return bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
                ? nil : "has a control character in it"
        }
    }
}

extension AgentDocument {
    /// Whether the answer has a form that asking again will not better.
    var isWhole: Bool {
        if case .malformed = self { false } else { true }
    }
}

extension Credentials {
    /// The keys that an agent handed out, all of which come from one place.
    init(_ keys: AgentDocument.Keys, from place: Provenance) {
        self.init(
            accessKeyID: Sourced(keys.accessKeyID, from: place),
            secretAccessKey: Sourced(keys.secretAccessKey, from: place),
            sessionToken: Sourced(keys.sessionToken, from: place),
            expiresAt: Sourced(keys.expiresAt, from: place), accountID: keys.accountID)
    }
}
