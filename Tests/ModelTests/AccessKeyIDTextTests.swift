import Model
import Testing

@Suite struct AccessKeyIDTextTests {
    @Test(
        arguments: [
            ("ASIAY34FZKBOKMUTVV7A", "609629065308"), ("AKIASP2TPHJSQH3FJXYZ", "171436882533"),
            ("ASIAQNZGKIQY56JQ7WML", "029608264753"), ("AKIAQNCLJGYSAZAAN74C", "028075177508"),
            // The layout of before 2019 carries none.
            ("AKIAIOSFODNN7EXAMPLE", nil), ("AKIAJSIE27KKMHXI3BJQ", nil),
            // Not base32.
            ("AKIAI44QH8DHBEXAMPLE", nil), ("AKIAQNCLJGYSAZAAN74c", nil),
            ("AKIAQNCLJGYSAZAAN740", nil),
            // Above 999999999999.
            ("AKIA7777777777777777", nil),
            // Not of a key.
            ("AIDAQNCLJGYSAZAAN74C", nil), ("AKIAQNCLJGYSAZAAN74", nil),
            ("AKIAQNCLJGYSAZAAN74CX", nil), ("", nil),
        ] as [(String, String?)])
    func `the account of an id`(id: String, account: String?) {
        #expect(accountInKeyID(id) == account)
    }
}
