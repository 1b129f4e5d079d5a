/// When the connection of a request was ready, from the start of the request.
///
/// An object, so that an answer without it, which is every answer of a check, carries nothing more.
package final class ConnectionPhases: Sendable {
    /// The host's address was known.
    package let lookedUpAfter: Duration
    /// The connection stood.
    package let connectedAfter: Duration
    /// TLS was agreed on; nil without TLS.
    package let securedAfter: Duration?
    /// Whether the request opened a connection; one that was used again has no phases worth a look.
    package let isNewConnection: Bool

    package init(
        lookedUpAfter: Duration, connectedAfter: Duration, securedAfter: Duration?,
        isNewConnection: Bool
    ) {
        self.lookedUpAfter = lookedUpAfter
        self.connectedAfter = connectedAfter
        self.securedAfter = securedAfter
        self.isNewConnection = isNewConnection
    }
}

extension ConnectionPhases: Hashable {
    package static func == (left: ConnectionPhases, right: ConnectionPhases) -> Bool {
        left.lookedUpAfter == right.lookedUpAfter && left.connectedAfter == right.connectedAfter
            && left.securedAfter == right.securedAfter
            && left.isNewConnection == right.isNewConnection
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(lookedUpAfter)
        hasher.combine(connectedAfter)
    }
}

/// One request that was sent, without its headers and its body.
package struct RequestRecord: Sendable, Hashable {
    /// What came of it.
    package enum Outcome: Sendable, Hashable {
        /// The time was over before anything came.
        case pending
        /// `code` is AWS's own where the answer is an error in one of its forms.
        case answered(status: Int, code: String?)
        case failed(TransportPhase, timedOut: Bool, reason: String)
    }

    package var startedAt: WallTime
    /// `POST`.
    package var method: String
    /// The `Action` of a form: `GetCallerIdentity`; nil for every other request.
    package var action: String?
    /// The host, with its port where that is not the scheme's own.
    package var host: String
    /// The path without a query.
    package var path: String
    /// What the signature was made for; nil when nobody signed.
    package var service: String?
    package var region: String?
    package var accessKeyID: String?
    /// The profile that the key id is known to belong to.
    package var signer: String?
    package var outcome: Outcome
    package var latency: Duration?
    /// The server's clock minus ours.
    package var skew: Duration?
    package var phases: ConnectionPhases?

    package init(
        startedAt: WallTime, method: String, action: String? = nil, host: String, path: String,
        service: String? = nil, region: String? = nil, accessKeyID: String? = nil,
        signer: String? = nil, outcome: Outcome = .pending, latency: Duration? = nil,
        skew: Duration? = nil, phases: ConnectionPhases? = nil
    ) {
        self.startedAt = startedAt
        self.method = method
        self.action = action
        self.host = host
        self.path = path
        self.service = service
        self.region = region
        self.accessKeyID = accessKeyID
        self.signer = signer
        self.outcome = outcome
        self.latency = latency
        self.skew = skew
        self.phases = phases
    }
}
