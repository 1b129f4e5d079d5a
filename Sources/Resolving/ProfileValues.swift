package import Model

/// One property of a section, for whoever wants all of them.
package struct ProfileEntry: Sendable, Hashable {
    /// In small letters, as the SDKs compare names.
    package var name: String
    package var value: Secret
    package var location: SourceLocation
    /// The value's own properties, when it is empty and indented lines follow.
    package var nested: [ProfileEntry]
}

extension ProfileFile {
    /// Collects the properties of all sections of a kind and name.
    ///
    /// Of two properties with one name the last counts. Nil when there is no such section.
    package func entries(of kind: SectionKind, _ name: String) -> [ProfileEntry]? {
        var entries: [String: ProfileEntry] = [:]
        var found = false
        forEachSection(kind, name) { index in
            found = true
            for property in properties(ofSection: index) {
                let entry = entry(property)
                entries[entry.name] = entry
            }
        }
        return found ? entries.values.sorted { $0.location.line < $1.location.line } : nil
    }

    private func entry(_ property: Property) -> ProfileEntry {
        let name = bytes[Int(property.nameStart)..<Int(property.nameEnd)]
        return ProfileEntry(
            name: String(decoding: name, as: UTF8.self).lowercased(),
            value: Secret(bytes: value(of: property)), location: location(of: property),
            nested: nestedEntries(property))
    }

    /// The value's bytes: its lines trimmed and joined by line feeds.
    func value(of property: Property) -> [UInt8] {
        let range = Int(property.valueStart)..<Int(property.valueEnd)
        guard property.isContinued else { return Array(bytes[range]) }
        var value: [UInt8] = []
        var isFirst = true
        forEachLine(in: range) { line in
            if isFirst {
                value += bytes[bytes.trim(line.lowerBound..<bytes.endWithoutComment(line))]
                isFirst = false
            } else if bytes.continues(line) {
                value.append(0x0A)
                value += bytes[bytes.trim(line)]
            }
        }
        return value
    }

    /// The value as text; bytes that are no UTF-8 become U+FFFD.
    func text(of property: Property) -> String {
        guard property.isContinued else {
            let range = Int(property.valueStart)..<Int(property.valueEnd)
            return String(decoding: bytes[range], as: UTF8.self)
        }
        return String(decoding: value(of: property), as: UTF8.self)
    }

    /// The properties on the indented lines below an empty value; none when the value is not empty.
    func nestedEntries(_ property: Property) -> [ProfileEntry] {
        let range = Int(property.valueStart)..<Int(property.valueEnd)
        guard property.isContinued else { return [] }
        var entries: [ProfileEntry] = []
        var line = Int(property.line)
        var isEmpty = true
        forEachLine(in: range) { place in
            defer { line += 1 }
            if line == Int(property.line) {
                isEmpty = bytes.trim(place.lowerBound..<bytes.endWithoutComment(place)).isEmpty
                return
            }
            let text = bytes.trim(place)
            guard isEmpty, bytes.continues(place), let (name, value) = bytes.splitProperty(text)
            else { return }
            entries.append(
                ProfileEntry(
                    name: String(decoding: bytes[name], as: UTF8.self).lowercased(),
                    value: Secret(bytes: Array(bytes[value])),
                    location: SourceLocation(
                        file: path, line: line, column: text.lowerBound - place.lowerBound + 1),
                    nested: []))
        }
        return entries
    }

    /// Calls a closure with the range of each line, without its ending.
    private func forEachLine(in range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while start < range.upperBound {
            let feed = bytes[start..<range.upperBound].firstIndex(of: 0x0A)
            body(start..<bytes.endOfLine(start..<(feed ?? range.upperBound)))
            start = (feed ?? range.upperBound) + 1
        }
    }
}
