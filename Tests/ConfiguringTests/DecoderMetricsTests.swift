import Model
import Testing

@testable import Configuring

@Suite struct DecoderMetricsTests {
    private func decode(_ metrics: String) -> ConfigurationResult {
        decodeConfiguration(
            bytes: Array("profiles: [{name: app}]\nmetrics: \(metrics)\n".utf8), file: "c.yaml")
    }

    @Test(arguments: [
        ("{listen: 127.0.0.1:9812}", "127.0.0.1:9812", false),
        ("{listen: \"[::1]:9812\"}", "[::1]:9812", false),
        ("{listen: 127.0.0.9:1, allow_remote: false}", "127.0.0.9:1", false),
        ("{listen: 0.0.0.0:65535, allow_remote: true}", "0.0.0.0:65535", true),
        ("{listen: \"[2001:DB8::0:1]:80\", allow_remote: true}", "[2001:db8::1]:80", true),
        ("{listen: 127.0.0.1:9812, allow_remote: true}", "127.0.0.1:9812", true),
    ])
    func `an address and who may ask reach their place`(
        _ text: String, _ address: String, _ allowsRemote: Bool
    ) {
        let listener = decode(text).configuration?.metricsListener
        #expect(listener?.address.description == address)
        #expect(listener?.allowsRemote == allowsRemote)
        #expect(decode(text).problems == [])
    }

    @Test func `without a word nobody is served`() {
        let result = decodeConfiguration(bytes: Array("profiles: [{name: app}]".utf8), file: "c")
        #expect(result.configuration != nil)
        #expect(result.configuration?.metricsListener == nil)
    }

    private static let form =
        "`listen` must be an address of this machine and a port, like 127.0.0.1:9812 or \"[::1]:9812\""

    @Test(arguments: [
        (
            "{listen: 9812}",
            form
                + ", not \"9812\"; 127.0.0.1:9812 is for this machine, 0.0.0.0:9812 for all that reach it [invalid-address]"
        ),
        (
            "{listen: \":9812\"}",
            form
                + ", not \":9812\"; 127.0.0.1:9812 is for this machine, 0.0.0.0:9812 for all that reach it [invalid-address]"
        ),
        (
            "{listen: localhost:9812}",
            form
                + ", not \"localhost:9812\"; names are not looked up, write 127.0.0.1:9812 [invalid-address]"
        ),
        (
            "{listen: /run/credwatch/metrics.sock}",
            form
                + ", not \"/run/credwatch/metrics.sock\"; Prometheus reads no Unix sockets [invalid-address]"
        ),
        ("{listen: 127.0.0.1}", form + ", not \"127.0.0.1\" [invalid-address]"),
        ("{listen: 127.0.0.1:0}", form + ", not \"127.0.0.1:0\" [invalid-address]"),
        ("{listen: 127.0.0.1:65536}", form + ", not \"127.0.0.1:65536\" [invalid-address]"),
        ("{listen: 127.0.0.1:+1}", form + ", not \"127.0.0.1:+1\" [invalid-address]"),
        ("{listen: \"::1:9812\"}", form + ", not \"::1:9812\" [invalid-address]"),
        (
            "{listen: \"[fe80::1%eth0]:9812\"}",
            form + ", not \"[fe80::1%eth0]:9812\" [invalid-address]"
        ),
        ("{listen: \"[127.0.0.1]:9812\"}", form + ", not \"[127.0.0.1]:9812\" [invalid-address]"),
        ("{}", "`metrics` needs the key `listen` [missing-key]"),
        (
            "127.0.0.1:9812",
            "`metrics` must be a mapping like {listen: 127.0.0.1:9812}, not \"127.0.0.1:9812\" [wrong-type]"
        ),
        (
            "{listen: 127.0.0.1:9812, allow_remote: \"true\"}",
            "`allow_remote` must be true or false, not the quoted text \"true\" [wrong-type]"
        ),
        (
            "{listen: 127.0.0.1:9812, allow-remote: true}",
            "`metrics` has no key \"allow-remote\"; did you mean \"allow_remote\"? (allowed: listen, allow_remote) [unknown-key]"
        ),
        (
            "{listen: 192.0.2.1:9812}",
            "`listen` is an address that other machines reach, and whoever reaches it may read the names of profiles and what is wrong with them; `allow_remote: true` beside it allows that [not-loopback]"
        ),
        (
            "{listen: \"[::]:9812\"}",
            "`listen` is an address that other machines reach, and whoever reaches it may read the names of profiles and what is wrong with them; `allow_remote: true` beside it allows that [not-loopback]"
        ),
    ])
    func `a message says what is allowed`(_ text: String, _ message: String) {
        let result = decode(text)
        #expect(result.configuration == nil)
        #expect(
            result.problems.map { "\($0.message) [\($0.rule)]" } == [message], "\(result.problems)")
    }
}
