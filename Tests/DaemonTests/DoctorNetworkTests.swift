import Model
import Support
import Testing

@testable import Daemon

/// What the requests say of clock and network, and which settings have a say.
@Suite struct DoctorNetworkTests {
    private func record(
        _ host: String = "sts.eu-central-1.amazonaws.com",
        _ outcome: RequestRecord.Outcome = .answered(status: 200, code: nil),
        skew: Duration? = nil, isNew: Bool = true
    ) -> RequestRecord {
        RequestRecord(
            startedAt: Sample.start.wall, method: "POST", host: host, path: "/", outcome: outcome,
            latency: .milliseconds(40), skew: skew,
            phases: ConnectionPhases(
                lookedUpAfter: .milliseconds(1), connectedAfter: .milliseconds(2),
                securedAfter: nil, isNewConnection: isNew))
    }

    private func look(
        _ records: [RequestRecord], _ variables: [String: String] = [:],
        others: [String: String]? = nil, settings: RequestSettings? = nil
    ) -> DoctorNetwork {
        network(
            of: records, environment: AWSEnvironment(variables: variables),
            others: others.map { AWSEnvironment(variables: $0) }, settings: settings)
    }

    @Test func `hosts are summed up by their first connection and their latest answer`() {
        let found = look([
            record(skew: .seconds(2)), record("b", .answered(status: 403, code: "X")),
            record(
                "sts.eu-central-1.amazonaws.com",
                .failed(.wait, timedOut: true, reason: "no answer"), skew: .seconds(-70),
                isNew: false),
        ])
        #expect(found.skew == .seconds(-70))
        #expect(found.hosts.map(\.name) == ["sts.eu-central-1.amazonaws.com", "b"])
        #expect(found.hosts[0].requests == 2)
        #expect(found.hosts[0].phases?.isNewConnection == true)
        #expect(state(of: found) == .unknown)
    }

    @Test(arguments: [
        (Duration.seconds(3), DoctorState.ok), (.seconds(-60), .warning), (.seconds(299), .warning),
        (.seconds(301), .problem), (.seconds(-4_000), .problem),
    ])
    func `a clock that is off is a warning, and from five minutes on a problem`(
        _ skew: Duration, _ expected: DoctorState
    ) {
        #expect(state(of: look([record(skew: skew)])) == expected)
    }

    @Test func `proxies are named without their passwords`() {
        let found = look(
            [], ["HTTPS_PROXY": "http://me:hunter2@proxy:3128", "no_proxy": "localhost"],
            others: ["no_proxy": "localhost"])
        let text = found.findings.map(\.sentence).joined(separator: "\n")
        #expect(text.contains("HTTPS_PROXY is http://…@proxy:3128."))
        #expect(text.contains("The application has HTTPS_PROXY not set, unlike credwatch"))
        #expect(!text.contains("hunter2"))
        #expect(look([]).findings == [DoctorFinding("No proxy is set.")])
    }

    @Test(arguments: [
        ("http://a:b@h:1/p@q", "http://…@h:1/p@q"), ("a:b@h:1", "…@h:1"), ("http://h", "http://h"),
        ("a@b@h", "…@h"), ("", ""),
    ])
    func `user and password of a proxy go`(_ url: String, _ shown: String) {
        #expect(withoutPassword(url) == shown)
    }

    @Test func `a region of another partition than the endpoint's is a warning`() {
        let settings = RequestSettings(
            region: Sourced("cn-north-1", from: .environment(variable: "AWS_REGION")),
            endpoint: Sourced(Sample.endpoint, from: Sample.place), isRefused: true)
        let found = look([], settings: settings).findings
        #expect(found.contains { $0.isWarning && $0.sentence.contains("partition aws-cn") })
    }

    @Test(arguments: [true, false])
    func `an endpoint that is not AWS's is a warning while it refuses`(_ isRefused: Bool) {
        let settings = RequestSettings(
            region: Sourced("us-east-1", from: .builtIn("no region is set")),
            endpoint: Sourced(
                Endpoint(
                    url: "http://localhost:4566", signingRegion: "us-east-1", partition: "aws"),
                from: .environment(variable: "AWS_ENDPOINT_URL")), isRefused: isRefused)
        let found = look([], settings: settings).findings
        #expect(
            found.contains {
                $0.isWarning == isRefused && $0.sentence.contains("is no endpoint of AWS's own")
            })
        #expect(found.contains(DoctorFinding("Region: no region is set.")))
    }
}
