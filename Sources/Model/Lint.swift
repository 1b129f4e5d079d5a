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
    case byteOrderMark = "byte-order-mark"
    case utf16 = "utf-16"
    case carriageReturn = "carriage-return"
    case invisibleCharacter = "invisible-character"
    case smartQuote = "smart-quote"
    case quotesKept = "quotes-kept"
    case duplicateSection = "duplicate-section"
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
