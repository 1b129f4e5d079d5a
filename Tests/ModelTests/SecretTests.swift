import Model
import Support
import Testing

@Suite struct SecretTests {
    private let text = Sample.secret

    /// Everything that the language offers to show a value.
    private func renderings<Value>(of value: Value) -> [String] {
        var printed = ""
        print(value, to: &printed)
        var debugPrinted = ""
        debugPrint(value, to: &debugPrinted)
        var dumped = ""
        dump(value, to: &dumped)
        let mirrored = Mirror(reflecting: value).children.map { "\($0)" }
        return [
            printed, debugPrinted, dumped, "\(value)", String(describing: value),
            String(reflecting: value),
        ] + mirrored
    }

    @Test func `nothing that prints a secret shows it`() {
        let secret = Secret(text)
        #expect(renderings(of: secret).allSatisfy { !$0.contains(text) })
        #expect(renderings(of: [secret]).allSatisfy { !$0.contains(text) })
        #expect(renderings(of: Optional(secret)).allSatisfy { !$0.contains(text) })
        #expect(renderings(of: ["key": secret]).allSatisfy { !$0.contains(text) })
        #expect("\(secret)" == "<redacted>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
    }

    @Test func `neither do the bytes show in what contains one`() {
        let resolved = Sample.resolved(Sample.credentials(token: Sample.token))
        let bytes = "\(Array(text.utf8))".dropFirst().dropLast()
        for rendering in renderings(of: resolved) + renderings(of: resolved.credentials) {
            #expect(!rendering.contains(text))
            #expect(!rendering.contains(Sample.token))
            #expect(!rendering.contains(bytes))
        }
        // The premise: what is no secret does show.
        #expect(renderings(of: resolved).contains { $0.contains(Sample.keyID) })
    }

    @Test func `it is lent, revealed, compared and measured`() {
        let secret = Secret(text)
        #expect(secret.reveal() == text)
        #expect(secret.withBytes { Array($0) } == Array(text.utf8))
        #expect(secret == Secret(bytes: Array(text.utf8)))
        #expect(secret != Secret(text + "x"))
        #expect(secret.count == 40)
        #expect(!secret.isEmpty)
        #expect(Secret("").isEmpty)
        #expect(Secret(bytes: [0xFF, 0x41]).reveal() == "\u{FFFD}A")
    }

    @Test func `it cannot be encoded`() {
        #expect(!(Secret("x") as Any is any Encodable))
        #expect("x" as Any is any Encodable)
    }
}
