import Model
import Testing

@testable import Configuring

@Suite struct DecoderInvestigationTests {
    private func decode(_ text: String) -> ConfigurationResult {
        decodeConfiguration(bytes: Array(text.utf8), file: "c.yaml")
    }

    @Test func `what holds for all holds for each that says nothing else`() throws {
        let configuration = try #require(
            decodeConfiguration(
                bytes: contents("Fixtures/config/good-investigation.yaml"), file: "g"
            ).configuration)
        let profiles = configuration.profiles
        #expect(profiles.map(\.diagnoseWith) == ["ops-readonly", nil, "ops of billing"])
        #expect(
            profiles.map(\.maxKeyAge) == [
                .seconds(180 * 86_400), .seconds(180 * 86_400), .seconds(86_400),
            ])
    }

    @Test func `without a word nobody is named, and 90 days are the age`() throws {
        let profile = try #require(
            decode("profiles: [{name: app}]").configuration?.profiles.first)
        #expect(profile.diagnoseWith == nil)
        #expect(profile.maxKeyAge == .seconds(90 * 86_400))
    }

    @Test func `a message says what is allowed`() {
        let problems = decode("profiles: [{name: app, diagnose_with: app, max_key_age: 90}]")
            .problems.map(\.description)
        #expect(
            problems == [
                "c.yaml:1:39: `diagnose_with` names the profile itself; a key that is refused cannot ask why [diagnose-with-itself]",
                "c.yaml:1:57: `max_key_age` needs a unit, like \"90s\" (allowed: 1d to 3650d) [malformed-duration]",
            ])
    }
}
