import Answers
import HTTP
import Model
import Signing

/// IAM Identity Center: the token that `aws sso login` left, and the credentials of a role for it.
struct SSOSource: Sendable {
    let call: ServiceCall
    let logins: LoginStore

    /// Returns the credentials of a role; each request, and each look at the cached token, takes `limit`.
    func credentials(
        for step: SSOLogin, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let command =
            step.session.map { "aws sso login --sso-session \($0)" }
            ?? "aws sso login --profile PROFILE"
        let file = LoginFile(path: step.cacheFile, user: step.user, command: command)
        let kind = LoginKind(file: file) { document, now throws(ServiceFailure) in
            try cachedToken(document, file, isRenewable: step.session != nil, at: now)
        } renew: { login, now throws(ServiceFailure) in
            try await renew(login, step, file, at: now, within: limit)
        }
        do throws(ServiceFailure) {
            let held = try await logins.login(kind, within: limit)
            let token = try file.required("accessToken", in: held.login.document)
            if let over = held.over { throw await word(of: step, on: token, else: over, limit) }
            return ObtainedCredentials(
                credentials: try await roleCredentials(step, token, limit),
                endsForGood: held.login.endsForGood, evidence: held.evidence)
        } catch {
            throw ObtainProblem(
                .sso, error.reason, at: step.startURL.provenance,
                evidence: [.location(.file(SourceLocation(file: step.cacheFile, line: 0)))])
        }
    }

    /// Asks the token service for a new token, and returns the file's new content.
    private func renew(
        _ login: CachedLogin, _ step: SSOLogin, _ file: LoginFile, at now: WallTime,
        within limit: Duration
    ) async throws(ServiceFailure) -> JSONValue {
        let old = login.document
        let names = ["clientId", "clientSecret", "refreshToken"]
        var members: [String: JSONValue] = ["grantType": .text("refresh_token")]
        for name in names { members[name] = old.member(ignoringCase: name) }
        let request = loginRequest(
            joined(step.oidcURL, "/token"), posting: .object(members), within: limit)
        let answer: ServiceAnswer
        do throws(ServiceFailure) {
            answer = try await call.answer(to: request, hiding: names.compactMap(old.filled))
        } catch {
            guard case .refused(let refusal, _) = error.reason,
                Self.finalCodes.contains(refusal.code)
            else { throw error }
            throw file.over("AWS does not renew the login (\(refusal.code))")
        }
        guard let body = JSONValue(parsing: answer.response.body),
            let token = body.filled("accessToken")
        else { throw answer.failure }
        guard let seconds = body["expiresIn"]?.integer, seconds > 0 else {
            throw ServiceFailure(.badAnswer("the new token has no expiresIn"))
        }
        var new: [String: JSONValue] = [
            "accessToken": .text(token.reveal()),
            "expiresAt": .text((now + .seconds(seconds)).rfc3339),
            "startUrl": .text(step.startURL.value), "region": .text(step.region),
        ]
        // Where none comes the old one goes on (RFC 6749, section 6).
        if let next = body.filled("refreshToken") { new["refreshToken"] = .text(next.reveal()) }
        return old.setting(new)
    }

    /// What the token service answers when no further attempt will do better.
    private static let finalCodes = [
        "InvalidGrantException", "ExpiredTokenException", "InvalidClientException",
        "UnauthorizedClientException", "AccessDeniedException", "InvalidScopeException",
        "invalid_grant", "expired_token", "invalid_client", "unauthorized_client",
        "access_denied", "invalid_scope",
    ]

    /// Returns what the portal says of a token that is over by our clock, or else why only a person can
    /// help: the server's clock decides, but no application takes such a token.
    private func word(
        of step: SSOLogin, on token: Secret, else over: ServiceFailure, _ limit: Duration
    ) async -> ServiceFailure {
        do throws(ServiceFailure) {
            _ = try await roleCredentials(step, token, limit)
        } catch {
            guard case .refused(let refusal, _) = error.reason,
                refusal.code == "UnauthorizedException"
            else { return over }
            return error
        }
        return over
    }

    private func roleCredentials(
        _ step: SSOLogin, _ token: Secret, _ limit: Duration
    ) async throws(ServiceFailure) -> Credentials {
        let query =
            "?role_name=" + percentEncoded(step.roleName)
            + "&account_id=" + percentEncoded(step.accountID)
        let request = loginRequest(
            joined(step.portalURL, "/federation/credentials") + query,
            [HeaderField("x-amz-sso_bearer_token", token.withBytes(Array.init))], within: limit)
        let answer = try await call.answer(to: request, hiding: [token])
        guard let body = JSONValue(parsing: answer.response.body)?["roleCredentials"], body.isObject
        else { throw answer.failure }
        guard let id = body["accessKeyId"]?.text, !id.isEmpty,
            let secret = body.filled("secretAccessKey"), let session = body.filled("sessionToken")
        else {
            throw ServiceFailure(
                .badAnswer("the credentials of the role lack a key id, a secret or a token"))
        }
        let place = step.startURL.provenance
        let end = body["expiration"]?.integer.map(WallTime.init(milliseconds:))
        return Credentials(
            accessKeyID: Sourced(id, from: place), secretAccessKey: Sourced(secret, from: place),
            sessionToken: Sourced(session, from: place),
            expiresAt: end.map { Sourced($0, from: place) }, accountID: step.accountID)
    }
}

/// Reads what `aws sso login` wrote.
private func cachedToken(
    _ document: JSONValue, _ file: LoginFile, isRenewable: Bool, at now: WallTime
) throws(ServiceFailure) -> CachedLogin {
    _ = try file.required("accessToken", in: document)
    let end = try file.end(in: document)
    let missing = ["refreshToken", "clientId", "clientSecret", "registrationExpiresAt"]
        .first { document.filled($0) == nil }
    let registration = document.filled("registrationExpiresAt").flatMap(WallTime.init(cached:))
    var login = CachedLogin(document: document, expiresAt: end)
    if !isRenewable {
        login.obstacle = "only that of an sso-session can be renewed"
    } else if let missing {
        login.obstacle = "it cannot be renewed without \(missing)"
    } else if let registration {
        if registration <= now {
            login.obstacle = "the registration of its client ended at \(registration.rfc3339)"
        }
    } else {
        login.obstacle = "its registrationExpiresAt is no time"
    }
    login.endsForGood = login.obstacle == nil ? registration.map { max($0, end) } : end
    return login
}

extension WallTime {
    fileprivate init(milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        self.init(nanoseconds: overflow ? (milliseconds < 0 ? .min : .max) : product)
    }
}
