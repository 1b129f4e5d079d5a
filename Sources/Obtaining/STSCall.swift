import Answers
import HTTP
import Model
import Signing

/// A caller of the two actions of STS that give the credentials of a role.
struct STSCall: Sendable {
    let call: ServiceCall
    let signer: Signer

    private static let contentType = HeaderField(
        "Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    private static let userAgent = HeaderField("User-Agent", "credwatch/\(credwatchVersion)")

    /// What the two actions have in common.
    struct Role {
        var arn: Sourced<String>
        var sessionName: String?
        var durationSeconds: Int?
        var endpoint: Endpoint
    }

    /// Assumes a role, with what the action wants beside the role; signed with the credentials, or by nobody.
    func assume(
        _ role: Role, _ action: String, with parameters: [(name: String, value: Secret)],
        signedBy base: Credentials?, within limit: Duration
    ) async throws(ServiceFailure) -> Credentials {
        let address: EndpointAddress
        do {
            address = try EndpointAddress(role.endpoint.url)
        } catch {
            throw ServiceFailure(.failed(.setup(error.reason)))
        }
        let now = call.clock()
        let body = body(role, action, parameters, at: now)
        var headers = [HeaderField("Host", address.hostHeader), Self.contentType, Self.userAgent]
        if let base {
            headers += signer.sign(
                SigningRequest(method: "POST", path: address.path, headers: headers, body: body),
                scope: SigningScope(
                    date: now.basicISO8601, region: role.endpoint.signingRegion, service: "sts"),
                credentials: SigningCredentials(base))
        }
        let answer = try await call.answer(
            to: HTTPRequest(
                method: .post, url: role.endpoint.url, headers: headers, body: body,
                connectTimeout: limit.threeQuarters, timeout: limit),
            hiding: parameters.map(\.value))
        guard let session = SessionDocument(answer.response.body) else { throw answer.failure }
        let place = role.arn.provenance
        return Credentials(
            accessKeyID: Sourced(session.accessKeyID, from: place),
            secretAccessKey: Sourced(session.secretAccessKey, from: place),
            sessionToken: Sourced(session.sessionToken, from: place),
            expiresAt: session.expiresAt.map { Sourced($0, from: place) },
            accountID: session.accountID)
    }

    private func body(
        _ role: Role, _ action: String, _ parameters: [(name: String, value: Secret)],
        at now: WallTime
    ) -> [UInt8] {
        var body = Array("Action=\(action)&Version=2011-06-15".utf8)
        func add(_ name: String, _ value: some Sequence<UInt8>) {
            body.append(contentsOf: "&\(name)=".utf8)
            body.appendEncoded(value)
        }
        add("RoleArn", role.arn.value.utf8)
        add("RoleSessionName", (role.sessionName ?? "credwatch-\(now.seconds)").utf8)
        if let seconds = role.durationSeconds { add("DurationSeconds", String(seconds).utf8) }
        for parameter in parameters { parameter.value.withBytes { add(parameter.name, $0) } }
        return body
    }
}
