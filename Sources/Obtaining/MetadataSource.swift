import Answers
import HTTP
import Model
import Synchronization

/// The instance metadata service in its version 2, which wants a token first; never version 1, which
/// hands credentials to whoever can make an application send a request.
final class MetadataSource: Sendable {
    private struct Token {
        var value: Secret
        var end: ContinuousClock.Instant
    }

    private let agent: AgentCall
    /// The token of each endpoint.
    private let tokens = Mutex<[String: Token]>([:])

    /// How long a token is to live: as long as there is.
    private static let lifetime = 21_600
    private static let rolePath = "/latest/meta-data/iam/security-credentials/"

    init(agent: AgentCall) {
        self.agent = agent
    }

    func credentials(
        for step: InstanceMetadata, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let visit = Visit(step: step, end: .now + limit)
        do {
            return ObtainedCredentials(
                credentials: Credentials(try await keys(visit), from: step.url.provenance))
        } catch {
            throw ObtainProblem(
                .instanceMetadata, error.reason, at: step.url.provenance,
                evidence: [.endpoint(step.url.value)] + error.evidence)
        }
    }

    private func keys(_ visit: Visit) async throws(ServiceFailure) -> AgentDocument.Keys {
        let list = try await get(Self.rolePath, visit) { !$0.body.isEmpty }
        guard list.status == 200 else {
            throw list.status == 404
                ? ServiceFailure(.nothing("the instance has no role"))
                : visit.failure(list, to: "the question for the instance's role")
        }
        let role = list.body.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !role.isEmpty else { throw ServiceFailure(.nothing("the instance has no role")) }
        guard role.allSatisfy({ $0.isOfRoleName }), role.count <= 128 else {
            throw ServiceFailure(
                .badAnswer("the answer is \(BodyShape(list.body).rawValue), not a role's name"))
        }
        let name = String(decoding: role, as: UTF8.self)
        let answer = try await get(Self.rolePath + name, visit) { AgentDocument($0.body).isWhole }
        switch AgentDocument(answer.body) {
        case .credentials(let keys) where answer.status == 200: return keys
        case .error(let error) where answer.status == 200:
            throw visit.empty("the role \(name) gives none: \(error.code): \(error.message)")
        case .malformed(let what) where answer.status == 200: throw ServiceFailure(.badAnswer(what))
        default: throw visit.failure(answer, to: "the question for the role's credentials")
        }
    }

    /// Asks for something with a token; a token that is refused is replaced once.
    private func get(
        _ path: String, _ visit: Visit, until isGood: (HTTPResponse) -> Bool
    ) async throws(ServiceFailure) -> HTTPResponse {
        var response = try await get(path, try await token(visit), visit, until: isGood)
        if response.status == 401 {
            tokens.withLock { $0[visit.url] = nil }
            response = try await get(path, try await token(visit), visit, until: isGood)
        }
        return response
    }

    private func get(
        _ path: String, _ token: Secret, _ visit: Visit, until isGood: (HTTPResponse) -> Bool
    ) async throws(ServiceFailure) -> HTTPResponse {
        do {
            return try await agent.send(
                .get, visit.url + path,
                [HeaderField("X-aws-ec2-metadata-token", token.withBytes { Array($0) })],
                with: visit.patience
            ) { !$0.mayPass && ($0.status != 200 || isGood($0)) }
        } catch {
            throw ServiceFailure(.unavailable(error.reason))
        }
    }

    private func token(_ visit: Visit) async throws(ServiceFailure) -> Secret {
        let known = tokens.withLock { $0[visit.url] }
        if let known, known.end > .now { return known.value }
        let asked = ContinuousClock.now
        let response: HTTPResponse
        do {
            response = try await agent.send(
                .put, visit.url + "/latest/api/token",
                [
                    HeaderField("X-aws-ec2-metadata-token-ttl-seconds", String(Self.lifetime)),
                    HeaderField("Content-Length", "0"),
                ], with: visit.patience
            ) { !$0.mayPass }
        } catch {
            throw visit.absence(error)
        }
        let value = response.body
        switch response.status {
        case 200 where !value.isEmpty && value.allSatisfy({ $0 > 0x20 && $0 < 0x7F }): break
        case 200:
            throw ServiceFailure(
                .badAnswer("the answer is \(BodyShape(value).rawValue), not a token"))
        case 403, 404, 405:
            throw ServiceFailure(
                .unavailable(
                    "it gives out no token (HTTP status \(response.status)): it is switched off, or it "
                        + "is no version 2"), [.httpStatus(response.status)])
        default: throw visit.failure(response, to: "the request for a token")
        }
        let token = Token(
            value: Secret(bytes: value), end: asked + .seconds(Self.lifetime - 60))
        tokens.withLock { tokens in
            // There are as many endpoints as settings name; this is against a test of a lifetime.
            if tokens.count >= 64 { tokens = [:] }
            tokens[visit.url] = token
        }
        return token.value
    }
}

/// One visit to the service, and what its failures mean there.
private struct Visit {
    var step: InstanceMetadata
    var end: ContinuousClock.Instant

    var url: String { step.url.value }

    var patience: AgentCall.Patience {
        AgentCall.Patience(
            attempts: step.attempts, connectTimeout: step.timeout, timeout: step.timeout, end: end)
    }

    /// A machine without the service, or one that gives none: just no credentials, unless it is named.
    func empty(_ what: String, _ evidence: [Evidence] = []) -> ServiceFailure {
        ServiceFailure(step.isNamed ? .unavailable(what) : .nothing(what), evidence)
    }

    /// What an answer means that is not the one asked for.
    func failure(_ response: HTTPResponse, to question: String) -> ServiceFailure {
        let what = "it answers \(question) with HTTP status \(response.status)"
        let evidence = [Evidence.httpStatus(response.status)]
        return (400..<500).contains(response.status) && !response.mayPass
            ? empty(what, evidence) : ServiceFailure(.unavailable(what), evidence)
    }

    /// What it means that the request for a token got no answer.
    func absence(_ failure: TransportFailure) -> ServiceFailure {
        switch failure.phase {
        case .connect, .lookup: return empty(failure.reason)
        case .setup:
            return ServiceFailure(
                .local(
                    .badSetting(
                        name: "the metadata service's URL", what: failure.reason,
                        step.url.provenance)))
        case .wait where failure.timedOut:
            return ServiceFailure(
                .unavailable(failure.reason),
                [
                    .note(
                        "the service is there, and its answer does not arrive: in a container the "
                            + "instance's HttpPutResponseHopLimit has to be 2 or more")
                ])
        default: return ServiceFailure(.unavailable(failure.reason))
        }
    }
}

extension UInt8 {
    /// Whether IAM allows the character in the name of a role.
    fileprivate var isOfRoleName: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "+"),
            UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "@"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
