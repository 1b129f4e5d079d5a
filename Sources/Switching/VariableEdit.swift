import Model

/// The keys in a file of variables, to be changed.
struct VariableEdit {
    private let bytes: [UInt8]
    private let layout: VariableLayout

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        layout = try VariableLayout(bytes)
    }

    /// The value that counts: the last one of a name.
    func value(_ field: KeyField) -> [UInt8]? {
        layout.assignments.last { $0.field == field }?.text
    }

    /// Whether every line of the keys says what it is to say.
    func holds(_ keys: WrittenKeys) -> Bool {
        let lines = layout.assignments.filter { $0.field != .expiry }
        return Set(lines.map(\.field)).isSuperset(of: keys.neededFields)
            && lines.allSatisfy { $0.text == $0.field.value(in: keys) }
    }

    /// All bytes but those of the lines of the keys.
    var rest: [UInt8] {
        var patch = Patch()
        layout.assignments.forEach { patch.remove($0.lines) }
        return patch.applied(to: bytes)
    }

    /// The text with other keys, and what of it, at the end, is new beside them.
    func edited(_ keys: WrittenKeys) -> (bytes: [UInt8], glue: [UInt8]) {
        var patch = Patch()
        for assignment in layout.assignments {
            guard let value = assignment.field.value(in: keys) else {
                patch.remove(assignment.lines)
                continue
            }
            let quote = assignment.quote.map { [$0] } ?? []
            let end = blanksEnd(behind: assignment)
            patch.replace(assignment.value.lowerBound..<end, by: quote + value + quote)
        }
        var glue: [UInt8] = []
        add(keys, to: &patch, &glue)
        return (patch.applied(to: bytes), glue)
    }

    /// Where the blanks behind a value end: docker takes these for a part of it.
    private func blanksEnd(behind assignment: VariableLayout.Assignment) -> Int {
        var end = assignment.value.upperBound
        while end < assignment.lines.upperBound, isBlank(bytes[end]) { end += 1 }
        // A shell's comment needs the blank before it.
        let isComment = end < assignment.lines.upperBound && bytes[end] == 0x23
        return isComment ? assignment.value.upperBound : end
    }

    private func add(_ keys: WrittenKeys, to patch: inout Patch, _ glue: inout [UInt8]) {
        func last(_ field: KeyField) -> VariableLayout.Assignment? {
            layout.assignments.last { $0.field == field }
        }
        let id = last(.accessKeyID)
        let secret = last(.secretAccessKey)
        var end: [UInt8] = []
        for field in keys.neededFields where last(field) == nil {
            guard let value = field.value(in: keys) else { continue }
            let anchor = field == .accessKeyID ? nil : field == .sessionToken ? secret ?? id : id
            let text = line(field, value, like: anchor ?? secret ?? id)
            if field == .accessKeyID, let secret {
                let lineEnd = bytes.lineEnd(of: secret.lines) ?? bytes.lineEnd
                patch.insert(text + lineEnd, at: secret.lines.lowerBound)
            } else if let anchor {
                patch.insertLine(text, after: anchor.lines, of: bytes)
                if bytes.lineEnd(of: anchor.lines) == nil { glue = bytes.lineEnd }
            } else {
                end += text + bytes.lineEnd
            }
        }
        guard !end.isEmpty else { return }
        let isLastRemoved = layout.assignments.contains {
            $0.lines.upperBound == bytes.count && $0.field.value(in: keys) == nil
        }
        if bytes.count > bytes.startOfText, bytes.last != 0x0A, !isLastRemoved {
            glue = bytes.lineEnd
        }
        patch.insert(glue + end, at: bytes.count)
    }

    private func line(
        _ field: KeyField, _ value: [UInt8], like other: VariableLayout.Assignment?
    ) -> [UInt8] {
        let isExported = other?.isExported ?? layout.isShell
        let quote = other?.quote.map { [$0] } ?? []
        return Array(((isExported ? "export " : "") + field.variable + "=").utf8)
            + quote + value + quote
    }
}

extension KeyField {
    /// The name of the variable, for a new line.
    fileprivate var variable: String {
        switch self {
        case .accessKeyID, .oldAccessKeyID: "AWS_ACCESS_KEY_ID"
        case .secretAccessKey, .oldSecretAccessKey: "AWS_SECRET_ACCESS_KEY"
        case .sessionToken: "AWS_SESSION_TOKEN"
        case .securityToken: "AWS_SECURITY_TOKEN"
        case .expiry: "AWS_CREDENTIAL_EXPIRATION"
        }
    }
}
