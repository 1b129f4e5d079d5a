/// Where the keys of one profile stand in a shared AWS file.
///
/// The rules are those of the SDKs' common specification. What makes them refuse the whole file is a
/// refusal here as well.
struct ProfileLayout {
    /// A property of the profile that belongs to its keys.
    struct Property {
        var field: KeyField
        var name: Range<Int>
        /// The value in the first line, without a comment.
        var value: Range<Int>
        /// The first line, with its end.
        var line: Range<Int>
        /// The further lines of the value, whole.
        var continued: [Range<Int>] = []
    }

    /// The lines of the profile's headers.
    private(set) var headers: [Range<Int>] = []
    private(set) var properties: [Property] = []
    /// Text of the first property of the profile that is none of its keys, from its name to its value.
    private(set) var separator: Range<Int>?
    /// Why the SDKs would take something else than the keys, as a clause.
    private(set) var override: String?

    private let bytes: [UInt8]
    private let isConfig: Bool
    private let profile: [UInt8]
    private var lineNumber = 0
    private var section = Section.none
    private var value = Value.none
    private var hasBareDefault = false
    private var hasPrefixedDefault = false
    private var hasRole = false
    private var sourceIsItself = false

    private enum Section {
        case none, other, wanted
    }

    /// What an indented line continues.
    private enum Value {
        case none
        case text(isKey: Bool)
        case nested(isKey: Bool)
    }

    init(_ bytes: [UInt8], profile: String, isConfig: Bool) throws(EditRefusal) {
        self.bytes = bytes
        self.isConfig = isConfig
        self.profile = Array(profile.utf8)
        guard self.profile.isName(self.profile.indices) else {
            throw EditRefusal("not all SDKs can read a profile of the name \(profile)")
        }
        var start = bytes.startOfText
        while start < bytes.count {
            lineNumber += 1
            let line = bytes.line(at: start)
            try read(line.text, line.whole)
            start = line.whole.upperBound
        }
        if hasBareDefault, hasPrefixedDefault {
            throw EditRefusal("it has [default] and [profile default]; SDKs differ in which counts")
        }
        if hasRole, !sourceIsItself {
            override = "the profile has a role_arn, which the SDKs use in place of keys"
        }
    }

    private mutating func read(_ text: Range<Int>, _ whole: Range<Int>) throws(EditRefusal) {
        let content = bytes.trim(text)
        guard !content.isEmpty else { return }
        switch bytes[text.lowerBound] {
        case 0x23, 0x3B: return
        case 0x5B: try readHeader(text, whole)
        case 0x20, 0x09: try readContinuation(content, whole)
        default: try readProperty(text, whole)
        }
    }

    private mutating func readHeader(
        _ text: Range<Int>, _ whole: Range<Int>
    ) throws(EditRefusal) {
        value = .none
        let comment = bytes[text].firstIndex(where: isCommentMark) ?? text.upperBound
        let header = bytes.trim(text.lowerBound..<comment)
        guard bytes[header.upperBound - 1] == 0x5D, header.count > 1 else {
            throw malformed("the section header is not closed")
        }
        let inside = bytes.trim(header.lowerBound + 1..<header.upperBound - 1)
        section = try isWanted(inside) ? .wanted : .other
        if section == .wanted { headers.append(whole) }
    }

    private mutating func isWanted(_ inside: Range<Int>) throws(EditRefusal) -> Bool {
        guard isConfig else { return bytes[inside].elementsEqual(profile) }
        let blank = bytes[inside].firstIndex(where: isBlank) ?? inside.upperBound
        let word = bytes[inside.lowerBound..<blank]
        let name = bytes[bytes.trim(blank..<inside.upperBound)]
        if name.isEmpty {
            guard word.elementsEqual("default".utf8), profile.elementsEqual("default".utf8) else {
                return false
            }
            hasBareDefault = true
            return true
        }
        guard word.elementsEqual("profile".utf8) else { return false }
        if name.count == profile.count + 2, name.first == name.last,
            name.first == 0x22 || name.first == 0x27,
            name.dropFirst().dropLast().elementsEqual(profile)
        {
            throw malformed("the profile's name is in quotes, which only some SDKs read")
        }
        guard name.elementsEqual(profile) else { return false }
        if profile.elementsEqual("default".utf8) { hasPrefixedDefault = true }
        return true
    }

    private mutating func readProperty(
        _ text: Range<Int>, _ whole: Range<Int>
    ) throws(EditRefusal) {
        guard section != .none else { throw malformed("it stands before the first section") }
        guard let (name, content) = bytes.splitProperty(text) else {
            throw malformed("there is no = in it")
        }
        var isKey = false
        if section == .wanted, bytes.isName(name) {
            if let field = KeyField(property: bytes[name]) {
                isKey = true
                properties.append(Property(field: field, name: name, value: content, line: whole))
            } else {
                note(name, content)
            }
        }
        value = content.isEmpty ? .nested(isKey: isKey) : .text(isKey: isKey)
    }

    /// Takes note of what else there is in the profile.
    private mutating func note(_ name: Range<Int>, _ content: Range<Int>) {
        if separator == nil, !content.isEmpty { separator = name.upperBound..<content.lowerBound }
        switch String(decoding: bytes[name].map(lowercase), as: UTF8.self) {
        case "role_arn": hasRole = true
        case "source_profile": sourceIsItself = bytes[content].elementsEqual(profile)
        case "web_identity_token_file", "sso_session", "sso_account_id", "sso_start_url":
            let what = String(decoding: bytes[name].map(lowercase), as: UTF8.self)
            override = "the profile has \(what), which SDKs use in place of keys"
        default: break
        }
    }

    private mutating func readContinuation(
        _ content: Range<Int>, _ whole: Range<Int>
    ) throws(EditRefusal) {
        if isCommentMark(bytes[content.lowerBound]) { return }
        let isKey: Bool
        switch value {
        case .none: throw malformed("it is indented, and there is nothing that it continues")
        case .nested(let key):
            guard bytes.splitProperty(content) != nil else {
                throw malformed("it is indented below an empty value, and there is no = in it")
            }
            isKey = key
        case .text(let key): isKey = key
        }
        if isKey { properties[properties.count - 1].continued.append(whole) }
    }

    private func malformed(_ what: String) -> EditRefusal {
        EditRefusal("the SDKs would not read it as it is meant: line \(lineNumber): \(what)")
    }
}

extension [UInt8] {
    /// Takes `name = value` apart, trimmed and without a comment; nil without `=` or a name.
    fileprivate func splitProperty(
        _ line: Range<Int>
    ) -> (name: Range<Int>, value: Range<Int>)? {
        let content = line.lowerBound..<endWithoutComment(line)
        guard let equals = self[content].firstIndex(of: 0x3D) else { return nil }
        let name = trim(content.lowerBound..<equals)
        return name.isEmpty ? nil : (name, trim(equals + 1..<content.upperBound))
    }

    /// Where a line ends before a comment: `#` or `;` after white space.
    private func endWithoutComment(_ line: Range<Int>) -> Int {
        var follows = false
        for index in line {
            let byte = self[index]
            if follows, isCommentMark(byte) { return index }
            follows = isBlank(byte)
        }
        return line.upperBound
    }

    /// Says whether all bytes may stand in the name of a section or property.
    fileprivate func isName(_ range: Range<Int>) -> Bool {
        !range.isEmpty
            && self[range].allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                case 0x5F, 0x2D, 0x2F, 0x2E, 0x25, 0x40, 0x3A, 0x2B: true
                default: false
                }
            }
    }
}
