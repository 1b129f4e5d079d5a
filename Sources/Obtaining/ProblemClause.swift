import Model

extension ObtainProblem.Reason {
    /// What went wrong as a clause, for credentials that are still good without that; no message of a
    /// server, which may hold anything.
    var clause: String {
        switch self {
        case .refused(let error, _):
            error.code.utf8.allSatisfy { (0x21...0x7E).contains($0) } && error.code.utf8.count <= 64
                ? "AWS answered \(error.code)" : "AWS answered with an error"
        case .notAWS(let what, _): "the answer was \(what)"
        case .failed(let failure): failure.reason
        case .unavailable(let what), .nothing(let what), .loginNeeded(let what),
            .processFailed(let what), .untrusted(let what), .badAnswer(let what):
            what
        case .local: "a file or a setting of the source cannot be used"
        }
    }
}

extension ObtainProblem {
    /// Whether AWS refused the credentials that asked themselves, whatever they asked for.
    var refusesBase: Bool {
        guard base != nil, case .refused(let error, _) = reason else { return false }
        return [
            "ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId",
            "UnrecognizedClientException", "InvalidToken",
        ].contains(error.code)
    }
}

extension PlanStep {
    /// What names the step.
    var place: Provenance {
        switch self {
        case .keys(let keys): keys.accessKeyID.provenance
        case .assumeRole(let role): role.roleARN.provenance
        case .webIdentity(let identity): identity.roleARN.provenance
        case .sso(let login): login.startURL.provenance
        case .loginSession(let session): session.session.provenance
        case .process(let process): process.command.provenance
        case .container(let endpoint): endpoint.url.provenance
        case .instanceMetadata(let service): service.url.provenance
        }
    }
}
