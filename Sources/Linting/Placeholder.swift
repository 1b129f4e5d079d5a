/// Says whether a text is a stand-in that was never replaced.
package func isPlaceholder(_ text: String) -> Bool {
    if isDocumentationExample(text) { return true }
    // An untouched template variable: $VAR, ${VAR}, $(cmd), {{ var }}, %VAR%, <your key>.
    if text.hasPrefix("$") { return true }
    for (open, close) in [("{{", "}}"), ("%", "%"), ("<", ">")]
    where text.count > 2 && text.hasPrefix(open) && text.hasSuffix(close) {
        return true
    }
    if isReference(text) || ["undefined", "null", "none", "nil"].contains(text.lowercased()) {
        return true
    }
    let plain = text.lowercased().filter { $0.isLetter || $0.isNumber }
    if plain.isEmpty { return text.allSatisfy { "*.-_".contains($0) } }
    if plain.count >= 4, plain.allSatisfy({ $0 == "x" }) { return true }
    let words = [
        "your", "replaceme", "changeme", "accesskey", "secretkey", "awsaccesskey", "awssecret",
        "secretaccesskey", "sessiontoken", "insert", "placeholder", "example", "dummy", "todo",
        "fixme",
    ]
    // A real key may spell a word by chance somewhere; at its very start, and without a digit, it is none.
    return !plain.contains(where: \.isNumber) && words.contains { plain.hasPrefix($0) }
}

/// Says whether a text names a place in a store of secrets, which somebody should have looked up.
private func isReference(_ text: String) -> Bool {
    [
        "op://", "vault:", "ref+", "arn:aws:secretsmanager:", "arn:aws:ssm:", "aws-secretsmanager:",
        "secretsmanager:", "ssm://", "gcp:secretmanager:", "akv:", "keeper://", "bws://",
    ].contains { text.hasPrefix($0) }
}

/// Says whether a text is one of the example credentials of AWS's documentation, which are nobody's.
func isDocumentationExample(_ text: String) -> Bool { documentationExamples.contains(text) }

private let documentationExamples: Set<String> = [
    "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE",
    "ASIAI44QH8DHBEXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
]
