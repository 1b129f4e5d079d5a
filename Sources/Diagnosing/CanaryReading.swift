package import Model

/// Whose call a canary was, as far as that matters for reading its answers.
package struct CanarySubject: Sendable, Hashable {
    package var profile: String
    package var identity: CallerIdentity?
    /// Whether the credentials have a session token.
    package var isTemporary: Bool
    /// What must not be repeated.
    package var secrets: [Secret]

    package init(
        profile: String, identity: CallerIdentity?, isTemporary: Bool, secrets: [Secret] = []
    ) {
        self.profile = profile
        self.identity = identity
        self.isTemporary = isTemporary
        self.secrets = secrets
    }

    func clean(_ text: String) -> String { redacted(text, hiding: secrets) }

    /// A request id fit for a text: those of DynamoDB have 52 capitals and digits, which no secret of AWS's
    /// and no token is made of alone.
    func shownRequestID(_ id: String) -> String {
        let isPlain =
            id.utf8.count <= 64
            && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
        return isPlain && !secrets.contains(Secret(id)) ? id : clean(id)
    }
}

/// What denied a call, as far as AWS says.
package struct CanaryDenial: Sendable, Hashable {
    /// The kind of policy, as AWS names it: `identity-based policy`, `service control policy`.
    package var policyKind: String?
    /// Whether a policy denies it by name, rather than none allowing it.
    package var isExplicit: Bool
    /// The action that was denied, where AWS names it or the call is one: `s3:GetObject`.
    package var action: String?
    /// Whether AWS names its quarantine policy.
    package var isQuarantine: Bool
    /// Whether AWS says that it is a denial, in words.
    package var isWorded: Bool
}

/// What the answer to one call of a canary means.
package enum CanaryReading: Sendable, Hashable {
    /// As it should be.
    case fine
    /// The credentials may not do it.
    case denied(CanaryDenial)
    /// AWS answers, but otherwise than the config says; a clause.
    case unexpected(String)
    /// It says nothing about permissions: the cause that a check would name, and a clause.
    case open(Cause, String)
}

/// Reads the answer to one call.
///
/// A denial is one by its code. Only where AWS sends none (the answer to a HEAD has no body) the status
/// 403 stands for it, and only with AWS's request id.
package func reading(of outcome: CanaryOutcome, _ subject: CanarySubject) -> CanaryReading {
    switch outcome.answer {
    case .unsendable(let reason): return .open(.badSetting, subject.clean(reason))
    case .failed(let failure): return .open(cause(of: failure), subject.clean(failure.reason))
    case .answered(let details, let what): return answered(outcome.call, details, what)
    case .refused(let error, let details):
        if case .request(_, _, _, let expected) = outcome.call.form,
            details.httpStatus == expected, details.requestID != nil
        {
            return .fine
        }
        return refused(outcome.call, error, details, subject)
    }
}

private func answered(
    _ call: CanaryCall, _ details: AnswerDetails, _ what: String
) -> CanaryReading {
    let status = details.httpStatus
    // Whoever else answers on the way says nothing about AWS, with any status.
    guard details.requestID != nil else {
        return .open(
            .notAWS, "the answer (\(what), HTTP status \(status)) has no request id of AWS's")
    }
    switch call.form {
    case .action where (200..<300).contains(status): return .fine
    case .request(_, _, _, let expected) where status == expected: return .fine
    default: break
    }
    if (300..<400).contains(status) {
        return .open(.badSetting, "\(what) (HTTP status \(status)): the region may be another one")
    }
    if status == 429 {
        return .open(.throttled, "AWS asks to send fewer requests (HTTP status 429)")
    }
    if status >= 500 {
        return .open(.awsOutage, "an internal failure of AWS (HTTP status \(status))")
    }
    if status == 403 {
        if let skew = details.skew, skew.magnitude > allowedSkew {
            return .open(.clockSkew, "the clock differs from AWS's by \(skew.magnitude.rough)")
        }
        return .denied(
            CanaryDenial(
                policyKind: nil, isExplicit: false, action: call.action, isQuarantine: false,
                isWorded: false))
    }
    return .unexpected("the answer has HTTP status \(status)")
}

private func refused(
    _ call: CanaryCall, _ error: ServiceError, _ details: AnswerDetails, _ subject: CanarySubject
) -> CanaryReading {
    let code = subject.clean(error.code)
    guard details.requestID != nil else {
        return .open(.notAWS, "the answer (\(code)) has no request id of AWS's")
    }
    switch refusal(error, to: .getCallerIdentity) {
    case .throttled: return .open(.throttled, "AWS asks to send fewer requests (\(code))")
    case .outage: return .open(.awsOutage, "an internal failure of AWS (\(code))")
    case .clock, .requestExpired: return .open(.clockSkew, "AWS refuses the date (\(code))")
    case .regionDisabled: return .open(.regionNotEnabled, "the region is not enabled (\(code))")
    case .needsPerson: return .open(.needsPerson, "AWS wants a person to act first (\(code))")
    case .keyNotRecognized, .signatureMismatch, .sessionExpired, .malformedKeyID,
        .authorizationAltered:
        let why =
            subject.isTemporary && call.service == "iam"
            ? "IAM does not take every temporary credential (\(code)), which says nothing about it"
            : "the service refuses the credentials (\(code)) that STS accepts at the same time"
        return .open(.refusalUnconfirmed, why)
    case .wrongScope:
        return .open(.badSetting, "the region or the service of the signature is wrong (\(code))")
    case .identityProviderUnreachable, .webIdentityRefused:
        return .open(.unrecognizedAnswer, "AWS answers \(code)")
    case .accessDenied, .roleDenied:
        return denied(call, error, subject)
    case .unrecognized:
        if details.httpStatus >= 500 { return .open(.awsOutage, "a failure of AWS (\(code))") }
        if denialCodes.contains(error.code) || error.message.holds("not authorized to perform") {
            return denied(call, error, subject)
        }
        if scopeCodes.contains(error.code) {
            return .open(.badSetting, "the region of the signature is another one (\(code))")
        }
        if parameterCodes.contains(error.code) {
            return .unexpected(
                "AWS wants parameters (\(code)), which a call by its name has not")
        }
        return .unexpected("AWS answers \(code) with HTTP status \(details.httpStatus)")
    }
}

/// Other codes than `AccessDenied` and its like for the same thing: SNS's, and a few of the REST style.
private let denialCodes = [
    "AuthorizationError", "AuthorizationErrorException", "NotAuthorizedException",
    "ForbiddenException", "AccessForbidden", "NotAuthorized", "Forbidden", "UnauthorizedAccess",
]
/// How S3 says that a bucket is elsewhere.
private let scopeCodes = [
    "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
    "IllegalLocationConstraintException",
]
private let parameterCodes = [
    "ValidationError", "ValidationException", "MissingParameter", "InvalidParameterValue",
    "InvalidParameterException", "InvalidParameter", "MissingRequiredParameterException",
    "InvalidRequestException", "SerializationException",
]

private func denied(
    _ call: CanaryCall, _ error: ServiceError, _ subject: CanarySubject
) -> CanaryReading {
    let message = error.message
    let isWorded = message.holds("not authorized to perform")
    // A session of GetSessionToken is refused by IAM as a whole, whatever its user may do.
    if subject.isTemporary, call.service == "iam", !isWorded,
        subject.identity?.arn.holds(":assumed-role/") == false
    {
        return .open(
            .refusalUnconfirmed,
            "IAM does not take every temporary credential (\(subject.clean(error.code)))")
    }
    return .denied(
        CanaryDenial(
            policyKind: policyKinds.first { message.holds($0) },
            isExplicit: message.holds("explicit deny"),
            action: action(deniedBy: message) ?? call.action,
            isQuarantine: message.holds(quarantinePolicyPrefix), isWorded: isWorded))
}

/// The name that all versions of AWS's quarantine policy begin with.
package let quarantinePolicyPrefix = "AWSCompromisedKeyQuarantine"

/// The kinds of policy as AWS's messages name them.
private let policyKinds = [
    "service control policy", "resource control policy", "VPC endpoint policy",
    "permissions boundary", "session policy", "resource-based policy", "identity-based policy",
]

/// The action that a message names: `… is not authorized to perform: s3:GetObject on resource: …`.
private func action(deniedBy message: String) -> String? {
    let mark = "authorized to perform: "
    guard let start = message.utf8.firstIndex(ofBytes: mark.utf8) else { return nil }
    let rest = message.utf8[start...].dropFirst(mark.utf8.count)
    let word = String(decoding: rest.prefix { $0 > 0x20 && $0 < 0x7F }.prefix(128), as: UTF8.self)
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, isActionName(String(parts[1])), !parts[0].isEmpty,
        parts[0].utf8.allSatisfy({
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        })
    else { return nil }
    return word
}

extension CanaryCall {
    /// The action as policies name it, where the call is one.
    fileprivate var action: String? {
        switch form {
        case .action("s3", _): "s3:ListAllMyBuckets"
        case .action(let service, let name): "\(service):\(name)"
        case .request: nil
        }
    }
}
