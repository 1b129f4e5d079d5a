package import Model

/// Something in a shared AWS file that the SDKs skip in silence, or that only some of them accept.
///
/// It never holds a value, nor a name that is not one of AWS's own or a profile's: a secret pasted
/// on a line of its own looks like the name of a property.
package struct FileFinding: Sendable, Hashable {
    /// What was found.
    package enum Kind: Sendable, Hashable {
        case byteOrderMark
        case nulByte
        case invalidUTF8
        /// `[app]` in the config file, which wants `[profile app]`.
        case prefixMissing(profile: String)
        /// `[profile app]` in the credentials file, which wants `[app]`.
        case prefixNotWanted(profile: String)
        case invalidSectionName
        /// `[ app ]`, which botocore takes as it is.
        case blankInHeader
        /// `[profile "app"]`, which botocore alone reads as `[profile app]`.
        case quotedSectionName(profile: String)
        /// `[kind name]` with a kind that means nothing here.
        case unknownSectionKind
        case invalidPropertyName
        /// `export aws_access_key_id = …`.
        case exportInProfile
        /// `[default]` beside `[profile default]`.
        case defaultShadowed
        case duplicateSection(name: String, firstLine: Int)
        case duplicateProperty(name: String)
        /// A comment that does not begin in the first column.
        case indentedComment

        // What makes the SDKs refuse the whole file.
        case missingEquals
        /// `name: value`, as in YAML.
        case colonForEquals
        /// A brace begins the file.
        case json
        case missingSection
        case headerNotClosed
        /// An indented line with no property above it.
        case nothingToContinue
        /// An indented line below an empty value that is no property.
        case notNested

        // In a file for systemd's EnvironmentFile=.
        /// A line without `=`.
        case noAssignment
        case invalidVariableName
        /// `export NAME=value`, which shells alone know.
        case exportPrefix
        /// A byte order mark, which systemd takes for a part of the first line.
        case byteOrderMarkInLine
        case unclosedQuote
        /// ` # text` behind a value, which is a part of it.
        case commentInValue
        /// A comment that ends with a backslash.
        case continuedComment
        /// A variable that is set again further down.
        case overwrittenVariable
    }

    package var kind: Kind
    package var location: SourceLocation

    package init(_ kind: Kind, at location: SourceLocation) {
        self.kind = kind
        self.location = location
    }
}

extension FileFinding.Kind {
    /// The profile that is skipped because its header has the wrong form.
    var skippedProfile: String? {
        switch self {
        case .prefixMissing(let name), .prefixNotWanted(let name), .quotedSectionName(let name):
            name
        default: nil
        }
    }
}

extension FileFinding: CustomStringConvertible {
    /// `file:line:column: sentence`.
    package var description: String { "\(location): \(sentence)" }

    /// What was found and what it leads to, without the place.
    package var sentence: String { kind.sentence }
}

extension FileFinding.Kind {
    /// The sentence as a clause, for a file that is refused for it.
    var clause: String {
        switch self {
        case .missingEquals: "a line of the form name = value was expected"
        case .colonForEquals: "the line has a colon where name = value is expected; this is no YAML"
        case .json:
            "the file is JSON, and sections like [default] with lines of the form name = value are "
                + "expected"
        case .missingSection:
            "the first section header, like [default], has to stand before this line"
        case .headerNotClosed: "the section header does not end with ]"
        case .nothingToContinue:
            "the line is indented, but there is no property above it to continue"
        case .notNested:
            "an indented line of the form name = value was expected below an empty value"
        default: sentence
        }
    }

    fileprivate var sentence: String {
        switch self {
        case .byteOrderMark:
            "The file begins with a byte order mark; botocore and other SDKs then refuse all of it."
        case .nulByte:
            "The line holds a NUL byte; some SDKs end the value there."
        case .invalidUTF8:
            "The line is not valid UTF-8; botocore and other SDKs then refuse the whole file."
        case .prefixMissing(let profile):
            "[\(profile)] is skipped: in the config file it has to be [profile \(profile)]."
        case .prefixNotWanted(let profile):
            "[profile \(profile)] is skipped: in the credentials file it has to be [\(profile)]."
        case .invalidSectionName:
            "The section is skipped: its name has a character other than letters, digits and "
                + "_ - / . % @ : +"
        case .blankInHeader:
            "There is a blank inside the brackets, which botocore takes for a part of the name."
        case .exportInProfile:
            "The property is skipped: only shells know the word export; remove it."
        case .quotedSectionName(let profile):
            "[profile \"\(profile)\"] is skipped: only botocore and the AWS CLI take the quotes away."
        case .unknownSectionKind:
            "The section is skipped: only profile, sso-session and services may stand before a name."
        case .invalidPropertyName:
            "The property is skipped: its name has a character other than letters, digits and "
                + "_ - / . % @ : +"
        case .defaultShadowed:
            "[default] is skipped, because the file has a [profile default] too."
        case .duplicateSection(let name, let firstLine):
            "The section \(name) stands on line \(firstLine) already; the two are merged here, but "
                + "botocore refuses the whole file."
        case .duplicateProperty(let name):
            "\(name) is set twice in this section; the last one counts here, but botocore refuses "
                + "the whole file."
        case .indentedComment:
            "The comment is indented; some SDKs take it for a part of the value above it."
        case .missingEquals, .colonForEquals, .json, .missingSection, .headerNotClosed,
            .nothingToContinue, .notNested:
            "The SDKs refuse the whole file: \(clause)."
        case .noAssignment:
            "systemd skips the line: it has no = behind a name."
        case .invalidVariableName:
            "systemd skips the line: a name has only letters, digits and _, and no digit first."
        case .exportPrefix:
            "systemd skips the line: only shells know the word export; remove it."
        case .byteOrderMarkInLine:
            "The file begins with a byte order mark, and systemd skips the first line for it."
        case .unclosedQuote:
            "The quote is never closed, so everything to the end of the file is one value."
        case .commentInValue:
            "systemd knows no comment behind a value; the # and what follows belong to it."
        case .continuedComment:
            "The comment ends with a backslash; systemd before version 254 skips the next line too."
        case .overwrittenVariable:
            "The variable is set again further down, and that one counts."
        }
    }
}
