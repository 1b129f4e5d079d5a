import Model
import Testing

@testable import Sandbox

@Suite struct IdentifiersTests {
    @Test(arguments: [
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"), ("AKIASP2TPHJSQH3FJXYZ", "171436882533"),
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"), ("AKIAQNCLJGYSAZAAN74C", "028075177508"),
        ("AKIAIOSFODNN7EXAMPLE", nil), ("AKIAJSIE27KKMHXI3BJQ", nil),
        ("AKIAI44QH8DHBEXAMPLE", nil), ("", nil), ("AKIA", nil), ("AKIA77777777777777777", nil),
        ("AKIA7777777777777777", nil),
    ])
    func readsTheAccountOutOfAKeyID(id: String, account: String?) {
        #expect(Identifiers.account(inAccessKeyID: id) == account)
    }

    @Test(arguments: ["000000000000", "000000000001", "123456789012", "999999999999"])
    func writesTheAccountIntoAKeyID(account: String) throws {
        var entropy = Entropy(seed: 1)
        for _ in 0..<100 {
            let id = Identifiers.accessKeyID(
                prefix: "AKIA", account: try #require(UInt64(account)), using: &entropy)
            #expect(id.utf8.count == 20)
            #expect(id.dropFirst(4).allSatisfy { "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".contains($0) })
            #expect(Identifiers.account(inAccessKeyID: id) == account)
        }
    }

    @Test func makesSecretsAndIDsOfTheRightForm() {
        var entropy = Entropy()
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+"
        for _ in 0..<100 {
            let secret = Identifiers.secret(using: &entropy).reveal()
            #expect(secret.count == 40)
            #expect(secret.allSatisfy { letters.contains($0) })
            #expect(
                Identifiers.resourceID(prefix: "AIDA", account: 1, using: &entropy).count == 21)
            #expect(Identifiers.sessionToken(using: &entropy).reveal().hasSuffix("="))
        }
        let id = Identifiers.requestID(using: &entropy)
        #expect(id.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    }

    @Test func repeatsItselfFromASeedOnly() {
        var (one, two) = (Entropy(seed: 5), Entropy(seed: 5))
        #expect(Identifiers.secret(using: &one) == Identifiers.secret(using: &two))
        var (three, four) = (Entropy(), Entropy())
        #expect(Identifiers.secret(using: &three) != Identifiers.secret(using: &four))
    }
}
