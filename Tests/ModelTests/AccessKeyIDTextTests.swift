import Model
import Testing

@Suite struct AccessKeyIDTextTests {
    @Test(arguments: [
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"), ("AKIASP2TPHJSQH3FJXYZ", "171436882533"),
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"), ("AKIAQNCLJGYSAZAAN74C", "028075177508"),
    ])
    func `a key id of the modern layout tells its account`(id: String, account: String) {
        #expect(accountInKeyID(id) == account)
    }

    @Test(arguments: [
        // The old layout, for which the formula would give a plausible, wrong number.
        "AKIAIOSFODNN7EXAMPLE", "AKIAJSIE27KKMHXI3BJQ",
        // No base32.
        "AKIAI44QH8DHBEXAMPLE", "AKIAQNCLJGYSAZAAN740", "AKIAqnclJGYSAZAAN74C",
        "AKIAQNCLJGYSAZAAN74\u{C9}",
        // Another length, or no prefix.
        "", "AKIA", "AKIAQNCLJGYSAZAAN74", "AKIAQNCLJGYSAZAAN74CA", "1234QNCLJGYSAZAAN74C",
        // More than twelve digits.
        "AKIA7777777777777777",
    ])
    func `what does not tell an account gives none`(id: String) {
        #expect(accountInKeyID(id) == nil)
    }

    @Test func `the last six characters have no part in it`() {
        #expect(accountInKeyID("AKIAQNCLJGYSAZ777777") == accountInKeyID("AKIAQNCLJGYSAZAAAAAA"))
    }
}
