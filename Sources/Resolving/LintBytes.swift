import Linting
package import Model

/// Returns everything that can be said about the bytes of a file without asking anybody.
///
/// Pure. `profiles` leaves out what concerns other profiles of a shared AWS file alone; nil keeps all. At
/// most 200 findings and one that counts the rest, in the order of the file; time in proportion to the
/// bytes. No text holds a value.
package func lint(
    _ bytes: [UInt8], path: String, as dialect: LintDialect, only profiles: Set<String>? = nil,
    now: WallTime
) -> [LintFinding] {
    var collector = LintCollector(only: profiles)
    let encoding: FileEncoding
    do {
        encoding = try FileEncoding(bytes)
    } catch {
        return [refusal(error.what, path, bytes)]
    }
    switch dialect {
    case .credentials, .config:
        lintProfiles(
            bytes, path: path, kind: dialect == .config ? .config : .credentials, now: now,
            into: &collector)
    case .systemdEnvironment, .dockerEnvironment, .shellEnvironment:
        for finding in encoding.findings {
            let place = SourceLocation(file: path, line: finding.line, column: finding.column)
            let told = FileFinding(finding.kind, at: place).lint
            if let finding = dialect.word(told) { collector.add(finding) }
        }
        lintVariables(
            variables(bytes, path: path, dialect, into: &collector), now: now, into: &collector)
    }
    if dialect != .shellEnvironment, let finding = lineEndFinding(bytes, path) {
        collector.add(finding)
    }
    return collector.findings(in: path)
}

/// The variables that a file sets, and what is wrong with its lines.
private func variables(
    _ bytes: [UInt8], path: String, _ dialect: LintDialect, into collector: inout LintCollector
) -> [SetVariable] {
    var lines = EnvironmentLines(bytes, path: path)
    switch dialect {
    case .systemdEnvironment: return systemdVariables(bytes, path: path, into: &collector)
    case .dockerEnvironment: lines.readAsDocker(into: &collector)
    case .shellEnvironment: lines.readAsShell(into: &collector)
    case .credentials, .config: break
    }
    return lines.variables
}

private func systemdVariables(
    _ bytes: [UInt8], path: String, into collector: inout LintCollector
) -> [SetVariable] {
    let file: EnvironmentFile
    do {
        file = try EnvironmentFile(parsing: bytes, path: path)
    } catch {
        // Bytes that are no text are told already, with their place.
        if case .fileMalformed(_, let what) = error, bytes.count > EnvironmentFile.maxSize {
            collector.add(refusal(what, path, bytes))
        }
        return []
    }
    for finding in file.findings where finding.kind != .byteOrderMarkInLine {
        collector.add(finding.lint)
    }
    if file.findings.count >= EnvironmentFile.maxFindings { collector.leaveOut(.error) }
    // A quote that is never closed takes in all that follows it.
    let isOpen = file.findings.contains { $0.kind == .unclosedQuote }
    let last = isOpen ? file.valueStarts.values.max() : nil
    var place = TextPlace()
    return file.valueStarts.sorted { $0.value < $1.value }.map { name, start in
        let text = file.variables[name] ?? ""
        let value = Array(text.utf8)
        // Behind a quote the text is the value, unless something is escaped in it.
        let isQuoted = start < bytes.count && (bytes[start] == 0x22 || bytes[start] == 0x27)
        let begin = isQuoted ? start + 1 : start
        place.move(to: begin, in: bytes)
        let location = SourceLocation(file: path, line: place.line, column: place.column)
        let isVerbatim = bytes[min(begin, bytes.count)...].starts(with: value)
        let kept = commentStart(in: value).map { value[..<$0] } ?? value[...]
        let end = (kept.lastIndex { !isBlank($0) } ?? -1) + 1
        let named = file.locations[name] ?? location
        return SetVariable(
            name: name,
            value: Secret(bytes: Array(kept[..<(end < value.count ? end : value.count)])),
            place: .file(named),
            valuePlace: isVerbatim ? .text(location) : .whole(.file(named)), isKnown: start != last)
    }
}

/// What refuses a file as a whole.
private func refusal(_ what: String, _ path: String, _ bytes: [UInt8]) -> LintFinding {
    let isNul = bytes.starts(with: [0, 0])
    let isLarge = bytes.count > EnvironmentFile.maxSize && !what.hasSuffix("UTF-8 only")
    return LintFinding(
        isNul ? .nulByte : isLarge ? .unreadable : .utf16, .error,
        at: .file(SourceLocation(file: path, line: 1, column: 1)),
        "Nobody can read the file: \(what).",
        remedy: isNul || isLarge ? "Write the file anew." : "Save it as UTF-8.")
}

/// Where lines first end with CR LF, which only some readers bear.
private func lineEndFinding(_ bytes: [UInt8], _ path: String) -> LintFinding? {
    guard
        let offset = bytes.indices.first(where: { index in
            bytes[index] == 0x0A && index > 0 && bytes[index - 1] == 0x0D
        })
    else { return nil }
    var place = TextPlace()
    place.move(to: offset - 1, in: bytes)
    return LintFinding(
        .carriageReturn, .warning,
        at: .file(SourceLocation(file: path, line: place.line, column: place.column)),
        "The lines end with CR LF, as on Windows; shells and some tools take the CR for a part of "
            + "the value.",
        remedy: "Convert the file with dos2unix.")
}

extension LintDialect {
    /// What a finding about the bytes means to the one who reads such a file; nil for nothing.
    fileprivate func word(_ finding: LintFinding) -> LintFinding? {
        var finding = finding
        switch (self, finding.code) {
        case (.systemdEnvironment, .byteOrderMark):
            finding.message =
                "The file begins with a byte order mark, and systemd skips the first line for it."
        case (.systemdEnvironment, .nulByte):
            finding.message = "The line holds a NUL byte, for which systemd refuses the whole file."
        case (.systemdEnvironment, .invalidUTF8):
            finding.message = "The line is not valid UTF-8; systemd then refuses the whole file."
        // docker skips the mark.
        case (.dockerEnvironment, .byteOrderMark): return nil
        case (.dockerEnvironment, .invalidUTF8):
            finding.message = "The line is not valid UTF-8; docker then refuses the whole file."
        case (.shellEnvironment, .byteOrderMark):
            finding.message =
                "The file begins with a byte order mark, which a shell takes for a part of the "
                + "first word."
        case (.shellEnvironment, .invalidUTF8): finding.message = "The line is not valid UTF-8."
        default: break
        }
        return finding
    }
}
