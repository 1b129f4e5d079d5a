/// How much a finding matters.
package enum LintSeverity: String, Sendable, Hashable, CaseIterable {
    /// It works, but is unsafe or will surprise.
    case warning
    /// Some or all SDKs will not find or not use the credential.
    case error
}

/// One finding in a source of credentials, read as text before any request.
///
/// It never holds a value, nor a name that is not one of AWS's own or a profile's.
package struct LintFinding: Sendable, Hashable {
    package var code: LintCode
    package var severity: LintSeverity
    /// `file:line:column`, or the variable.
    package var place: Provenance
    /// What is wrong and what it leads to, a sentence.
    package var message: String
    /// What to do, a sentence; empty when the message says it.
    package var remedy: String

    package init(
        _ code: LintCode, _ severity: LintSeverity, at place: Provenance, _ message: String,
        remedy: String = ""
    ) {
        self.code = code
        self.severity = severity
        self.place = place
        self.message = message
        self.remedy = remedy
    }
}

/// The stable codes of findings.
package enum LintCode: String, Sendable, Hashable, CaseIterable {
    // The text of a file as a whole.
    /// The file begins with the mark that Windows editors put there.
    case byteOrderMark = "byte-order-mark"
    /// The file is in an encoding that nobody reads here.
    case utf16 = "utf-16"
    /// A byte 0 stands in the file, as after a crash.
    case nulByte = "nul-byte"
    /// Bytes stand in the file that are no text.
    case invalidUTF8 = "invalid-utf-8"
    /// A carriage return ends the lines, or stands in a value.
    case carriageReturn = "carriage-return"
    /// The file has more findings than are told.
    case moreFindings = "more-findings"

    // Lines.
    /// A line has no `=` where one has to be.
    case missingEquals = "missing-equals"
    /// A property stands before the first section.
    case missingSection = "missing-section"
    /// A line begins with `export `, which shells alone know.
    case exportPrefix = "export-prefix"
    /// A line is indented and so continues the value above it.
    case indentedLine = "indented-line"
    /// A comment is indented and may continue the value above it.
    case indentedComment = "indented-comment"
    /// A comment ends with a backslash.
    case continuedComment = "continued-comment"
    /// A value goes on in the next line.
    case brokenValue = "broken-value"
    /// The header of the next section stands behind a value.
    case gluedHeader = "glued-header"
    /// Another property stands behind a value.
    case gluedProperty = "glued-property"
    /// A comment stands behind a value and may be read as a part of it.
    case commentInValue = "comment-in-value"
    /// A quote is opened and never closed.
    case unclosedQuote = "unclosed-quote"
    /// A blank stands beside the `=` of a shell's assignment.
    case blankAroundEquals = "blank-around-equals"

    // Sections.
    /// A header lacks its closing bracket.
    case headerNotClosed = "header-not-closed"
    /// A blank stands in a header where it changes the name.
    case blankInHeader = "blank-in-header"
    /// The name of a section has a character that none may have.
    case invalidSectionName = "invalid-section-name"
    /// Quotes stand around the name of a section.
    case quotedSectionName = "quoted-section-name"
    /// A word stands before the name of a section that means nothing.
    case unknownSectionKind = "unknown-section-kind"
    /// `[x]` stands in the config file, which wants `[profile x]`.
    case profilePrefixMissing = "profile-prefix-missing"
    /// `[profile x]` stands in the credentials file, which wants `[x]`.
    case profilePrefixNotWanted = "profile-prefix-not-wanted"
    /// `[default]` stands beside `[profile default]`.
    case defaultShadowed = "default-shadowed"
    /// A section stands twice in a file.
    case duplicateSection = "duplicate-section"

    // Names.
    /// A property stands twice in a section.
    case duplicateProperty = "duplicate-property"
    /// A variable is set twice in a file.
    case duplicateVariable = "duplicate-variable"
    /// A name has a character that none may have.
    case invalidName = "invalid-name"
    /// A name is none of AWS's, but nearly.
    case misspeltName = "misspelt-name"
    /// A name is in the wrong letter case.
    case letterCase = "letter-case"

    // The characters of a value.
    /// A character is there that nobody sees.
    case invisibleCharacter = "invisible-character"
    /// A typographer's quote is there.
    case smartQuote = "smart-quote"
    /// Quotes are a part of the value.
    case quotesKept = "quotes-kept"
    /// A space or a tab is a part of the value.
    case blankInValue = "blank-in-value"
    /// A character is there that no credential has.
    case foreignCharacter = "foreign-character"
    /// A character is outside of what AWS makes such values of.
    case outsideAlphabet = "outside-alphabet"

    // Values.
    /// A value is empty.
    case emptyValue = "empty-value"
    /// A value was never filled in.
    case placeholder
    /// Something else stands in place of the value: an account's number, a line of a file, base64.
    case mistakenValue = "mistaken-value"
    /// A user's, role's or other resource's id stands in place of a key's.
    case resourceID = "resource-id"
    /// A key id begins with none of AWS's prefixes for keys.
    case unknownPrefix = "unknown-prefix"
    /// A key id or secret is longer or shorter than AWS makes them.
    case wrongLength = "wrong-length"
    /// The key id and the secret have changed places.
    case swapped
    /// One half of a key is there and the other is not.
    case halfKey = "half-key"
    /// A temporary key has no session token.
    case tokenMissing = "token-missing"
    /// A long-term key has a session token, left over from another one.
    case tokenLeftover = "token-leftover"
    /// The time has passed at which the source says that the session ends.
    case expired
    /// The time at which the session ends cannot be read.
    case unreadableExpiry = "unreadable-expiry"

    // Where requests go.
    /// A region has no form that regions have.
    case unknownRegion = "unknown-region"
    /// Requests go to another server than AWS's.
    case endpointOverride = "endpoint-override"

    // Files and their surroundings.
    /// A file is there and cannot be read.
    case unreadable
    /// A file that somebody names does not exist.
    case fileMissing = "file-missing"
    /// A profile that somebody names stands in no file.
    case profileMissing = "profile-missing"
    /// The environment of a service or process cannot be looked at.
    case unknownSurroundings = "unknown-surroundings"
    /// Everybody on the machine may read a secret.
    case worldReadable = "world-readable"
    /// A group may read a secret that its owner uses.
    case groupReadable = "group-readable"
    /// Others than its owner may change a file.
    case writableByOthers = "writable-by-others"
    /// HOME is another directory than the one that has the files.
    case otherHome = "other-home"
    /// HOME is not set, so some SDKs look for no file.
    case homeUnset = "home-unset"
}

/// How a file that is checked by itself is read.
package enum LintDialect: String, Sendable, Hashable, CaseIterable {
    /// `~/.aws/credentials`.
    case credentials
    /// `~/.aws/config`.
    case config
    /// systemd's `EnvironmentFile=`.
    case systemdEnvironment = "systemd-env"
    /// docker's `--env-file`.
    case dockerEnvironment = "docker-env"
    /// A file that a shell reads.
    case shellEnvironment = "shell-env"
}

/// All findings of one run.
package struct LintReport: Sendable, Hashable {
    /// In the order of files, lines and columns, those of variables last.
    package var findings: [LintFinding]
    /// What was looked at: paths, and the names of environments.
    package var looked: [String]

    package init(findings: [LintFinding] = [], looked: [String] = []) {
        self.findings = findings
        self.looked = looked
    }

    /// 0 clean, 1 warnings, 2 errors.
    package var exitCode: Int32 {
        if findings.contains(where: { $0.severity == .error }) { return 2 }
        return findings.isEmpty ? 0 : 1
    }
}
