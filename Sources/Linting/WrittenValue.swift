package import Model

/// A value as it stands in a source, under the name that the source has for it.
package struct WrittenValue: Sendable, Hashable {
    /// `aws_secret_access_key`, `AWS_SECRET_ACCESS_KEY`; the subject of each sentence.
    package var name: String
    package var text: Secret
    package var place: ValuePlace
    /// Whether the text is the value; not, when a shell would make it of something else.
    package var isKnown: Bool

    package init(_ name: String, _ text: Secret, at place: ValuePlace, isKnown: Bool = true) {
        self.name = name
        self.text = text
        self.place = place
        self.isKnown = isKnown
    }
}

/// Where a value stands.
package enum ValuePlace: Sendable, Hashable {
    /// The place of its first character; the others follow on the same line.
    case text(SourceLocation)
    /// The place of the whole value.
    case whole(Provenance)

    /// The place of a character, counted from 1, or else of the whole.
    package func character(at position: Int) -> Provenance {
        switch self {
        case .text(var location):
            location.column += position - 1
            return .file(location)
        case .whole(let provenance): return provenance
        }
    }

    package var start: Provenance { character(at: 1) }
}

/// The values of one key, as far as a source has them.
package struct WrittenCredentials: Sendable, Hashable {
    package var accessKeyID: WrittenValue?
    package var secretAccessKey: WrittenValue?
    package var sessionToken: WrittenValue?

    package init(
        accessKeyID: WrittenValue? = nil, secretAccessKey: WrittenValue? = nil,
        sessionToken: WrittenValue? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }

    package subscript(field: CredentialField) -> WrittenValue? {
        get {
            switch field {
            case .accessKeyID: accessKeyID
            case .secretAccessKey: secretAccessKey
            case .sessionToken: sessionToken
            }
        }
        set {
            switch field {
            case .accessKeyID: accessKeyID = newValue
            case .secretAccessKey: secretAccessKey = newValue
            case .sessionToken: sessionToken = newValue
            }
        }
    }
}
