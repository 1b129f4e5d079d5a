import Answers
import HTTP
import Model
import Signing

/// A caller of the two actions of STS that give the credentials of a role.
struct STSCall: Sendable {
    let call: ServiceCall
    let signer: Signer

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
        let now = call.clock()
        let form = form(role, action, parameters, at: now)
        let request: HTTPRequest
        do {
            request = try HTTPRequest(
                sending: form, to: .sts, at: role.endpoint, signedBy: base, signer, at: now,
                within: limit)
        } catch {
            throw ServiceFailure(.failed(.setup(error.reason)))
        }
        let answer = try await call.answer(to: request, hiding: parameters.map(\.value))
        guard let session = SessionDocument(answer.response.body) else { throw answer.failure }
        let place = role.arn.provenance
        return Credentials(
            accessKeyID: Sourced(session.accessKeyID, from: place),
            secretAccessKey: Sourced(session.secretAccessKey, from: place),
            sessionToken: Sourced(session.sessionToken, from: place),
            expiresAt: session.expiresAt.map { Sourced($0, from: place) },
            accountID: session.accountID)
    }

    private func form(
        _ role: Role, _ action: String, _ parameters: [(name: String, value: Secret)],
        at now: WallTime
    ) -> QueryForm {
        var form = QueryForm(action, of: .sts)
        form.add("RoleArn", role.arn.value.utf8)
        form.add("RoleSessionName", (role.sessionName ?? "credwatch-\(now.seconds)").utf8)
        if let seconds = role.durationSeconds { form.add("DurationSeconds", String(seconds).utf8) }
        for parameter in parameters {
            parameter.value.withBytes { form.add(parameter.name, $0) }
        }
        return form
    }
}
