import Model
import Testing

@testable import Answers

struct CreatedKeyReadingTests {
    private func body(_ inner: String) -> [UInt8] {
        Array(
            """
            <CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
            <CreateAccessKeyResult><AccessKey>\(inner)</AccessKey></CreateAccessKeyResult>
            </CreateAccessKeyResponse>
            """.utf8)
    }

    @Test func `id, secret and user are read, and the secret is not shown`() {
        let key = CreatedKey(
            reading: body(
                "<UserName>app</UserName><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>"
                    + "<Status>Active</Status>"
                    + "<SecretAccessKey>wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY</SecretAccessKey>")
        )
        #expect(key?.id == "AKIAIOSFODNN7EXAMPLE" && key?.user == "app")
        #expect(key?.secret == Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
        #expect(!"\(String(describing: key))".contains("wJalr"))
    }

    @Test(arguments: [
        "", "<AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId>",
        "<SecretAccessKey>x</SecretAccessKey>",
        "<AccessKeyId>A B</AccessKeyId><SecretAccessKey>x</SecretAccessKey>",
    ])
    func `half a key is none`(inner: String) {
        #expect(CreatedKey(reading: body(inner)) == nil)
    }
}
