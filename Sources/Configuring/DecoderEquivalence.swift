import Model

/// What primary and backups of a group must both be allowed to do.
extension Decoder {
    private static let actionCounts = 1...50

    /// Decodes `equivalent_actions`; empty without it.
    mutating func equivalentActions(_ node: YAMLNode?) -> [EquivalentAction] {
        let what = "`equivalent_actions`"
        guard let node, let elements = list(node, what) else { return [] }
        if !Self.actionCounts.contains(elements.count) {
            report(
                node.mark, "equivalent-count",
                "\(what) must have from \(Self.actionCounts.lowerBound) to "
                    + "\(Self.actionCounts.upperBound) actions, not \(elements.count)")
        }
        var actions: [EquivalentAction] = []
        for element in elements {
            guard let action = equivalentAction(element, what) else { continue }
            if actions.contains(action) {
                report(
                    element.mark, "equivalent-twice",
                    "\(shown(action.action)) on this resource stands in \(what) already")
            } else {
                actions.append(action)
            }
        }
        return actions
    }

    /// Takes a node as `s3:GetObject on arn:aws:s3:::bucket/*`; without ` on …` any resource is meant.
    private mutating func equivalentAction(_ node: YAMLNode, _ what: String) -> EquivalentAction? {
        guard let text = text(node, "an entry of \(what)") else { return nil }
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 1 || (words.count == 3 && words[1] == "on") else {
            report(
                node.mark, "invalid-action",
                "an entry of \(what) must have the form s3:GetObject on arn:aws:s3:::bucket/*, "
                    + "not \(shown(text))")
            return nil
        }
        let parts = words[0].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, isServicePrefix(parts[0]), isActionName(String(parts[1])) else {
            let advice =
                words[0].contains("*") ? "; IAM answers for whole names only, without *" : ""
            report(
                node.mark, "invalid-action",
                "the action in \(what) must have the form s3:GetObject, "
                    + "not \(shown(words[0]))\(advice)")
            return nil
        }
        let resource = words.count == 3 ? words[2] : "*"
        if let fault = resourceFault(resource) {
            report(node.mark, "invalid-arn", "the resource in \(what) \(fault)")
            return nil
        }
        return EquivalentAction(action: words[0], resource: resource)
    }

    private func isServicePrefix(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
            }
    }

    /// What keeps a text from being the ARN of a resource, or `*`.
    private func resourceFault(_ text: String) -> String? {
        if text == "*" { return nil }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn" else {
            return "must have the form arn:aws:s3:::bucket/*, or be *, not \(shown(text))"
        }
        guard parts[1].hasPrefix("aws") else {
            return "names no partition like aws, aws-cn or aws-us-gov after `arn:`"
        }
        guard !parts[2].isEmpty, !parts[5].isEmpty else {
            return "names no service or no resource: \(shown(text))"
        }
        guard text.utf8.count <= 2_048, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return "must have at most 2048 printable characters"
        }
        return nil
    }
}
