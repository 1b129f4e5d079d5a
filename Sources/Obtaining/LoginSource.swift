import Answers
import HTTP
import Model
import Signing

/// The session of `aws login`: credentials that are in its file, renewed by a key that is there as well.
struct LoginSource: Sendable {
    let call: ServiceCall
    let logins: LoginStore

    /// Returns the session's credentials; a request, and each look at the cached session, takes `limit`.
    func credentials(
        for step: LoginSession, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let file = LoginFile(path: step.cacheFile, user: step.user, command: "aws login")
        let kind = LoginKind(file: file) { document, _ throws(ServiceFailure) in
            try cachedSession(document, file)
        } renew: { login, now throws(ServiceFailure) in
            try await renew(login, step, file, at: now, within: limit)
        }
        do throws(ServiceFailure) {
            return try obtained(try await logins.login(kind, within: limit), step, file)
        } catch {
            throw ObtainProblem(
                .loginSession, error.reason, at: step.session.provenance,
                evidence: [.location(.file(SourceLocation(file: step.cacheFile, line: 0)))])
        }
    }

    private func obtained(
        _ held: HeldLogin, _ step: LoginSession, _ file: LoginFile
    ) throws(ServiceFailure) -> ObtainedCredentials {
        let keys = held.login.document.member(ignoringCase: "accessToken") ?? .null
        let place = step.session.provenance
        let account = keys.filled("accountId")?.reveal()
        var evidence = held.evidence
        // Whether AWS takes them all the same is a question to AWS.
        if let over = held.over { evidence.append(.note(over.reason.clause)) }
        let parts = step.session.value.split(separator: ":", omittingEmptySubsequences: false)
        if let account, parts.count > 5, !parts[4].isEmpty, parts[4] != account {
            evidence.append(
                .expectation(field: "account", expected: String(parts[4]), actual: account))
        }
        return ObtainedCredentials(
            credentials: Credentials(
                accessKeyID: Sourced(
                    try file.required("accessKeyId", in: keys).reveal(), from: place),
                secretAccessKey: Sourced(
                    try file.required("secretAccessKey", in: keys), from: place),
                sessionToken: Sourced(try file.required("sessionToken", in: keys), from: place),
                expiresAt: Sourced(held.login.expiresAt, from: place), accountID: account),
            endsForGood: held.over == nil ? held.login.endsForGood : held.login.expiresAt,
            evidence: evidence)
    }

    /// Asks the sign-in service for new credentials, and returns the file's new content.
    private func renew(
        _ login: CachedLogin, _ step: LoginSession, _ file: LoginFile, at now: WallTime,
        within limit: Duration
    ) async throws(ServiceFailure) -> JSONValue {
        let old = login.document
        let url = joined(step.signInURL, "/v1/token")
        guard let key = PossessionKey(pem: try file.required("dpopKey", in: old)),
            let proof = key.proof(url: url, id: makeUUID(), at: now)
        else { throw file.bad("its dpopKey is no private key on the curve P-256") }
        let request = loginRequest(
            url, [HeaderField("DPoP", proof)],
            posting: .object([
                "clientId": .text(try file.required("clientId", in: old).reveal()),
                "grantType": .text("refresh_token"),
                "refreshToken": .text(try file.required("refreshToken", in: old).reveal()),
            ]), within: limit)
        let body = try await answer(to: request, file, hiding: old)
        guard let seconds = body["expiresIn"]?.integer, seconds > 0 else {
            throw ServiceFailure(.badAnswer("the new credentials have no expiresIn"))
        }
        var keys: [String: JSONValue] = [
            "expiresAt": .text((now + .seconds(seconds)).rfc3339)
        ]
        for name in keyNames {
            guard let value = body["accessToken"]?.filled(name) else {
                throw ServiceFailure(.badAnswer("the new credentials have no \(name)"))
            }
            keys[name] = .text(value.reveal())
        }
        var new = [
            "accessToken": (old.member(ignoringCase: "accessToken") ?? .object([:])).setting(keys)
        ]
        if let next = body.filled("refreshToken") { new["refreshToken"] = .text(next.reveal()) }
        return old.setting(new)
    }

    /// Sends a request once: its proof must not be used again.
    private func answer(
        to request: HTTPRequest, _ file: LoginFile, hiding document: JSONValue
    ) async throws(ServiceFailure) -> JSONValue {
        let start = call.clock()
        let response: HTTPResponse
        do throws(TransportFailure) {
            response = try await call.transport.send(request)
        } catch {
            throw ServiceFailure(.failed(error))
        }
        let answer = ServiceAnswer(
            response, sentAt: start, [document.filled("refreshToken")].compactMap(\.self))
        let body = JSONValue(parsing: response.body)
        if (200..<300).contains(response.status), let body, body["accessToken"]?.isObject == true {
            return body
        }
        // The name of the exception is the same for all of these; its member `error` tells them apart.
        switch body?["error"]?.text {
        case "TOKEN_EXPIRED", "AUTHCODE_EXPIRED": throw file.over("the login is over by AWS's word")
        case "USER_CREDENTIALS_CHANGED":
            throw file.over("the user's password or other credentials changed after the login")
        case "INSUFFICIENT_PERMISSIONS":
            throw ServiceFailure(
                .loginNeeded(
                    "the user may not renew it (permission signin:CreateOAuth2Token); "
                        + "`aws login` needs the same permission"))
        default: throw answer.failure
        }
    }
}

private let keyNames = ["accessKeyId", "secretAccessKey", "sessionToken"]

/// Reads what `aws login` wrote.
private func cachedSession(
    _ document: JSONValue, _ file: LoginFile
) throws(ServiceFailure) -> CachedLogin {
    guard let keys = document.member(ignoringCase: "accessToken"), keys.isObject else {
        throw file.bad("it has no accessToken")
    }
    for name in keyNames { _ = try file.required(name, in: keys) }
    let end = try file.end(in: keys)
    let missing = ["refreshToken", "clientId", "dpopKey"].first { document.filled($0) == nil }
    let obstacle = missing.map { "it cannot be renewed without \($0)" }
    return CachedLogin(
        document: document, expiresAt: end, obstacle: obstacle,
        endsForGood: obstacle == nil ? nil : end)
}
