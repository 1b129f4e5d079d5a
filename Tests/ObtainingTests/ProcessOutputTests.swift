import Model
import Testing

@testable import Obtaining

private let place = Provenance.file(SourceLocation(file: "/home/app/.aws/config", line: 2))

@Suite struct ProcessOutputTests {
    private func read(_ text: String, account: String? = nil) throws(ProcessOutputProblem)
        -> Credentials
    {
        try Credentials(printed: Array(text.utf8), at: place, accountID: account)
    }

    @Test func everythingIsRead() throws {
        let found = try read(
            """
            {"Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s\\u002Fx", "Extra": [1],
             "SessionToken": "t==", "Expiration": "2999-01-01T01:00:00+01:00",
             "AccountId": "111122223333"}\n
            """, account: "444455556666")
        #expect(found.accessKeyID.value == "ASIAX")
        #expect(found.secretAccessKey.value == Secret("s/x"))
        #expect(found.sessionToken?.value == Secret("t=="))
        #expect(found.expiresAt?.value.rfc3339 == "2999-01-01T00:00:00Z")
        #expect(found.accountID == "111122223333")
    }

    @Test func letterCaseDoesNotMatter() throws {
        let found = try read(
            #"{"version":1,"ACCESSKEYID":"A","secretAccessKey":"s","sessiontoken":null}"#,
            account: "444455556666")
        #expect(found.accessKeyID.value == "A")
        #expect(found.sessionToken == nil)
        #expect(found.accountID == "444455556666")
    }

    @Test(arguments: ["2000-01-01T00:00:00-00:00", "2022-05-02T18:36:00+00:00"])
    func anEndThatIsOverIsTheServersBusiness(time: String) throws {
        let found = try read(
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"\#(time)"}"#)
        #expect(found.expiresAt?.value == WallTime(parsing: time))
    }

    @Test(arguments: [
        ("", "printed nothing"), (" \n\t\r\n", "printed nothing"),
        ("<!DOCTYPE html><html>", "printed what looks like an HTML page, not JSON"),
        ("ok", "printed what is not JSON"), ("{\"Version\": 1\n", "printed what is not JSON"),
        ("{}{}", "printed what is not JSON"), ("{\0}", "printed what is not JSON"),
        ("[]", "printed JSON that is no object"), ("\"\"", "printed JSON that is no object"),
        ("{}", "printed no Version"),
        (#"{"Version":"1"}"#, "printed another Version than the number 1"),
        (#"{"Version":2}"#, "printed another Version than the number 1"),
        (#"{"Version":1,"SecretAccessKey":"s"}"#, "printed no AccessKeyId"),
        (#"{"Version":1,"AccessKeyId":"","SecretAccessKey":"s"}"#, "printed no AccessKeyId"),
        (#"{"Version":1,"AccessKeyId":"A"}"#, "printed no SecretAccessKey"),
        (
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":7}"#,
            "printed a value for SecretAccessKey that is no text"
        ),
        (
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"soon"}"#,
            "printed an Expiration that is no RFC 3339 time"
        ),
        (
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":1893456000}"#,
            "printed a value for Expiration that is no text"
        ),
    ])
    func eachFaultHasItsClause(text: String, clause: String) {
        #expect(throws: ProcessOutputProblem(clause)) { try read(text) }
    }

    @Test func bytesThatAreNoTextAreSaidToBeThat() {
        #expect(throws: ProcessOutputProblem("printed bytes that are no UTF-8 text")) {
            try Credentials(printed: [0x7B, 0xFF, 0x7D], at: place)
        }
    }

    /// Anything may come: it is read or refused, and no clause repeats a value.
    @Test func garbageIsReadOrRefused() {
        let whole = Array(
            #"{"Version":1,"AccessKeyId":"ASIAX","SecretAccessKey":"marker","Expiration":"2030-01-01T00:00:00Z"}"#
                .utf8)
        let pool = Array(#"{}[]":,\u01e9-+.tfn"#.utf8) + [0, 0xFF, 0xC3, 0x0A]
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<5_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[place] = pool.randomElement(using: &generator) ?? 0
                case 1: bytes.insert(pool.randomElement(using: &generator) ?? 0, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 5))
                default: bytes += bytes[place...]
                }
                if bytes.isEmpty { bytes = [0x7B] }
            }
            do throws(ProcessOutputProblem) {
                let found = try Credentials(printed: bytes, at: Provenance.builtIn("a test"))
                #expect(!found.accessKeyID.value.isEmpty)
            } catch {
                refused += 1
                #expect(!error.clause.contains("marker"))
            }
        }
        #expect(refused > 1_000)
    }
}
