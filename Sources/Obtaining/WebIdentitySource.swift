import Answers
import HTTP
import Model

/// Roles that are assumed with a token out of a file, such as that of a Kubernetes service account.
struct WebIdentitySource: Sendable {
    let sts: STSCall

    func credentials(
        for step: WebIdentity, within limit: Duration
    ) async throws(ObtainProblem) -> ObtainedCredentials {
        let end = ContinuousClock.now + limit
        var evidence: [Evidence] = [.note("the role is \(step.roleARN.value)")]
        var refusal: ServiceError?
        while true {
            do throws(ServiceFailure) {
                let token = try await token(of: step, within: end - .now)
                evidence.replaceNote(about: token, now: sts.call.clock())
                let credentials = try await assume(step, with: token, within: end - .now)
                return ObtainedCredentials(credentials: credentials, evidence: evidence)
            } catch {
                // The file may have been about to be replaced, and AWS refuses good tokens in an outage.
                if refusal == nil, case .refused(let first, _) = error.reason, !error.mayPass,
                    end - .now > .milliseconds(100), !Task.isCancelled
                {
                    refusal = first
                    continue
                }
                if let refusal {
                    evidence.append(
                        .note("STS was asked twice, and first answered \(refusal.code)"))
                }
                throw ObtainProblem(
                    .webIdentity, error.reason, at: step.tokenFile.provenance,
                    endpoint: step.endpoint, evidence: evidence)
            }
        }
    }

    private func assume(
        _ step: WebIdentity, with token: Secret, within limit: Duration
    ) async throws(ServiceFailure) -> Credentials {
        let role = STSCall.Role(
            arn: step.roleARN, sessionName: step.sessionName,
            durationSeconds: step.durationSeconds, endpoint: step.endpoint)
        return try await sts.assume(
            role, "AssumeRoleWithWebIdentity", with: [("WebIdentityToken", token)], signedBy: nil,
            within: limit)
    }

    /// Reads the token anew; whoever issues it replaces it before it ends.
    private func token(
        of step: WebIdentity, within limit: Duration
    ) async throws(ServiceFailure) -> Secret {
        let file = TokenFile(
            path: step.tokenFile, setting: "web_identity_token_file",
            variable: "AWS_WEB_IDENTITY_TOKEN_FILE", user: step.user)
        var bytes = try await file.read(within: limit)[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D || last == 0x20 {
            bytes.removeLast()
        }
        guard !bytes.isEmpty else { throw file.flaw("is empty") }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw file.flaw("holds a character that no token has")
        }
        return Secret(bytes: Array(bytes))
    }
}

extension [Evidence] {
    /// Puts in what a token says about itself, in place of what the one before it said.
    fileprivate mutating func replaceNote(about token: Secret, now: WallTime) {
        self = Array(prefix(1)) + [.note(TokenClaims(token).described(now: now))]
    }
}

extension TokenClaims? {
    /// One clause: `the token is from https://…, for sts.amazonaws.com, valid until 2026-…`.
    fileprivate func described(now: WallTime) -> String {
        guard let self else { return "the token is no JSON web token, which is what AWS expects" }
        var parts = ["the token is from \(self.issuer ?? "nobody that it names")"]
        if !self.audiences.isEmpty { parts.append("for \(self.audiences.joined(separator: ", "))") }
        if let end = self.expiresAt {
            parts.append("\(end > now ? "valid until" : "over since") \(end.rfc3339)")
        }
        return parts.joined(separator: ", ")
    }
}
