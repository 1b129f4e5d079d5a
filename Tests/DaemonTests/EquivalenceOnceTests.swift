import Model
import Sandbox
import Support
import Testing

@testable import Daemon

/// The comparison as a person's report asks for it.
@Suite(.timeLimit(.minutes(1)))
struct EquivalenceOnceTests {
    private func group(_ actions: [EquivalentAction]) -> GroupConfiguration {
        GroupConfiguration(
            name: "group", primary: "app", backups: ["backup"], equivalentActions: actions)
    }

    @Test func `it tells what is missing, and when it could not ask`() async throws {
        let machine = try Machine()
        let sandbox = try Sandbox()
        try machine.write(
            .init("app", try sandbox.createUser("app")),
            .init("backup", try sandbox.createUser("backup")))
        try machine.folder.write(
            "config",
            ["app", "backup"].map { "[profile \($0)]\nendpoint_url = \(sandbox.url)\n" }.joined())
        let configuration = Configuration(
            profiles: [profile("app"), profile("backup")], aws: machine.overrides(url: nil))
        let group = group([EquivalentAction(action: "s3:GetObject", resource: "*")])
        #expect(await compareOnce(group, in: configuration).isEmpty)
        try sandbox.perform(.setRight(user: "backup", action: "s3:GetObject", .withheld))
        let missing = await compareOnce(group, in: configuration)
        #expect(missing.map(\.kind) == [.backupLacksPermission])
        sandbox.stop()
        let unasked = await compareOnce(group, in: configuration)
        #expect(unasked.map(\.kind) == [.lookDenied])
        #expect(unasked.first?.message.contains("could not be compared now") == true)
    }

    @Test func `a group that compares nothing asks nothing`() async throws {
        #expect(await compareOnce(group([]), in: Configuration(profiles: [])).isEmpty)
    }
}
