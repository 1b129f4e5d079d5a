import Model
import Testing

@testable import Configuring

@Suite struct DecoderServeTests {
    private func decode(_ serve: String) -> ConfigurationResult {
        decodeConfiguration(
            bytes: Array(
                """
                profiles: [{name: app}, {name: spare}, {name: other}]
                failover:
                  - {name: app, primary: app, backups: [spare], serve: \(serve)}
                """.utf8), file: "test")
    }

    @Test func `all keys are read, and an address may be shared`() throws {
        let result = decodeConfiguration(
            bytes: contents("Fixtures/config/good-serve.yaml"), file: "f")
        let configuration = try #require(result.configuration)
        let serve = configuration.groups.map(\.serve)
        let address = ListenAddress.loopback(port: 9_911)
        #expect(
            serve[0]?.endpoint == .init(address: address, tokenFile: "/etc/credwatch/app.token"))
        #expect(serve[0]?.users == ["app", "1000", "www-data"])
        #expect(serve[0]?.duration == .seconds(1_200))
        #expect(serve[1]?.endpoint?.address == address)
        #expect(serve[1]?.duration == .seconds(900))
        #expect(serve[2]?.endpoint == nil && serve[2]?.users == [])
    }

    @Test func `only the members of served groups are kept`() throws {
        let configuration = try #require(decode("{users: [app]}").configuration)
        #expect(configuration.profiles.map(\.isServed) == [true, true, false])
    }

    @Test(arguments: [
        ("{listen: 127.0.0.1:9911}", "missing-key"), ("{token_file: /t}", "missing-key"),
        ("{listen: 9911, token_file: /t}", "invalid-address"),
        ("{listen: localhost:9911, token_file: /t}", "invalid-address"),
        ("{listen: 192.0.2.1:9911, token_file: /t}", "serve-not-loopback"),
        ("{listen: \"[::]:9911\", token_file: /t}", "serve-not-loopback"),
        ("{listen: 127.0.0.1:9911, token_file: t}", "not-absolute"),
        ("{users: app}", "wrong-type"), ("{users: [\"\"]}", "invalid-name"),
        ("{users: [65534]}", "invalid-user"), ("{users: [], duration: 59s}", "out-of-range"),
        ("{users: [], duration: 13h}", "out-of-range"),
        ("{users: [], token: secret}", "unknown-key"),
        ("yes", "wrong-type"), ("{}", "serve-nobody"), ("{duration: 20m}", "serve-nobody"),
    ])
    func `what would not be safe is refused`(_ serve: String, _ rule: String) {
        let result = decode(serve)
        #expect(result.configuration == nil)
        #expect(result.problems.map(\.rule) == [rule], "\(result.problems)")
    }
}
