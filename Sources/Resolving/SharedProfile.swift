package import Model

/// One profile, or services section, as both shared files together define it.
///
/// The credentials file wins per property; within a file the last one does. A property that is set
/// to nothing counts as not set.
package struct SharedProfile: Sendable {
    package let name: String
    private let credentials: ProfileFile?
    private let config: ProfileFile?
    /// For each known property 0, or its index plus 1, which is negative in the credentials file.
    private var slots = InlineArray<40, Int32>(repeating: 0)
    /// How many known properties there is room for.
    static let slotCount = 40
    private var credentialsSection: Int32 = -1
    private var configSection: Int32 = -1

    /// Merges what two files say about a section; nil when neither has it.
    init?(
        _ name: String, kind: SectionKind = .profile, credentials: ProfileFile?,
        config: ProfileFile?
    ) {
        self.name = name
        self.credentials = credentials
        self.config = config
        if let config { configSection = collect(config, kind, sign: 1) }
        if let credentials { credentialsSection = collect(credentials, kind, sign: -1) }
        if configSection < 0 && credentialsSection < 0 { return nil }
    }

    private mutating func collect(_ file: ProfileFile, _ kind: SectionKind, sign: Int32) -> Int32 {
        var first: Int32 = -1
        file.forEachSection(kind, name) { section in
            if first < 0 { first = Int32(section) }
            let start = Int(file.sections[section].firstProperty)
            for index in start..<Int(file.sections[section].endOfProperties) {
                guard let known = file.properties[index].known else { continue }
                slots[Int(known.rawValue)] = sign * (Int32(index) + 1)
            }
        }
        return first
    }

    private func find(_ property: KnownProperty) -> (file: ProfileFile, ProfileFile.Property)? {
        let slot = slots[Int(property.rawValue)]
        guard slot != 0, let file = slot < 0 ? credentials : config else { return nil }
        return (file, file.properties[Int(abs(slot)) - 1])
    }

    /// Says whether a property is set to something.
    func has(_ property: KnownProperty) -> Bool {
        guard let (_, found) = find(property) else { return false }
        return found.valueStart < found.valueEnd
    }

    /// The place of a property; nil when it is not set.
    func location(_ property: KnownProperty) -> SourceLocation? {
        guard let (file, found) = find(property), found.valueStart < found.valueEnd else {
            return nil
        }
        return file.location(of: found)
    }

    /// A property as text.
    package func text(_ property: KnownProperty) -> Sourced<String>? {
        guard let (file, found) = find(property), found.valueStart < found.valueEnd else {
            return nil
        }
        return Sourced(file.text(of: found), from: .file(file.location(of: found)))
    }

    /// A property as a secret.
    package func secret(_ property: KnownProperty) -> Sourced<Secret>? {
        guard let (file, found) = find(property), found.valueStart < found.valueEnd else {
            return nil
        }
        return Sourced(
            Secret(bytes: file.value(of: found)), from: .file(file.location(of: found)))
    }

    /// The longest value that is used, in bytes: session tokens have some thousand.
    static let longestValue = 65_536

    /// Refuses values beyond all measure: each request would carry them, and whoever asks at the same time
    /// would wait for that.
    func refuseEndlessValues() throws(ResolveProblem) {
        for property in KnownProperty.allCases {
            guard let (file, found) = find(property),
                Int(found.valueEnd) - Int(found.valueStart) > Self.longestValue
            else { continue }
            throw .badSetting(
                name: property.name,
                what: "it has more than \(Self.longestValue) bytes, which no such value needs",
                .file(file.location(of: found)))
        }
    }

    /// A property on the indented lines below another, like `endpoint_url` below `sts =`.
    package func nested(_ property: KnownProperty, below outer: KnownProperty) -> Sourced<String>? {
        guard let (file, found) = find(outer) else { return nil }
        return text(of: property, among: file.nestedEntries(found))
    }

    /// The same below a property that resolving does not know, of a `[services]` section; `outer` in small
    /// letters.
    func nested(_ property: KnownProperty, below outer: String) -> Sourced<String>? {
        let found = config?.entries(of: .services, name)?.last { $0.name == outer }
        return found.flatMap { text(of: property, among: $0.nested) }
    }

    private func text(
        of property: KnownProperty, among entries: [ProfileEntry]
    ) -> Sourced<String>? {
        let entry = entries.last { $0.name == property.name }
        guard let entry, !entry.value.isEmpty else { return nil }
        return Sourced(entry.value.reveal(), from: .file(entry.location))
    }

    /// The header of the section that sets a property, and where: `[profile app]`.
    func header(of property: KnownProperty) -> (text: String, file: ProfileFile, line: Int)? {
        guard let (file, found) = find(property) else { return nil }
        var header = 0
        file.forEachSection(.profile, name) { section in
            if file.sections[section].line < found.line { header = section }
        }
        return (text(ofHeader: header, in: file), file, Int(file.sections[header].line))
    }

    /// The headers of the profile in both files, as `[app] in /home/app/.aws/credentials:4`.
    var headers: [String] {
        [(credentials, credentialsSection), (config, configSection)].compactMap { file, section in
            guard let file, section >= 0 else { return nil }
            let header = text(ofHeader: Int(section), in: file)
            return "\(header) in \(file.path):\(file.sections[Int(section)].line)"
        }
    }

    /// The properties that resolving does not know, by their names in small letters.
    var unknownProperties: [(name: String, location: SourceLocation)] {
        var found: [(name: String, location: SourceLocation)] = []
        for file in [credentials, config].compactMap(\.self) {
            file.forEachSection(.profile, name) { section in
                for property in file.properties(ofSection: section) where property.known == nil {
                    let name = file.bytes[Int(property.nameStart)..<Int(property.nameEnd)]
                    let text = String(decoding: name, as: UTF8.self).lowercased()
                    found.append((text, file.location(of: property)))
                }
            }
        }
        return found
    }

    private func text(ofHeader section: Int, in file: ProfileFile) -> String {
        file.sections[section].hasPrefix ? "[profile \(name)]" : "[\(name)]"
    }
}
