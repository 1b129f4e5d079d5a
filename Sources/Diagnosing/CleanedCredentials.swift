import Linting
package import Model

/// Credentials without the characters that do not belong, and what was taken out.
package struct CleanedCredentials: Sendable {
    package var credentials: Credentials
    package var removed: [ForeignCharacter]
}

/// Takes the characters that no credential has out of the values; nil when there are none, or nothing is
/// left, or so many that the value is something else.
package func cleaned(_ credentials: Credentials) -> CleanedCredentials? {
    var copy = credentials
    var removed: [ForeignCharacter] = []
    func clean(_ text: String, _ field: CredentialField, _ place: Provenance) -> String {
        var output = String.UnicodeScalarView()
        for (index, scalar) in text.unicodeScalars.enumerated() {
            if field.isForeign(scalar) {
                removed.append(
                    ForeignCharacter(
                        field: field.title, name: characterName(scalar), position: index + 1,
                        place: place))
                guard removed.count <= mostForeignCharacters else { return "" }
            } else {
                output.append(scalar)
            }
        }
        return String(output)
    }
    let id = credentials.accessKeyID
    copy.accessKeyID.value = clean(id.value, .accessKeyID, id.provenance)
    let secret = credentials.secretAccessKey
    copy.secretAccessKey.value = Secret(
        clean(secret.value.reveal(), .secretAccessKey, secret.provenance))
    if let token = credentials.sessionToken {
        copy.sessionToken?.value = Secret(
            clean(token.value.reveal(), .sessionToken, token.provenance))
    }
    guard !removed.isEmpty, removed.count <= mostForeignCharacters,
        !copy.accessKeyID.value.isEmpty, !copy.secretAccessKey.value.isEmpty
    else { return nil }
    return CleanedCredentials(credentials: copy, removed: removed)
}

/// From more than these on it is no key that was copied badly.
private let mostForeignCharacters = 32

extension CleanedValues {
    /// Joins what was taken out with what AWS said to the rest.
    package init(_ removed: [ForeignCharacter], _ outcome: ProbeOutcome) {
        switch outcome {
        case .identity(let identity, let details) where details.requestID != nil:
            self.init(
                removed: removed, isAccepted: true, answer: "accepted as \(redacted(identity.arn))")
        case .refused(let error, let details)
        where details.requestID != nil && details.httpStatus < 500
            && isRefusalOfKey(refusal(error, to: .getCallerIdentity)):
            self.init(
                removed: removed, isAccepted: false, answer: "refused with \(redacted(error.code))")
        case .refused(let error, _):
            self.init(removed: removed, isAccepted: nil, answer: redacted(error.code))
        case .identity:
            self.init(
                removed: removed, isAccepted: nil, answer: "an answer without a request id of AWS")
        case .notAWS(let what, _):
            self.init(removed: removed, isAccepted: nil, answer: redacted(what))
        case .failed(let failure):
            self.init(removed: removed, isAccepted: nil, answer: redacted(failure.reason))
        }
    }
}

/// Whether a refusal is about the credential, and about nothing on the way.
private func isRefusalOfKey(_ refusal: Refusal) -> Bool {
    switch refusal {
    case .keyNotRecognized, .signatureMismatch, .sessionExpired, .malformedKeyID: true
    case .clock, .requestExpired, .authorizationAltered, .wrongScope, .accessDenied, .roleDenied,
        .webIdentityRefused, .identityProviderUnreachable, .throttled, .outage, .regionDisabled,
        .needsPerson, .unrecognized:
        false
    }
}
