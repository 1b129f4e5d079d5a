import Model

/// The instance metadata service, version 2, and a container's agent, which hand out the same role.
///
/// The outage and the throttling of the fault switches are theirs, too.
enum AgentEndpoint {
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"
    /// Where a container asks.
    static let containerPath = "/container/credentials"

    /// Answers a request for a path of the two; nil for any other.
    static func answer(_ request: HTTPRequest, state: inout SandboxState) -> HTTPResponse? {
        let path = String(decoding: request.path, as: UTF8.self)
        guard path == containerPath || path.hasPrefix("/latest/") else { return nil }
        if state.faults.isOut { return text(503, "Service Unavailable") }
        if state.faults.isThrottling { return text(429, "Too Many Requests") }
        let now = state.now
        if path == containerPath {
            let wanted = state.world.containerToken
            let given = request.values("authorization").first.map { Secret(bytes: $0) }
            guard wanted == nil || wanted == given else { return text(401, "Unauthorized") }
            return credentials(&state.world, now: now)
        }
        if path == "/latest/api/token" { return token(request, &state.world, now: now) }
        let given = request.values("x-aws-ec2-metadata-token").first.map { Secret(bytes: $0) }
        guard let given, state.world.metadataTokens[given].map({ $0 > now }) ?? false else {
            return text(401, "Unauthorized")
        }
        guard let role = state.world.agentRole else { return text(404, "Not Found") }
        switch path {
        case rolePath, String(rolePath.dropLast()): return text(200, role.name)
        case rolePath + role.name: return credentials(&state.world, now: now)
        default: return text(404, "Not Found")
        }
    }

    private static func token(
        _ request: HTTPRequest, _ world: inout World, now: WallTime
    ) -> HTTPResponse {
        guard request.method == "PUT" else { return text(405, "Method Not Allowed") }
        guard
            let seconds = request.header("x-aws-ec2-metadata-token-ttl-seconds").flatMap({ Int($0) }
            ),
            (1...21_600).contains(seconds)
        else { return text(400, "Bad Request") }
        let token = Identifiers.secret(using: &world.entropy)
        world.metadataTokens = world.metadataTokens.filter { $0.value > now }
        world.metadataTokens[token] = now + .seconds(seconds)
        return text(200, token.reveal())
    }

    private static func credentials(_ world: inout World, now: WallTime) -> HTTPResponse {
        guard let role = world.agentRole else { return text(404, "Not Found") }
        let session = world.startSession(
            for: .roleSession(
                account: role.account, role: role.name, session: "i-0123456789abcdef0"),
            lasting: .seconds(21_600), now: now)
        var json = JSONWriter()
        json.object { object in
            object.member("Code", "Success")
            object.member("LastUpdated", now.rfc3339)
            object.member("Type", "AWS-HMAC")
            object.member("AccessKeyId", session.id)
            object.member("SecretAccessKey", session.secret.reveal())
            object.member("Token", session.token.reveal())
            object.member("Expiration", session.expiresAt.rfc3339)
            object.member("AccountId", role.account)
        }
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "application/json")], body: json.bytes)
    }

    private static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }
}
