import Linting
import Model

/// Values that go on in the next line, and lines that were meant to be something else.
extension SectionReader {
    /// Reads the indented lines below a value that has one line only; returns what is its rest.
    mutating func readContinuation(
        of property: ProfileFile.Property, from end: Int, into collector: inout LintCollector
    ) -> [UInt8] {
        let name = property.known?.name ?? "the property"
        var rest: [UInt8] = []
        var line = Int(property.line)
        var index = end
        while index < Int(property.valueEnd) {
            let start = (bytes[index...].firstIndex(of: 0x0A) ?? bytes.count) + 1
            guard start < Int(property.valueEnd) else { break }
            line += 1
            let lineEnd = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let text = bytes.trim(start..<bytes.endOfLine(start..<lineEnd))
            index = lineEnd
            guard bytes.continues(start..<lineEnd), !text.isEmpty else { continue }
            var place = SourceLocation(file: file.path, line: line)
            place.column = text.lowerBound - start + 1
            if let what = ownLine(text, place) {
                collector.add(
                    LintFinding(
                        .indentedLine, .error, at: .file(place),
                        "The line is indented, so \(what) in it continues the value of \(name) "
                            + "and is lost.", remedy: "Begin the line in the first column."),
                    of: profile)
            } else {
                rest += bytes[text]
                collector.add(brokenLine(line, name, column: place.column), of: profile)
            }
        }
        return rest
    }

    /// What an indented line was meant to be, when it was not the rest of a value.
    mutating func ownLine(_ text: Range<Int>, _ place: SourceLocation) -> String? {
        if bytes[text.lowerBound] == 0x5B, bytes[text.upperBound - 1] == 0x5D {
            return "the section header"
        }
        guard let (name, value) = bytes.splitProperty(text), bytes.isName(name),
            let known = KnownProperty(bytes[name])
        else { return nil }
        if let field = known.field, values[field] == nil {
            var location = place
            location.column += bytes[text.lowerBound..<value.lowerBound].count { $0 & 0xC0 != 0x80 }
            values[field] = WrittenValue(
                known.name, Secret(bytes: Array(bytes[value])), at: .text(location))
        }
        return known.name
    }

    /// The rest of a broken value on the next line, where that line can be nothing else.
    func restOnNextLine(
        of property: ProfileFile.Property, _ field: CredentialField, _ text: [UInt8],
        _ following: ProfileFile.Property?
    ) -> [UInt8]? {
        guard field != .accessKeyID, field == .sessionToken || text.count < 40 else { return nil }
        let line = property.line + 1
        // What ends with = looks like a property without a value.
        let isProperty =
            following.map {
                $0.line == line && $0.known == nil && $0.nameEnd - $0.nameStart >= 8
                    && bytes[Int($0.valueStart)..<Int($0.valueEnd)].allSatisfy { $0 == 0x3D }
            } ?? false
        guard isProperty || loose.contains(Int(line)) else { return nil }
        guard let feed = bytes[Int(property.valueEnd)...].firstIndex(of: 0x0A) else { return nil }
        let end = bytes[(feed + 1)...].firstIndex(of: 0x0A) ?? bytes.count
        let rest = bytes[bytes.trim(feed + 1..<bytes.endOfLine(feed + 1..<end))]
        let isOfValue = rest.allSatisfy { byte in
            isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2F
                || byte == 0x3D
        }
        return isOfValue && !rest.isEmpty ? Array(rest) : nil
    }

    func brokenLine(_ line: Int, _ name: String, column: Int = 1) -> LintFinding {
        LintFinding(
            .brokenValue, .error,
            at: .file(SourceLocation(file: file.path, line: line, column: column)),
            "The line seems to be the rest of \(name) above it.",
            remedy: "Put the whole value on one line.")
    }
}
