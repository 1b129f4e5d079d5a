import Linting
import Model

/// The lines of a file of variables, as docker's `--env-file` or a shell reads them.
struct EnvironmentLines {
    private let bytes: [UInt8]
    private let path: String
    private var line = 0

    private(set) var variables: [SetVariable] = []
    private var names: [String: Provenance] = [:]

    init(_ bytes: [UInt8], path: String) {
        self.bytes = bytes
        self.path = path
    }

    // MARK: docker

    /// Reads each line as docker does: everything behind the first `=` is the value.
    mutating func readAsDocker(into collector: inout LintCollector) {
        forEachLine { reader, line in
            var text = line
            if text.upperBound > text.lowerBound, reader.bytes[text.upperBound - 1] == 0x0D {
                text = text.lowerBound..<text.upperBound - 1
            }
            let start = reader.skipBlanks(text)
            guard start < text.upperBound, reader.bytes[start] != 0x23 else { return }
            let equals = reader.bytes[start..<text.upperBound].firstIndex(of: 0x3D)
            let name = start..<(equals ?? text.upperBound)
            let place = reader.location(of: start, from: line.lowerBound)
            if reader.bytes.beginsWithExport(name) {
                collector.add(
                    LintFinding(
                        .exportPrefix, .error, at: place,
                        "docker refuses the file: only shells know the word export; remove it."))
            } else if reader.bytes[name].contains(where: isBlank) || name.isEmpty {
                collector.add(
                    LintFinding(
                        equals == nil ? .missingEquals : .invalidName, .error, at: place,
                        "docker refuses the file: a line begins with a name, without a blank, and ="
                            + "."))
            } else if equals == nil {
                collector.add(
                    LintFinding(
                        .missingEquals, .error, at: place,
                        "The line has no =, so docker takes the variable from the environment "
                            + "that it is called in."))
            }
            guard let equals else { return }
            let trimmed = reader.afterExport(reader.bytes.trim(name))
            let value = equals + 1..<text.upperBound
            let content = Array(reader.bytes[value])
            let comment = commentStart(in: content)
            if let comment {
                collector.add(
                    LintFinding(
                        .commentInValue, .error,
                        at: reader.location(of: equals + 1 + comment, from: line.lowerBound),
                        "docker knows no comment behind a value; the # and what follows belong "
                            + "to it.", remedy: "Put the comment on a line of its own."))
            }
            let kept = comment.map { content[..<$0] }.map { Self.withoutBlanksAtEnd($0) }
            reader.set(
                trimmed, Secret(bytes: kept ?? content), at: place,
                valueAt: reader.column(of: equals + 1, from: line.lowerBound), into: &collector)
        }
    }

    // MARK: shell

    /// Reads each line that is an assignment as a shell does; commands are passed over.
    mutating func readAsShell(into collector: inout LintCollector) {
        forEachLine { reader, line in
            var start = reader.skipBlanks(line)
            guard start < line.upperBound, reader.bytes[start] != 0x23 else { return }
            let isExport = reader.bytes.beginsWithExport(start..<line.upperBound)
            start = reader.afterExport(start..<line.upperBound).lowerBound
            let place = reader.location(of: start, from: line.lowerBound)
            var end = start
            while end < line.upperBound, reader.isNameByte(end) { end += 1 }
            guard end > start else { return }
            let next = reader.skipBlanks(end..<line.upperBound)
            let name = start..<end
            guard next < line.upperBound, reader.bytes[next] == 0x3D else {
                let isMeant = next < line.upperBound && !isExport && reader.isOfAWS(name)
                if isMeant, next > end || reader.bytes[next] == 0x3A {
                    collector.add(
                        LintFinding(
                            .missingEquals, .error, at: place,
                            "The line begins like an assignment and has no = behind the name."))
                }
                return
            }
            let valueStart = reader.skipBlanks(next + 1..<line.upperBound)
            let hasBlank = next > end || (valueStart > next + 1 && valueStart < line.upperBound)
            if hasBlank {
                guard reader.isOfAWS(name) else { return }
                collector.add(
                    LintFinding(
                        .blankAroundEquals, .error, at: place,
                        "A blank stands beside the =, so a shell takes the name for a command.",
                        remedy: "Remove the blank."))
            }
            let word = ShellWord(reader.bytes, valueStart..<line.upperBound)
            let column = reader.column(of: valueStart, from: line.lowerBound)
            if word.isOpen {
                collector.add(
                    LintFinding(
                        .unclosedQuote, .error, at: column.start,
                        "The quote is not closed on this line."))
            } else if word.hasMore, reader.isOfAWS(name) {
                collector.add(
                    LintFinding(
                        .blankInValue, .error,
                        at: reader.location(of: word.end, from: line.lowerBound),
                        "The value ends at a blank, and a shell takes what follows for a command.",
                        remedy: "Put the value in quotes, or remove the blank."))
            }
            reader.set(
                name, Secret(bytes: word.value), at: place,
                valueAt: word.isVerbatim ? column : .whole(column.start),
                isKnown: word.isKnown && !word.isOpen, into: &collector)
        }
    }

    // MARK: Lines

    private mutating func forEachLine(_ body: (inout EnvironmentLines, Range<Int>) -> Void) {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            line += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            body(&self, start..<end)
            start = end + 1
        }
    }

    private mutating func set(
        _ name: Range<Int>, _ value: Secret, at place: Provenance, valueAt: ValuePlace,
        isKnown: Bool = true, into collector: inout LintCollector
    ) {
        let text = String(decoding: bytes[name], as: UTF8.self)
        if let earlier = names.updateValue(place, forKey: text) {
            collector.add(
                LintFinding(
                    .duplicateVariable, .warning, at: earlier,
                    "The variable is set again further down, and that one counts.",
                    remedy: "Keep one of them."))
        }
        variables.append(
            SetVariable(
                name: text, value: value, place: place, valuePlace: valueAt, isKnown: isKnown))
    }

    private func skipBlanks(_ range: Range<Int>) -> Int {
        range.first { !isBlank(bytes[$0]) } ?? range.upperBound
    }

    /// What follows the word `export`, where there is one.
    private func afterExport(_ range: Range<Int>) -> Range<Int> {
        guard bytes.beginsWithExport(range) else { return range }
        return skipBlanks(range.lowerBound + 6..<range.upperBound)..<range.upperBound
    }

    private func isNameByte(_ index: Int) -> Bool {
        let byte = bytes[index]
        return isLetter(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }

    private func isOfAWS(_ name: Range<Int>) -> Bool {
        bytes[name].starts(with: Array("AWS_".utf8)) || bytes[name].starts(with: Array("aws_".utf8))
    }

    private static func withoutBlanksAtEnd(_ value: ArraySlice<UInt8>) -> [UInt8] {
        Array(value[..<((value.lastIndex { !isBlank($0) } ?? value.startIndex - 1) + 1)])
    }

    private func place(of offset: Int, from lineStart: Int) -> SourceLocation {
        let column = bytes[lineStart..<offset].count { $0 & 0xC0 != 0x80 } + 1
        return SourceLocation(file: path, line: line, column: column)
    }

    private func location(of offset: Int, from lineStart: Int) -> Provenance {
        .file(place(of: offset, from: lineStart))
    }

    private func column(of offset: Int, from lineStart: Int) -> ValuePlace {
        .text(place(of: offset, from: lineStart))
    }
}
