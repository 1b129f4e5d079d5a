import Model
import Testing

@testable import Configuring

@Suite struct CanaryDecodingTests {
    @Test func `every key of a canary reaches its place`() throws {
        let name = "good-canary.yaml"
        let decoded = decodeConfiguration(
            bytes: contents("Fixtures/config/\(name)"), file: name)
        let configuration = try #require(decoded.configuration, "\(decoded.problems)")
        func at(_ line: Int) -> Model.SourceLocation {
            Model.SourceLocation(file: name, line: line, column: 9)
        }
        #expect(
            configuration.profiles[0].canary
                == Canary(
                    calls: [
                        CanaryCall(
                            .request(
                                service: "s3", method: "HEAD",
                                url:
                                    "https://bucket.s3.eu-west-1.amazonaws.com/key%20one?versionId=1",
                                expectedStatus: 404), region: "eu-west-1", location: at(5)),
                        CanaryCall(
                            .action(service: "cloudtrail", name: "LookupEvents"), location: at(6)),
                        CanaryCall(
                            .action(service: "s3", name: "ListAllMyBuckets"), location: at(7)),
                        CanaryCall(
                            .request(
                                service: "execute-api", method: "GET",
                                url: "http://127.0.0.1:8080/stage", expectedStatus: 200),
                            location: at(8)),
                        CanaryCall(
                            .request(
                                service: "iam", method: "GET",
                                url: "https://iam.amazonaws.com/?Action=GetUser&Version=2010-05-08",
                                expectedStatus: 200), location: at(9)),
                    ], counts: true, interval: .seconds(3_600)))
        let plain = try #require(configuration.profiles[1].canary)
        #expect(plain.calls.map(\.form) == [.action(service: "iam", name: "GetUser")])
        #expect(!plain.counts && plain.interval == .seconds(900))
        #expect(
            configuration.groups[0].equivalentActions == [
                EquivalentAction(action: "s3:GetObject", resource: "arn:aws:s3:::bucket/*"),
                EquivalentAction(
                    action: "dynamodb:Query",
                    resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/t"),
                EquivalentAction(action: "ec2:DescribeRegions", resource: "*"),
            ])
    }

    @Test func `a profile without a canary has none, and a group asks nothing`() throws {
        let decoded = decodeConfiguration(
            bytes: Array(
                "profiles: [{name: a}, {name: b}]\nfailover: [{name: g, primary: a, backups: [b]}]"
                    .utf8), file: "c.yaml")
        let configuration = try #require(decoded.configuration)
        #expect(configuration.profiles.allSatisfy { $0.canary == nil })
        #expect(configuration.groups[0].equivalentActions.isEmpty)
    }

    /// What an attacker or a slip may hide an action behind.
    @Test(arguments: [
        "?Action=DeleteUser", "?action=DeleteUser", "?%41ction=DeleteUser",
        "?Version=1&Action=GetUser&Action=DeleteUser", "?Action=Get+User", "?Action=GetUser%26x",
        "?Action=", "?Action", "?Action=%E2%80%8BGetUser",
    ])
    func `no url hides an action that does more than to read`(query: String) {
        let text =
            "profiles: [{name: a, canary: [{service: iam, url: \"https://iam.amazonaws.com/\(query)\"}]}]"
        let decoded = decodeConfiguration(bytes: Array(text.utf8), file: "c.yaml")
        #expect(decoded.problems.map(\.rule) == ["canary-not-read-only"])
    }
}
