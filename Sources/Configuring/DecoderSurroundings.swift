import Model

/// Whose credentials a profile of the config means.
extension Decoder {
    /// Decodes the one key that names other surroundings than credwatch's own.
    mutating func surroundings(_ section: Section) -> Surroundings {
        let given = ["environment_file", "unit", "credential"].filter { section[$0] != nil }
        for key in given.dropFirst() {
            report(
                section.mark(of: key), "conflicting-keys",
                "`\(key)` cannot stand beside `\(given[0])`; a profile has one of "
                    + "environment_file, unit and credential")
        }
        if let path = path(section["environment_file"], "`environment_file`") {
            return .environmentFile(path)
        }
        if let unit = unit(section["unit"]) { return .unit(unit) }
        if let name = credential(section["credential"]) { return .credential(name) }
        return .own
    }

    /// Decodes `source`.
    ///
    /// Without it a profile is a named one; in the environment of somebody else only if it is named.
    mutating func origin(_ section: Section, _ surroundings: Surroundings) -> ProfileOrigin {
        guard let node = section["source"], let text = text(node, "`source`") else {
            switch surroundings {
            case .own, .credential: return .profile
            case .environmentFile, .unit, .process:
                return section["profile"] == nil ? .defaultChain : .profile
            }
        }
        guard let origin = ProfileOrigin(rawValue: text) else {
            let choices = ProfileOrigin.allCases.map(\.rawValue)
            report(
                node.mark, "invalid-choice",
                "`source` cannot be \(shown(text))\(suggestion(for: text, among: choices)) "
                    + "(allowed: \(choices.joined(separator: ", ")))")
            return .profile
        }
        if section["credential"] != nil {
            report(
                section.mark(of: "source"), "conflicting-keys",
                "`source` has no meaning with `credential`, which is the source itself")
        } else if origin == .defaultChain, section["profile"] != nil {
            report(
                section.mark(of: "profile"), "conflicting-keys",
                "`profile` has no meaning with `source: default_chain`, which names no profile")
        }
        return origin
    }

    /// Takes a node as the name of a service: `app.service`, `app@1.service`.
    mutating func unit(_ node: YAMLNode?, _ what: String = "`unit`") -> String? {
        guard let node, let text = text(node, what) else { return nil }
        let stem = text.hasSuffix(".service") ? text.dropLast(8) : text[...]
        let fault: String?
        if text.utf8.count > 255 {
            fault = "must have at most 255 bytes, not \(text.utf8.count)"
        } else if stem.isEmpty || !stem.utf8.allSatisfy(Self.isInUnitNames) {
            fault =
                "must be the name of a service like app.service (letters, digits and : - _ . \\ @), "
                + "not \(shown(text))"
        } else if stem.hasSuffix("@") {
            fault = "names a template; name one instance of it, like \(shown(stem + "1.service"))"
        } else if stem.utf8.count == text.utf8.count {
            let advice =
                text.contains(".") ? "" : "; did you mean \(shown(text + ".service"))?"
            fault = "must end with .service\(advice)"
        } else {
            fault = nil
        }
        guard let fault else { return text }
        report(node.mark, "invalid-unit", "\(what) \(fault)")
        return nil
    }

    private static func isInUnitNames(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x3A, 0x40...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5C, 0x5F: true
        default: false
        }
    }

    /// Takes a node as the name of a file in systemd's directory of credentials.
    private mutating func credential(_ node: YAMLNode?) -> String? {
        guard let node, let text = text(node, "`credential`") else { return nil }
        let fault: String?
        if text.isEmpty || text == "." || text == ".." {
            fault = "must be the name of a credential, not \(shown(text))"
        } else if text.utf8.contains(0x2F) {
            fault =
                "must be the name that LoadCredential= gives, without a slash, not \(shown(text))"
        } else if text.utf8.count > 255 {
            fault = "must have at most 255 bytes, not \(text.utf8.count)"
        } else if text.utf8.contains(0x3A)
            || !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        {
            fault = "must be of visible ASCII characters without a colon, as systemd wants it"
        } else {
            fault = nil
        }
        guard let fault else { return text }
        report(node.mark, "invalid-credential", "`credential` \(fault)")
        return nil
    }
}
