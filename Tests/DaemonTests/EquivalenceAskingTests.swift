import Diagnosing
import Model
import Sandbox
import Support
import Testing

@testable import Daemon

/// The comparison of what primary and backup may do, asked of the sandbox's IAM.
@Suite(.timeLimit(.minutes(1)))
struct EquivalenceAskingTests {
    private let machine: Machine
    private let sandbox: Sandbox
    private let account = Sandbox.standardAccount

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
        try machine.write(
            .init("app", try sandbox.createUser("app")),
            .init("backup", try sandbox.createUser("backup")),
            .init("ops", try sandbox.createUser("ops")))
    }

    private let object = EquivalentAction(action: "s3:GetObject", resource: "arn:aws:s3:::b/*")

    private func advisories(
        _ actions: [EquivalentAction], diagnoseWith other: String? = nil,
        url: String? = nil, limit: Duration = .seconds(20)
    ) async throws -> (kinds: [AdvisoryKind], text: String, incomplete: String?) {
        var profiles = ["app", "backup", "ops"].map { profile($0) }
        for index in 0..<2 { profiles[index].diagnoseWith = other }
        let pipeline = try machine.pipeline(
            environment: ["AWS_ENDPOINT_URL": sandbox.url]
                .merging(url.map { ["AWS_ENDPOINT_URL_IAM": $0] } ?? [:]) { $1 },
            profiles: profiles)
        let group = GroupConfiguration(
            name: "group", primary: "app", backups: ["backup"], equivalentActions: actions)
        let finding = try #require(await pipeline.compare(group, within: limit))
        return (
            finding.advisories.map(\.kind), finding.advisories.map(\.message).joined(),
            finding.incomplete
        )
    }

    @Test func `equal users have nothing to say`() async throws {
        defer { sandbox.stop() }
        let found = try await advisories([object])
        #expect(found.kinds.isEmpty && found.incomplete == nil)
        #expect(
            sandbox.calls.map(\.action) == [
                "GetCallerIdentity", "SimulatePrincipalPolicy", "GetCallerIdentity",
                "SimulatePrincipalPolicy",
            ])
    }

    @Test func `a backup that lacks something is told, on all pages of the answer`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.setRight(user: "backup", action: "s3:Get49", .denied))
        try sandbox.perform(.setRight(user: "app", action: "s3:Get7", .withheld))
        try sandbox.perform(.setRight(user: "backup", action: "s3:Get7", .withheld))
        let actions = (0..<50).map { EquivalentAction(action: "s3:Get\($0)", resource: "*") }
        let found = try await advisories(actions)
        #expect(found.kinds == [.backupLacksPermission])
        #expect(
            found.text.contains(
                "backup may not do what app may: s3:Get49 (denied by a policy); neither app nor backup may do: s3:Get7."
            ), "\(found.text)")
        // Three pages for each of the two.
        #expect(sandbox.calls.filter { $0.action == "SimulatePrincipalPolicy" }.count == 6)
    }

    @Test func `the identity that the config names is the one who asks`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.allowIAM(user: "app", false))
        try sandbox.perform(.allowIAM(user: "backup", false))
        let own = try await advisories([object])
        #expect(own.kinds == [.lookDenied])
        #expect(
            own.text.contains("app may not call iam:SimulatePrincipalPolicy about app"),
            "\(own.text)")
        let other = try await advisories([object], diagnoseWith: "ops")
        #expect(other.kinds.isEmpty && other.incomplete == nil)
    }

    @Test func `a role is found with its path`() async throws {
        defer { sandbox.stop() }
        _ = try sandbox.withWorld { world, now throws(ServiceFault) in
            try world.createRole("r", in: account, trusting: [account], path: "/team/", now: now)
            world.set(
                .withheld, of: "s3:GetObject", for: "arn:aws:iam::\(account):role/team/r")
        }
        try machine.folder.write(
            "config",
            "[profile backup]\nrole_arn = arn:aws:iam::\(account):role/team/r\nsource_profile = ops\n"
        )
        try machine.write(
            .init("app", try sandbox.createUser("other")),
            .init("ops", try sandbox.createUser("base")))
        let found = try await advisories([object])
        #expect(found.kinds == [.backupLacksPermission], "\(found)")
        #expect(sandbox.calls.contains { $0.action == "GetRole" })
    }

    @Test(arguments: ["throttled", "foreign", "nothing"])
    func `what cannot be asked now is no finding`(trouble: String) async throws {
        defer { sandbox.stop() }
        let server = try ScriptedServer { _, _ in
            switch trouble {
            case "throttled":
                .http(
                    400,
                    "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>",
                    headers: ["x-amzn-RequestId: 1"])
            case "foreign": .http(200, "<html>sign in</html>")
            default: .hang
            }
        }
        let found = try await advisories(
            [object], url: "http://127.0.0.1:\(server.port)", limit: .seconds(2))
        #expect(found.kinds.isEmpty, "\(found)")
        #expect(found.incomplete != nil)
    }
}
