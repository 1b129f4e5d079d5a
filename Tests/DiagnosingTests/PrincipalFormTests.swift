import Model
import Testing

@testable import Diagnosing

@Suite struct PrincipalFormTests {
    @Test(arguments: [
        ("arn:aws:iam::1:user/a/b", PrincipalForm.user(name: "b", arn: "arn:aws:iam::1:user/a/b")),
        (
            "arn:aws-cn:sts::1:assumed-role/r/s",
            .role(name: "r", plain: "arn:aws-cn:iam::1:role/r")
        ),
        ("arn:aws:iam::1:root", .other("it is the account's root user, who may do everything")),
        (
            "arn:aws:sts::1:federated-user/x",
            .other("IAM simulates users and roles only, and it is neither")
        ),
        ("nonsense", .other("its ARN has no known form")),
    ])
    func `identities are told apart`(arn: String, form: PrincipalForm) {
        #expect(
            PrincipalForm(CallerIdentity(account: "1", arn: arn, userID: "")) == form)
    }

    @Test(arguments: [
        ("arn:aws:iam::1:user/a/b", "--policy-source-arn arn:aws:iam::1:user/a/b"),
        // A path may hold what a shell would read.
        ("arn:aws:iam::1:user/a;b/c", "--policy-source-arn 'arn:aws:iam::1:user/a;b/c'"),
        ("arn:aws:iam::1:user/$(x)", nil), ("arn:aws:iam::1:user/a b", nil), ("", nil),
        ("arn:aws:iam::1:user/" + String(repeating: "a", count: 65), nil),
        ("arn:aws:iam::1:user/" + String(repeating: "a/", count: 2_000) + "b", nil),
    ])
    func `only a name that IAM can have is in a command`(arn: String, option: String?) {
        #expect(optionNaming(principal: arn) == option)
    }

    @Test func `a name with a hyphen in front is no option`() {
        #expect(isNameInIAM("-x") && shellOption("--user-name", "-x") == "--user-name=-x")
    }
}
