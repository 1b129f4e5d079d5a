import Model

/// The keys of a profile in a shared AWS file, to be changed.
struct ProfileEdit {
    private let bytes: [UInt8]
    private let layout: ProfileLayout
    private let header: [UInt8]

    init(_ bytes: [UInt8], profile: String, isConfig: Bool) throws(EditRefusal) {
        self.bytes = bytes
        layout = try ProfileLayout(bytes, profile: profile, isConfig: isConfig)
        let isPrefixed = isConfig && profile != "default"
        header = Array((isPrefixed ? "[profile \(profile)]" : "[\(profile)]").utf8)
        if let reason = layout.override { throw EditRefusal(reason) }
    }

    /// The value that counts: the last one of a name.
    func value(_ field: KeyField) -> [UInt8]? {
        layout.properties.last { $0.field == field }.map(value)
    }

    private func value(_ property: ProfileLayout.Property) -> [UInt8] {
        property.continued.reduce(Array(bytes[property.value])) {
            $0 + [0x0A] + bytes[bytes.trim($1)]
        }
    }

    /// Whether every line of the profile says what it is to say.
    func holds(_ keys: WrittenKeys) -> Bool {
        let lines = layout.properties.filter { $0.field != .expiry }
        let fields = Set(lines.map(\.field))
        return fields.isSuperset(of: keys.neededFields)
            && lines.allSatisfy { value($0) == $0.field.value(in: keys) }
    }

    /// All bytes but those of the lines of the keys.
    var rest: [UInt8] {
        var patch = Patch()
        for property in layout.properties {
            patch.remove(property.line)
            property.continued.forEach { patch.remove($0) }
        }
        return patch.applied(to: bytes)
    }

    /// The text with other keys, and what of it, at the end, is new beside them.
    func edited(_ keys: WrittenKeys) -> (bytes: [UInt8], glue: [UInt8]) {
        var patch = Patch()
        // SDKs differ in which of two lines counts, so no line keeps an old value.
        for property in layout.properties {
            property.continued.forEach { patch.remove($0) }
            if let value = property.field.value(in: keys) {
                patch.replace(property.value, by: gap(before: property) + value)
            } else {
                patch.remove(property.line)
            }
        }
        guard let first = layout.headers.first else { return appended(keys) }
        add(keys, below: first, to: &patch)
        return (patch.applied(to: bytes), bytes.lineEnd)
    }

    /// A space where a value is put behind `name =`.
    private func gap(before property: ProfileLayout.Property) -> [UInt8] {
        let start = property.value.lowerBound
        guard property.value.isEmpty, bytes[start - 1] == 0x3D, isBlank(bytes[start - 2]) else {
            return []
        }
        return [0x20]
    }

    /// Adds the lines that are missing, each beside its companion.
    private func add(_ keys: WrittenKeys, below header: Range<Int>, to patch: inout Patch) {
        func last(_ field: KeyField) -> ProfileLayout.Property? {
            layout.properties.last { $0.field == field }
        }
        let missing = keys.neededFields.filter { last($0) == nil }
        let id = last(.accessKeyID)
        let secret = last(.secretAccessKey)
        for field in missing {
            guard let value = field.value(in: keys) else { continue }
            let anchor = field == .accessKeyID ? nil : field == .sessionToken ? secret ?? id : id
            let text = line(field, value, like: anchor ?? secret ?? id)
            if field == .accessKeyID, let secret {
                let end = bytes.lineEnd(of: secret.line) ?? bytes.lineEnd
                patch.insert(text + end, at: secret.line.lowerBound)
            } else {
                patch.insertLine(text, after: anchor?.line ?? header, of: bytes)
            }
        }
    }

    /// Writes a line with the white space that another one has around its equals sign.
    private func line(
        _ field: KeyField, _ value: [UInt8], like other: ProfileLayout.Property?
    ) -> [UInt8] {
        var separator = Array(" = ".utf8)
        if let other, !other.value.isEmpty {
            separator = Array(bytes[other.name.upperBound..<other.value.lowerBound])
        } else if let range = layout.separator {
            separator = Array(bytes[range])
        }
        return Array(field.property.utf8) + separator + value
    }

    private func appended(_ keys: WrittenKeys) -> (bytes: [UInt8], glue: [UInt8]) {
        let end = bytes.lineEnd
        var glue: [UInt8] = []
        if bytes.count > bytes.startOfText {
            if bytes.last != 0x0A { glue += end }
            glue += end
        }
        glue += header + end
        var lines: [UInt8] = []
        for field in keys.neededFields {
            lines += line(field, field.value(in: keys) ?? [], like: nil) + end
        }
        return (bytes + glue + lines, glue)
    }
}

extension WrittenKeys {
    /// The lines that have to be there.
    var neededFields: [KeyField] {
        [.accessKeyID, .secretAccessKey] + (sessionToken == nil ? [] : [.sessionToken])
    }
}

extension KeyField {
    /// The name in a shared file, for a new line.
    fileprivate var property: String {
        switch self {
        case .accessKeyID, .oldAccessKeyID: "aws_access_key_id"
        case .secretAccessKey, .oldSecretAccessKey: "aws_secret_access_key"
        case .sessionToken: "aws_session_token"
        case .securityToken: "aws_security_token"
        case .expiry: "aws_session_expiration"
        }
    }
}
