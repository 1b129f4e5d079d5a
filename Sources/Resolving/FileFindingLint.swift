import Linting
import Model

extension FileFinding {
    /// The finding as lint tells it.
    var lint: LintFinding {
        let (code, severity, remedy) = kind.lint
        return LintFinding(code, severity, at: .file(location), sentence, remedy: remedy)
    }
}

extension FileFinding.Kind {
    /// Code, weight, and what to do where the sentence does not say it.
    fileprivate var lint: (LintCode, LintSeverity, remedy: String) {
        switch self {
        case .byteOrderMark, .byteOrderMarkInLine:
            (.byteOrderMark, .error, "Save the file as UTF-8 without a byte order mark.")
        case .nulByte: (.nulByte, .error, "Write the file anew.")
        case .invalidUTF8: (.invalidUTF8, .error, "Save the file as UTF-8.")
        case .prefixMissing: (.profilePrefixMissing, .error, "")
        case .prefixNotWanted: (.profilePrefixNotWanted, .error, "")
        case .invalidSectionName: (.invalidSectionName, .error, "")
        case .blankInHeader: (.blankInHeader, .error, "Remove it.")
        case .quotedSectionName: (.quotedSectionName, .error, "Remove the quotes.")
        case .unknownSectionKind: (.unknownSectionKind, .warning, "")
        case .invalidPropertyName, .invalidVariableName: (.invalidName, .error, "")
        case .exportInProfile, .exportPrefix: (.exportPrefix, .error, "")
        case .defaultShadowed: (.defaultShadowed, .warning, "Keep one of them.")
        case .duplicateSection: (.duplicateSection, .error, "Make one section of them.")
        case .duplicateProperty: (.duplicateProperty, .error, "Keep one of them.")
        case .indentedComment: (.indentedComment, .warning, "Begin it in the first column.")
        case .missingEquals, .noAssignment, .colonForEquals, .json: (.missingEquals, .error, "")
        case .missingSection: (.missingSection, .error, "")
        case .headerNotClosed: (.headerNotClosed, .error, "")
        case .nothingToContinue, .notNested:
            (.indentedLine, .error, "Begin the line in the first column.")
        case .unclosedQuote: (.unclosedQuote, .error, "")
        case .commentInValue:
            (.commentInValue, .error, "Put the comment on a line of its own.")
        case .continuedComment: (.continuedComment, .warning, "Remove the backslash.")
        case .overwrittenVariable: (.duplicateVariable, .warning, "Keep one of them.")
        }
    }

    /// The profile that it concerns alone; nil for what hides others too.
    var profile: String? {
        switch self {
        case .prefixMissing(let name), .prefixNotWanted(let name), .quotedSectionName(let name):
            name
        default: nil
        }
    }
}
