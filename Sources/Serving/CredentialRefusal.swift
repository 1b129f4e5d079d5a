package import Model

/// Why a request for credentials gets none, in the form that the SDKs read and show.
///
/// They ask again after a status of 5xx, most of them not after one of 4xx.
package enum CredentialRefusal: Error, Sendable, Hashable {
    case foreignHost, method, noToken, wrongToken, tooManyTokens
    /// The token of some group at this address cannot be read.
    case unreadableToken
    case gap(ServingGap)
    /// The request did not get as far as that.
    case http(Refusal)

    /// The status of the answer.
    package var status: Int {
        switch self {
        case .noToken: 401
        case .wrongToken: 403
        case .method: 405
        case .foreignHost: 421
        case .tooManyTokens: 429
        case .unreadableToken: 503
        case .gap(.notServed): 403
        case .gap(.refused), .gap(.unproven), .gap(.stopping): 503
        case .http(let refusal): refusal.status
        }
    }

    /// The name of the error.
    package var code: String {
        switch self {
        case .foreignHost: "InvalidHost"
        case .method: "MethodNotAllowed"
        case .noToken: "MissingAuthenticationToken"
        case .wrongToken: "AccessDenied"
        case .tooManyTokens: "TooManyRequests"
        case .unreadableToken: "TokenFileUnusable"
        case .gap(let gap): gap.code
        case .http(.timeout): "RequestTimeout"
        case .http(.unavailable): "ServiceUnavailable"
        case .http: "InvalidRequest"
        }
    }

    /// A sentence for the person who looks for the reason; it repeats nothing of the request.
    package var message: String {
        switch self {
        case .foreignHost: "Only requests to 127.0.0.1, [::1] or localhost are answered."
        case .method: "Only GET is served."
        case .noToken:
            "There is no Authorization; set AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or AWS_CONTAINER_AUTHORIZATION_TOKEN."
        case .wrongToken: "There is no such group, or the token is not that of the group."
        case .tooManyTokens: "There were too many wrong tokens within a minute."
        case .unreadableToken:
            "The token is not known, and a token file of credwatch cannot be used; its journal has the reason."
        case .gap(let gap): gap.message
        case .http(let refusal): refusal.sentence
        }
    }
}

extension ServedAnswer {
    /// Hands out credentials, as the agent of a container would.
    package static func credentials(_ body: [UInt8]) -> ServedAnswer {
        .json(200, body)
    }

    /// Refuses in the form that the SDKs read.
    package static func refusal(_ refusal: CredentialRefusal) -> ServedAnswer {
        var json = JSONWriter()
        json.object { json in
            json.member("code", refusal.code)
            json.member("message", refusal.message)
        }
        json.finish()
        var answer = ServedAnswer.json(refusal.status, json.bytes)
        switch refusal {
        case .noToken: answer.fields = ["WWW-Authenticate: Token"]
        case .method: answer.fields = ["Allow: GET"]
        case .tooManyTokens: answer.fields = ["Retry-After: 60"]
        case .foreignHost, .wrongToken, .unreadableToken, .gap, .http: break
        }
        return answer
    }
}
