import Testing

@testable import Linting

@Suite struct MistakenValueTests {
    @Test(
        arguments: [
            ("u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy", .accessKeyID, .secretKey),
            ("123456789012", .accessKeyID, .accountNumber),
            ("1234-5678-9012", .accessKeyID, .accountNumber),
            ("arn:aws:iam::123456789012:user/ada", .accessKeyID, .arn),
            ("https://123456789012.signin.aws.amazon.com/console", .accessKeyID, .url),
            ("ada@example.com", .accessKeyID, .emailAddress),
            ("AKIAQNCLJGYSAZAAN74C,secret", .accessKeyID, .lineOfKeyFile),
            ("ada,\"AKIAQNCLJGYSAZAAN74C\"", .accessKeyID, .lineOfKeyFile),
            ("AWS_ACCESS_KEY_ID=AKIAQNCLJGYSAZAAN74C", .accessKeyID, .assignment),
            ("aws_secret_access_key = x1", .secretAccessKey, .assignment),
            ("export AWS_SECRET_ACCESS_KEY=x", .secretAccessKey, .assignment),
            ("AWS Access Key ID [None]: AKIAQNCLJGYSAZAAN74C", .accessKeyID, .prompt),
            ("{\"AccessKeyId\": 1}", .accessKeyID, .json),
            ("QUtJQVFOQ0xKR1lTQVpBQU43NEM=", .accessKeyID, .base64),
            ("QUtJQVFOQ0xKR1lTQVpBQU43NEMK", .accessKeyID, .base64),
            ("dTNWeDBIcS84bUp0WWIyK0xrV241UnpQYzdRZkRnRXMxQWlUbzlYeQ==", .secretAccessKey, .base64),
            ("u3Vx0Hq%2F8mJtYb2%2bLkWn5RzPc7QfDgEs1AiTo9Xy", .secretAccessKey, .percentEncoding),
            ("BOb7xQ2mYv9cL4tR8sKdW1nZ6hJp3aUe5gFiX0wTzM+q", .secretAccessKey, .mailPassword),
            ("test", .accessKeyID, .emulatorsKey), ("MinioAdmin", .accessKeyID, .emulatorsKey),
        ] as [(String, CredentialField, MistakenValue)])
    func `each is known by its form`(
        _ text: String, _ field: CredentialField, _ expected: MistakenValue
    ) {
        #expect(MistakenValue(text, field) == expected)
        #expect(MistakenValue("\"\(text)\"\n", field) == expected)
    }

    @Test(
        arguments: [
            ("AKIAQNCLJGYSAZAAN74C", .accessKeyID), ("AKIAQNCLJGYSAZAAN74CX", .accessKeyID),
            ("u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy", .secretAccessKey),
            ("test", .secretAccessKey), ("", .accessKeyID), ("  ", .accessKeyID),
            ("p@ss:word#1.!", .secretAccessKey), ("1234567890123", .accessKeyID),
            ("100%", .secretAccessKey), ("%2", .secretAccessKey),
            ("AOb7xQ2mYv9cL4tR8sKdW1nZ6hJp3aUe5gFiX0wTzM+q", .secretAccessKey),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", .accessKeyID),
            ("FwoGZXIvYXdzEJr//////////wEaDHq2m0Yx8s3T4u5V6w7X8y9Z0a1B2c3D4e5F6g==", .sessionToken),
        ] as [(String, CredentialField)])
    func `what may be a credential is none of them`(_ text: String, _ field: CredentialField) {
        #expect(MistakenValue(text, field) == nil)
    }

    @Test(arguments: MistakenValue.allCases) func `each is worded`(_ mistaken: MistakenValue) {
        #expect(!mistaken.what.hasSuffix(".") && !mistaken.what.isEmpty)
        #expect(mistaken.remedy.hasSuffix("."))
    }
}
