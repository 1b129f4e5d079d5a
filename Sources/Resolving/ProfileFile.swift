package import Model

/// Which of the two shared AWS files; they differ in how a section names a profile.
package enum ProfileFileKind: Sendable, Hashable {
    /// `~/.aws/credentials`: `[app]`.
    case credentials
    /// `~/.aws/config`: `[profile app]`, `[sso-session x]`, `[services x]`.
    case config
}

/// The kinds of section that have a meaning.
package enum SectionKind: Sendable, Hashable {
    case profile, ssoSession, services
}

/// One shared AWS file, parsed: an index into its bytes.
///
/// Values stay in the one buffer until somebody asks for them, so ten thousand profiles cost little
/// more than the file's own size. Nothing that prints or dumps the object shows any of them.
package final class ProfileFile: Sendable {
    package let path: String
    package let kind: ProfileFileKind
    /// At most ``maxFindings`` of a file that is used, in the order of the file.
    package let findings: [FileFinding]

    let bytes: [UInt8]
    let sections: [Section]
    let properties: [Property]
    /// The first section of each profile, by its name.
    let profiles: [String: Int32]
    let ssoSessions: [String: Int32]
    let services: [String: Int32]

    /// A section header that has a meaning, with the range of its properties.
    struct Section {
        var line: UInt32
        var firstProperty: UInt32
        var endOfProperties: UInt32
        /// The next section of the same kind and name; -1 when there is none.
        var next: Int32 = -1
        /// Whether the header has a kind before the name: `[profile app]`.
        var hasPrefix: Bool
    }

    /// A property: where its name and its value stand in the bytes.
    struct Property {
        var line: UInt32
        var nameStart: UInt32
        var nameEnd: UInt32
        var valueStart: UInt32
        var valueEnd: UInt32
        var known: KnownProperty?
        /// Whether indented lines continue the value.
        var isContinued = false
    }

    package static let maxFindings = 100
    /// The same when all that is wrong is asked for, of which not all is told.
    static let maxLintFindings = 10_000
    /// How many sections and properties a file may have, so that none can fill the memory.
    package static let maxEntries = 500_000

    /// Parses a file's bytes by the common specification of the SDKs.
    ///
    /// Takes time and memory in proportion to the bytes. Throws
    /// ``ResolveProblem/fileMalformed(_:what:)`` for what makes the SDKs refuse the whole file.
    package convenience init(
        parsing bytes: [UInt8], path: String, kind: ProfileFileKind
    ) throws(ResolveProblem) {
        var parser = ProfileParser(bytes, path: path, kind: kind)
        try parser.parse()
        self.init(parser, bytes, path: path, kind: kind)
    }

    /// Takes over what a parser has read.
    init(_ parser: ProfileParser, _ bytes: [UInt8], path: String, kind: ProfileFileKind) {
        self.path = path
        self.kind = kind
        self.bytes = bytes
        findings = parser.findings
        sections = parser.sections
        properties = parser.properties
        profiles = parser.profiles.mapValues(\.first)
        ssoSessions = parser.ssoSessions.mapValues(\.first)
        services = parser.services.mapValues(\.first)
    }

    /// Every profile's name, in no order.
    package var profileNames: some Collection<String> { profiles.keys }

    /// The place of a section's header.
    func location(ofSection index: Int) -> SourceLocation {
        SourceLocation(file: path, line: Int(sections[index].line), column: 1)
    }

    /// The place of a property's name.
    func location(of property: Property) -> SourceLocation {
        SourceLocation(file: path, line: Int(property.line), column: 1)
    }

    /// Calls a closure for each section of a kind and name, in the order of the file.
    func forEachSection(_ kind: SectionKind, _ name: String, _ body: (Int) -> Void) {
        let first =
            switch kind {
            case .profile: profiles[name]
            case .ssoSession: ssoSessions[name]
            case .services: services[name]
            }
        var index = first ?? -1
        while index >= 0 {
            body(Int(index))
            index = sections[Int(index)].next
        }
    }

    /// The properties of a section.
    func properties(ofSection index: Int) -> ArraySlice<Property> {
        properties[Int(sections[index].firstProperty)..<Int(sections[index].endOfProperties)]
    }
}

extension ProfileFile: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(path) with \(profiles.count) profiles" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
