import Model
import Testing

@testable import Configuring

@Suite struct HeartbeatDecodingTests {
    private func decode(_ heartbeat: String) -> ConfigurationResult {
        decodeConfiguration(
            bytes: Array("profiles: [{name: app}]\nheartbeat: \(heartbeat)\n".utf8), file: "c.yaml")
    }

    private func accepted(_ heartbeat: String) throws -> HeartbeatConfiguration {
        let result = decode(heartbeat)
        return try #require(result.configuration?.heartbeat, "\(result.problems)")
    }

    @Test func theURLIsAllThatIsNeeded() throws {
        let heartbeat = try accepted("{url: https://hc-ping.com/5a1c-token}")
        #expect(heartbeat.target.url.reveal() == "https://hc-ping.com/5a1c-token")
        #expect(heartbeat.target.host == "hc-ping.com")
        #expect(heartbeat.failTarget == nil)
        #expect(heartbeat.interval == .seconds(60))
        #expect(heartbeat.timeout == .seconds(10))
    }

    @Test func everythingIsTaken() throws {
        let heartbeat = try accepted(
            #"{url: "https://kuma.example.com:3001/api/push/t0k?status=up&msg=OK", interval: 5s, timeout: 20s, fail_url: "http://127.0.0.1:1/x?status=down"}"#
        )
        #expect(heartbeat.target.host == "kuma.example.com")
        #expect(heartbeat.target.url.reveal().hasSuffix("/api/push/t0k?status=up&msg=OK"))
        #expect(heartbeat.failTarget?.host == "127.0.0.1")
        #expect(heartbeat.interval == .seconds(5))
        // Never longer than the interval.
        #expect(heartbeat.timeout == .seconds(5))
    }

    @Test(arguments: [
        ("https://hc-ping.com/hunter2", "wrong-type"),
        ("{interval: 1m}", "missing-key"),
        ("{url: hc-ping.com/hunter2}", "invalid-url"),
        ("{url: ftp://hc-ping.com/hunter2}", "invalid-url"),
        ("{url: https://user:hunter2@hc-ping.com/}", "invalid-url"),
        ("{url: 'https://hc-ping.com/hunter2#x'}", "invalid-url"),
        ("{url: 'https://hc-ping.com/hunter2?a b'}", "invalid-url"),
        ("{url: 'https://hc-ping.com/hunter2?a=\"'}", "invalid-url"),
        ("{url: [hunter2]}", "wrong-type"),
        ("{url: https://a/hunter2, fail_url: nothing/hunter2}", "invalid-url"),
        ("{url: https://a/hunter2, interval: 500ms}", "out-of-range"),
        ("{url: https://a/hunter2, interval: 25h}", "out-of-range"),
        ("{url: https://a/hunter2, timeout: 61s}", "out-of-range"),
        ("{url: https://a/hunter2, method: POST}", "unknown-key"),
        ("{url: https://a/b, interval: https://a/hunter2}", "malformed-duration"),
        ("{url: https://a/b, timeout: hunter2}", "malformed-duration"),
        ("{url: https://a/b, 'https://a/hunter2': 5m}", "unknown-key"),
    ])
    func anythingElseIsRefusedWithoutItsToken(text: String, rule: String) {
        let result = decode(text)
        #expect(result.configuration == nil)
        #expect(result.problems.map(\.rule) == [rule])
        for problem in result.problems { #expect(!problem.description.contains("hunter2")) }
    }

    @Test func aURLOfMoreThanTwoKilobytesIsRefused() {
        let long = "https://a/" + String(repeating: "x", count: 2_039)
        #expect(decode("{url: \(long)}").problems.map(\.rule) == ["invalid-url"])
        #expect(decode("{url: \(long.dropLast())}").problems == [])
    }

    @Test(arguments: [
        ("https://hc-ping.com/x", false), ("http://127.0.0.1:8000/x", false),
        ("http://localhost/x", false), ("http://kuma.lan/hunter2", true),
    ])
    func aTokenThatTravelsOpenlyIsAWarning(url: String, isWarned: Bool) {
        let result = decode("{url: \(url)}")
        #expect(result.configuration != nil)
        #expect(result.problems.map(\.rule) == (isWarned ? ["insecure-url"] : []))
        for problem in result.problems { #expect(!problem.description.contains("hunter2")) }
    }

    @Test func aDumpOfTheConfigHoldsNoToken() throws {
        var text = ""
        dump(try accepted("{url: https://hc-ping.com/hunter2}"), to: &text)
        #expect(text.contains("hc-ping.com"))
        #expect(!text.contains("hunter2"))
    }
}
