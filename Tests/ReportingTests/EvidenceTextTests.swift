import Model
import Testing

@testable import Reporting

@Suite struct EvidenceTextTests {
    @Test func saysEachFactInAClause() {
        #expect(
            Samples.everyEvidence.map { text(of: $0) } == [
                "request id 8a7b6c5d-0000-4000-8000-1234567890ab",
                "HTTP status 403",
                "InvalidClientTokenId: The security token included in the request is invalid.",
                "this machine's clock is 5m 1s ahead of AWS's",
                "endpoint https://sts.eu-central-1.amazonaws.com",
                "as configured: answered",
                "at the partition's main region: refused as well",
                "without the session token: accepted",
                "failed at the DNS lookup: could not resolve host",
                "found at /home/app/.aws/credentials:4:7",
                "found at /etc/credwatch/credwatch.yaml:2",
                "found at environment variable AWS_ACCESS_KEY_ID",
                "found at the SDKs use us-east-1",
                "aws_access_key_id: no-break space at position 21",
                "account: expected 123456789012, got 210987654321",
                "iam:ListAccessKeys lists the key as Inactive",
                "the key id is of account 123456789012",
                "/home/app/.aws/credentials:5:30: U+200B ZERO WIDTH SPACE in aws_secret_access_key.",
                "environment variable AWS_SECRET_ACCESS_KEY: The quotes are a part of the value.",
                "the file changed 3s ago",
            ])
    }

    @Test(arguments: [
        (Duration.seconds(330), "this machine's clock is 5m 30s behind AWS's"),
        (.milliseconds(-999), "this machine's clock agrees with AWS's to a second"),
        (.zero, "this machine's clock agrees with AWS's to a second"),
        (.seconds(Int64.min), "this machine's clock is 106751d 23h ahead of AWS's"),
    ])
    func namesTheDirectionOfSkew(skew: Duration, expected: String) {
        #expect(text(of: .skew(skew)) == expected)
    }

    @Test func saysWhatElseItCouldBe() {
        #expect(
            text(of: Samples.others)
                == "the key was deleted (key_deleted: iam:ListAccessKeys, asked with another identity, lists the key or not.); the id has a typing error (key_mistyped: Compare it with the key's id in the IAM console.)"
        )
    }

    @Test func leavesOutAnEmptyMessage() {
        #expect(text(of: .serviceError(code: "Throttling", message: "")) == "Throttling")
    }

    @Test func hasShortWordsOfItsOwnForEachCause() {
        let words = Cause.allCases.map { $0.title }
        #expect(Set(words).count == Cause.allCases.count)
        #expect(words.allSatisfy { !$0.isEmpty && $0.count <= 32 && !$0.contains("_") })
        #expect(Cause.keyNotRecognized.title == "key not recognised")
    }
}
