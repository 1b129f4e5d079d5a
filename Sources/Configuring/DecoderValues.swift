import Model

/// The forms of text that have rules of their own.
extension Decoder {
    /// Takes a node as a name: 1 to 128 bytes, printable, no blanks at its ends.
    mutating func name(_ node: YAMLNode?, _ what: String) -> String? {
        guard let node, let text = text(node, what) else { return nil }
        let fault: String?
        if text.isEmpty {
            fault = "must not be empty"
        } else if text.utf8.count > 128 {
            fault = "must have at most 128 bytes, not \(text.utf8.count)"
        } else if text.first == " " || text.last == " " {
            fault = "must not begin or end with a blank"
        } else if let scalar = text.unicodeScalars.first(where: { !isPrintable($0) }) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            fault = "must not hold the invisible character U+\(padded(code))"
        } else {
            fault = nil
        }
        guard let fault else { return text }
        report(node.mark, "invalid-name", "\(what) \(fault)")
        return nil
    }

    /// Takes a node as an absolute path of at most `longest` bytes.
    mutating func path(_ node: YAMLNode?, _ what: String, longest: Int = 4_095) -> String? {
        guard let node, let text = text(node, what) else { return nil }
        guard text.utf8.first == 0x2F else {
            let advice = text.hasPrefix("~") ? " (~ is not expanded here)" : ""
            report(
                node.mark, "not-absolute",
                "\(what) must be an absolute path, not \(shown(text))\(advice)")
            return nil
        }
        let fault: String?
        if text.utf8.count > longest {
            fault = "must have at most \(longest) bytes, not \(text.utf8.count)"
        } else if text.utf8.last == 0x2F, text.utf8.count > 1 {
            fault = "must not end with a slash"
        } else if text.unicodeScalars.contains(where: { !isPrintable($0) }) {
            fault = "must not hold an invisible character"
        } else {
            fault = nil
        }
        guard let fault else { return text }
        report(node.mark, "invalid-path", "\(what) \(fault)")
        return nil
    }

    /// Takes a node as an AWS region like `eu-central-1`.
    mutating func region(_ node: YAMLNode?) -> Sourced<String>? {
        guard let node, let text = text(node, "`region`") else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let hasForm =
            parts.count >= 3 && text.utf8.count <= 64
            && parts.dropLast().allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7A).contains($0) }
            }
        let number = parts.last ?? ""
        if hasForm, !number.isEmpty, number.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Sourced(text, from: .configuration(location(node.mark)))
        }
        let isZone =
            hasForm && number.utf8.count > 1
            && number.utf8.dropLast().allSatisfy { (0x30...0x39).contains($0) }
        let advice = isZone ? "; this is an availability zone, a region ends with the digit" : ""
        report(
            node.mark, "invalid-region",
            "`region` must have the form eu-central-1, not \(shown(text))\(advice)")
        return nil
    }

    /// Takes a node as an account: exactly 12 digits, with quotes or without.
    mutating func account(_ node: YAMLNode?) -> String? {
        guard let node, let text = text(node, "`account`") else { return nil }
        guard isAccount(text) else {
            let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            let advice =
                isNumber && text.utf8.count < 12
                ? "; leading zeros belong to it: put quotes around all 12 digits" : ""
            report(
                node.mark, "invalid-account",
                "`account` must be 12 digits, not \(shown(text))\(advice)")
            return nil
        }
        return text
    }

    /// Takes a node as an ARN that `GetCallerIdentity` may answer; `*` stands for any characters.
    mutating func arn(_ node: YAMLNode?) -> String? {
        guard let node, let text = text(node, "`arn`") else { return nil }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let fault: String?
        if parts.count < 6 || parts[0] != "arn" {
            fault = "must have the form arn:aws:iam::123456789012:user/NAME, not \(shown(text))"
        } else if parts[1] != "*", !parts[1].hasPrefix("aws") {
            fault = "names no partition like aws, aws-cn or aws-us-gov after `arn:`"
        } else if parts[2] != "iam", parts[2] != "sts" {
            fault = "must be of the service iam or sts, not \(shown(String(parts[2])))"
        } else if !parts[3].isEmpty {
            fault = "has no region: nothing stands between the third and the fourth colon"
        } else if !isAccount(parts[4]), parts[4] != "*" {
            fault = "must have 12 digits as its account, not \(shown(String(parts[4])))"
        } else if parts[5].isEmpty || text.utf8.count > 2_048
            || text.unicodeScalars.contains(where: { !isPrintable($0) || $0 == " " })
        {
            fault = "names no user or role after the account"
        } else if parts[2] == "iam", parts[5].hasPrefix("role/") {
            let role = parts[5].split(separator: "/").last ?? "NAME"
            let account = parts[4]
            fault =
                "never is a role's own: a role shows itself as "
                + "arn:\(parts[1]):sts::\(account):assumed-role/\(role)/*"
        } else {
            fault = nil
        }
        guard let fault else { return text }
        report(node.mark, "invalid-arn", "`arn` \(fault)")
        return nil
    }

    private func padded(_ code: String) -> String {
        String(repeating: "0", count: max(0, 4 - code.utf8.count)) + code
    }
}

/// Whether a text is an account: exactly 12 digits.
func isAccount(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
}
