import Model
import Testing

@testable import Answers

@Suite struct InquiryReadingTests {
    private func read(_ text: String, _ action: InquiryAction) -> InquiryReply? {
        InquiryReply(reading: Array(text.utf8), to: action)
    }

    private func list(_ members: String, _ rest: String = "<IsTruncated>false</IsTruncated>")
        -> String
    {
        "<ListAccessKeysResponse><ListAccessKeysResult><AccessKeyMetadata>\(members)</AccessKeyMetadata>\(rest)</ListAccessKeysResult></ListAccessKeysResponse>"
    }

    private func key(_ id: String, _ status: String = "Active") -> String {
        "<member><UserName>app</UserName><AccessKeyId>\(id)</AccessKeyId><Status>\(status)</Status><CreateDate>2026-01-02T03:04:05Z</CreateDate></member>"
    }

    @Test func `an account has twelve digits`() {
        #expect(
            read("<A><Account> 012345678901\n</Account></A>", .accessKeyInfo)
                == .account("012345678901"))
        #expect(read("<A><Account>12345678901</Account></A>", .accessKeyInfo) == nil)
        #expect(read("<A><Account>12345678901x</Account></A>", .accessKeyInfo) == nil)
        #expect(read("<html>", .accessKeyInfo) == nil)
    }

    @Test func `a last use has its time, or was never`() {
        let used = read(
            "<R><UserName>app</UserName><AccessKeyLastUsed><Region>us-east-1</Region><LastUsedDate>2026-01-02T03:04:05Z</LastUsedDate><ServiceName>sts</ServiceName></AccessKeyLastUsed></R>",
            .accessKeyLastUsed)
        let time = WallTime(parsing: "2026-01-02T03:04:05Z")
        #expect(
            used
                == .lastUsed(
                    user: "app",
                    time.map { KeyUse(at: $0, service: "sts", region: "us-east-1") }))
        let never = read(
            "<R><UserName>app</UserName><AccessKeyLastUsed><Region>N/A</Region><ServiceName>N/A</ServiceName></AccessKeyLastUsed></R>",
            .accessKeyLastUsed)
        #expect(never == .lastUsed(user: "app", nil))
        #expect(read("<R><AccessKeyLastUsed/></R>", .accessKeyLastUsed) == nil)
    }

    @Test func `a list keeps its keys apart, and says where it goes on`() throws {
        let reply = read(
            list(
                key("AKIAQNCLJGYSAZAAN74C") + key("AKIASP2TPHJSQH3FJXYZ", "Inactive"),
                "<IsTruncated>true</IsTruncated><Marker>a/b+c==</Marker>"), .accessKeys)
        guard case .keys(let keys, let next) = reply else {
            Issue.record("\(String(describing: reply))")
            return
        }
        #expect(keys.map(\.id) == ["AKIAQNCLJGYSAZAAN74C", "AKIASP2TPHJSQH3FJXYZ"])
        #expect(keys.map(\.isActive) == [true, false])
        #expect(keys[0].createdAt?.rfc3339 == "2026-01-02T03:04:05Z")
        #expect(next == "a/b+c==")
        #expect(read(list(""), .accessKeys) == .keys([], next: nil))
        #expect(read("<R><AccessKeyMetadata/></R>", .accessKeys) == .keys([], next: nil))
    }

    @Test(arguments: [
        // Cut off without saying where it goes on.
        "<IsTruncated>true</IsTruncated>", "<IsTruncated>true</IsTruncated><Marker></Marker>",
        "<IsTruncated>true</IsTruncated><Marker>two words</Marker>",
    ])
    func `a list that is not whole is none`(rest: String) {
        #expect(read(list(key("AKIAQNCLJGYSAZAAN74C"), rest), .accessKeys) == nil)
    }

    @Test func `a list with a key that cannot be read is none`() {
        #expect(read(list(key("AKIA two")), .accessKeys) == nil)
        #expect(read(list("<member><AccessKeyId>AKIA</AccessKeyId></member>"), .accessKeys) == nil)
        #expect(read(list(key(String(repeating: "A", count: 5_000))), .accessKeys) == nil)
    }

    @Test func `nested and endless documents end`() {
        let deep = String(repeating: "<member>", count: 100_000)
        #expect(read(list(deep), .accessKeys) == .keys([], next: nil))
        // Within a member, only what is right below it counts.
        let inner = "<member><x><AccessKeyId>AKIAQNCLJGYSAZAAN74C</AccessKeyId></x></member>"
        #expect(read(list(inner), .accessKeys) == nil)
        let many = String(repeating: key("AKIAQNCLJGYSAZAAN74C"), count: 3_000)
        guard case .keys(let keys, _)? = read(list(many), .accessKeys) else {
            Issue.record("no list")
            return
        }
        #expect(keys.count == 1_000)
        let entity = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
        #expect(read(entity + "<R><Account>&b;</Account></R>", .accessKeyInfo) == nil)
    }

    @Test func `the names of policies are read`() {
        let policies = """
            <ListAttachedUserPoliciesResponse><ListAttachedUserPoliciesResult><AttachedPolicies>
            <member><PolicyName>A</PolicyName><PolicyArn>arn:x</PolicyArn></member>
            <member><PolicyName> B
            </PolicyName></member></AttachedPolicies>
            </ListAttachedUserPoliciesResult></ListAttachedUserPoliciesResponse>
            """
        #expect(read(policies, .attachedPolicies) == .policies(["A", "B"], next: nil))
    }

    @Test func `tags of a user are not its name`() {
        let reply = read(
            "<R><User><Tags><member><UserName>other</UserName></member></Tags><UserName>app</UserName><Arn>arn:aws:iam::123456789012:user/app</Arn></User></R>",
            .user)
        #expect(reply == .user(name: "app", arn: "arn:aws:iam::123456789012:user/app"))
    }

    @Test func `the outermost element says whether it is the answer`() {
        func answer(_ text: String) -> QueryAnswer { QueryAnswer(Array(text.utf8), to: "GetUser") }
        #expect(answer("<?xml version=\"1.0\"?>\n<!-- x --><GetUserResponse/>") == .answered)
        #expect(answer("\u{FEFF}<a:GetUserResponse xmlns:a=\"x\">") == .answered)
        #expect(answer("<GetUsersResponse/>") == .foreign)
        #expect(answer("") == .foreign)
        #expect(
            answer(
                "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>m</Message></Error></ErrorResponse>"
            )
                == .error(ServiceError(code: "NoSuchEntity", message: "m")))
    }
}
