/// An error as AWS's query protocol sends it.
package struct ServiceFault: Error, Sendable, Hashable {
    /// `InvalidClientTokenId`.
    package var code: String
    package var message: String
    package var httpStatus: Int
    /// `Sender`, or `Receiver` when AWS blames itself.
    package var isSender: Bool

    init(_ code: String, _ message: String, status: Int, isSender: Bool = true) {
        self.code = code
        self.message = message
        httpStatus = status
        self.isSender = isSender
    }
}

/// The two services that the sandbox plays.
package enum Service: String, Sendable, Hashable, CaseIterable {
    case sts, iam

    /// The API's version, which the parameter `Version` names.
    var version: String {
        switch self {
        case .sts: "2011-06-15"
        case .iam: "2010-05-08"
        }
    }

    var namespace: String { "https://\(rawValue).amazonaws.com/doc/\(version)/" }
}

// AWS's own codes, statuses and texts, as its services answer them.
extension ServiceFault {
    static let missingAuthentication = ServiceFault(
        "MissingAuthenticationToken", "Request is missing Authentication Token", status: 403)

    static func incompleteSignature(_ message: String) -> ServiceFault {
        ServiceFault("IncompleteSignature", message, status: 400)
    }

    /// The text ends in a full stop only when no session token was sent.
    static func invalidToken(tokenSent: Bool) -> ServiceFault {
        ServiceFault(
            "InvalidClientTokenId",
            "The security token included in the request is invalid" + (tokenSent ? "" : "."),
            status: 403)
    }

    static let expiredToken = ServiceFault(
        "ExpiredToken", "The security token included in the request is expired", status: 403)

    static func signatureDoesNotMatch(_ message: String) -> ServiceFault {
        ServiceFault("SignatureDoesNotMatch", message, status: 403)
    }

    static let wrongSignature = signatureDoesNotMatch(
        "The request signature we calculated does not match the signature you provided. "
            + "Check your AWS Secret Access Key and signing method. "
            + "Consult the service documentation for details.")

    static let throttling = ServiceFault("Throttling", "Rate exceeded", status: 400)

    static let unavailable = ServiceFault(
        "ServiceUnavailable", "Service is unavailable. Please try again later.", status: 503,
        isSender: false)

    static func invalidAction(_ action: String, version: String?) -> ServiceFault {
        ServiceFault(
            "InvalidAction",
            "Could not find operation \(action) for version \(version ?? "NO_VERSION_SPECIFIED")",
            status: 400)
    }

    static func validation(_ message: String) -> ServiceFault {
        ServiceFault("ValidationError", message, status: 400)
    }

    static func constraint(_ value: String, at field: String, _ rule: String) -> ServiceFault {
        validation(
            "1 validation error detected: Value '\(value)' at '\(field)' failed to satisfy "
                + "constraint: \(rule)")
    }

    static func missing(_ field: String) -> ServiceFault {
        validation(
            "1 validation error detected: Value null at '\(field)' failed to satisfy "
                + "constraint: Member must not be null")
    }

    static func accessDenied(_ message: String) -> ServiceFault {
        ServiceFault("AccessDenied", message, status: 403)
    }

    static func invalidIdentityToken(_ message: String) -> ServiceFault {
        ServiceFault("InvalidIdentityToken", message, status: 400)
    }

    static let providerUnreachable = ServiceFault(
        "IDPCommunicationError",
        "The request could not be fulfilled because the identity provider could not be reached.",
        status: 400)

    static func noSuchUser(_ name: String) -> ServiceFault {
        noSuchEntity("The user with name \(name) cannot be found.")
    }

    static func noSuchKey(_ id: String) -> ServiceFault {
        noSuchEntity("The Access Key with id \(id) cannot be found.")
    }

    static func noSuchEntity(_ message: String) -> ServiceFault {
        ServiceFault("NoSuchEntity", message, status: 404)
    }

    static func alreadyExists(_ kind: String, _ name: String) -> ServiceFault {
        ServiceFault(
            "EntityAlreadyExists", "\(kind) with name \(name) already exists.", status: 409)
    }

    static func limitExceeded(_ quota: String, _ limit: Int) -> ServiceFault {
        ServiceFault("LimitExceeded", "Cannot exceed quota for \(quota): \(limit)", status: 409)
    }

    static func deleteConflict(_ message: String) -> ServiceFault {
        ServiceFault("DeleteConflict", message, status: 409)
    }
}
