/// Where and to whom a group's active credential is handed out.
///
/// Root and the daemon's own user may always ask, by the socket beside the control socket.
package struct ServeConfiguration: Sendable, Hashable {
    /// An endpoint of the kind that containers have.
    package struct Endpoint: Sendable, Hashable {
        /// A loopback address with its port; groups may share one.
        package var address: ListenAddress
        /// Holds the token that a client has to show.
        package var tokenFile: String

        package init(address: ListenAddress, tokenFile: String) {
            self.address = address
            self.tokenFile = tokenFile
        }
    }

    /// Nil serves nobody by HTTP.
    package var endpoint: Endpoint?
    /// The users whose programs may ask by the socket: names, or numbers.
    package var users: [String]
    /// How long a client may use what it was given before it has to ask again.
    package var duration: Duration
    package var location: SourceLocation?

    package init(
        endpoint: Endpoint? = nil, users: [String] = [],
        duration: Duration = ServeConfiguration.standardDuration, location: SourceLocation? = nil
    ) {
        self.endpoint = endpoint
        self.users = users
        self.duration = duration
        self.location = location
    }

    package static let standardDuration = Duration.seconds(900)
}

/// Returns when a client has to ask again: after a duration, but never later than the credentials end.
package func servedUntil(
    _ end: WallTime?, for duration: Duration, at now: WallTime
) -> WallTime {
    let again = now + duration
    return end.map { min($0, again) } ?? again
}

/// Returns the profiles that a group's clients may be given now, the one that is wanted most first.
///
/// While a group moves that is the target: it is proven, and what it comes from is refused or was given
/// up. The same goes when the move failed, since the files of others are what could not be moved. Whether
/// one of them is refused is for the caller to look at.
package func profilesToServe(state: GroupState, active: String, incident: Incident?) -> [String] {
    switch state {
    case .ready, .confirming, .failedOver: [active]
    case .failingOver: [incident?.to, active].compactMap(\.self)
    case .failoverFailed: [active, incident?.to].compactMap(\.self)
    }
}

/// Why a client gets no credential of a group.
package enum ServingGap: Error, Sendable, Hashable {
    /// The group is not served, or not to this user; which of them is nobody's business.
    case notServed(group: String)
    /// AWS refuses the profile, and the group has not moved.
    case refused(group: String, profile: String)
    /// No check of the profile has come out good since the start, or what it proved has ended.
    case unproven(group: String, profile: String)
    case stopping

    /// The name of the error, as the SDKs show it.
    package var code: String {
        switch self {
        case .notServed: "AccessDenied"
        case .refused: "CredentialsRefused"
        case .unproven: "CredentialsUnproven"
        case .stopping: "ServiceUnavailable"
        }
    }

    /// A sentence for the person who looks for the reason.
    package var message: String {
        switch self {
        case .notServed(let group):
            "credwatch serves no failover group \(group) to this user."
        case .refused(let group, let profile):
            "AWS refuses \(profile), the active profile of group \(group), and no backup has taken over yet; see `credwatch status`."
        case .unproven(let group, let profile):
            "AWS has not accepted \(profile), the active profile of group \(group), yet; see `credwatch status`."
        case .stopping: "credwatch stops."
        }
    }
}

extension Credentials {
    /// The form that a `credential_process` prints, one line unless it is to be pretty.
    ///
    /// `end` stands in for the credentials' own one when they have to be asked for again earlier.
    package func processForm(endingAt end: WallTime?, pretty: Bool = false) -> [UInt8] {
        form(token: "SessionToken", emptyToken: nil, version: 1, end, pretty)
    }

    /// The form that the agents of containers answer with.
    ///
    /// Most SDKs insist on a `Token`, so keys that have none come with an empty one.
    package func containerForm(endingAt end: WallTime) -> [UInt8] {
        form(token: "Token", emptyToken: "", version: nil, end, false)
    }

    private func form(
        token: StaticString, emptyToken: String?, version: Int?, _ end: WallTime?, _ pretty: Bool
    ) -> [UInt8] {
        var json = JSONWriter(pretty: pretty)
        json.object { json in
            if let version { json.member("Version", version) }
            json.member("AccessKeyId", accessKeyID.value)
            json.member("SecretAccessKey", secretAccessKey.value.reveal())
            if let text = sessionToken?.value.reveal() ?? emptyToken { json.member(token, text) }
            if let end { json.member("Expiration", end) }
            if let accountID { json.member("AccountId", accountID) }
        }
        json.finish()
        return json.bytes
    }
}
