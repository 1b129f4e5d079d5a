/// A place in a file from which applications take their keys.
package enum SwitchPlace: Sendable, Hashable {
    /// A profile of a credentials file; the absolute path, and the profile's name there.
    case credentialsFile(String, profile: String)
    /// A profile of a config file, whose section is `[profile NAME]`.
    case configFile(String, profile: String)
    /// `AWS_ACCESS_KEY_ID` and its companions in a file that systemd's `EnvironmentFile=` or docker's
    /// `--env-file` reads.
    case environmentFile(String)

    package var path: String {
        switch self {
        case .credentialsFile(let path, _), .configFile(let path, _), .environmentFile(let path):
            path
        }
    }
}

extension SwitchPlace: CustomStringConvertible {
    /// `[app] in /home/app/.aws/credentials`, or the path by itself.
    package var description: String {
        switch self {
        case .credentialsFile(let path, let profile): "[\(profile)] in \(path)"
        case .configFile(let path, let profile): "[profile \(profile)] in \(path)"
        case .environmentFile(let path): path
        }
    }
}

/// A place that a group's active credential is written to, and the services that read it.
package struct SwitchTarget: Sendable, Hashable {
    package var place: SwitchPlace
    /// Names of units, as systemd has them: `app.service`.
    package var restartUnits: [String]
    package var location: SourceLocation?

    package init(
        _ place: SwitchPlace, restartUnits: [String] = [], location: SourceLocation? = nil
    ) {
        self.place = place
        self.restartUnits = restartUnits
        self.location = location
    }
}

/// The keys that are written into a file.
package struct WrittenKeys: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: Secret
    /// Nil also removes a token that stands there: it belongs to another key.
    package var sessionToken: Secret?

    package init(accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    package init(_ credentials: Credentials) {
        self.init(
            accessKeyID: credentials.accessKeyID.value,
            secretAccessKey: credentials.secretAccessKey.value,
            sessionToken: credentials.sessionToken?.value)
    }
}

/// What became of a file.
package struct SwitchedFile: Sendable, Hashable {
    package var place: SwitchPlace
    /// The file itself, after symbolic links.
    package var realPath: String
    /// Where the file as it was before is kept; nil when nothing had to be changed.
    package var keptPath: String?
    /// The access key id that stood there before, if one did.
    package var previousKeyID: String?

    package init(
        place: SwitchPlace, realPath: String, keptPath: String? = nil, previousKeyID: String? = nil
    ) {
        self.place = place
        self.realPath = realPath
        self.keptPath = keptPath
        self.previousKeyID = previousKeyID
    }

    /// False when the keys stood there already.
    package var isChanged: Bool { keptPath != nil }
}

/// Why a file was not switched.
package struct SwitchProblem: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// The file is none that may be written; a person has to look, another try changes nothing.
        case refused
        /// The system did not let it be done: a full disk, a lock that somebody holds.
        case failed
    }

    package var kind: Kind
    package var path: String
    /// A clause without secrets: `its directory may be written by other users`.
    package var reason: String

    package init(_ kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path) was not switched: \(reason)" }
}
