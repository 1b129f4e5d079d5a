import Model
import Sandbox
import Support
import Testing

@testable import Daemon

/// What a report says beside the key itself: its canary, and the other members of its groups.
@Suite(.timeLimit(.minutes(2)))
struct DoctorGroupsTests {
    private let machine: Machine
    private let sandbox: Sandbox
    private let backup: AccessKey

    init() throws {
        machine = try Machine()
        sandbox = try Sandbox()
        backup = try sandbox.createUser("backup")
        try machine.write(
            .init("app", try sandbox.createUser("app")), .init("backup", backup))
    }

    private func examine(
        _ actions: [EquivalentAction] = [], canary: Canary? = nil, isOffline: Bool = false
    ) async throws -> DoctorReport {
        // The canary and the simulation ask IAM where the profile does.
        try machine.folder.write(
            "config",
            ["app", "backup"].map { "[profile \($0)]\nendpoint_url = \(sandbox.url)\n" }.joined())
        var app = profile("app", timeout: .seconds(10))
        app.canary = canary
        return try await examineOnce(
            DoctorOrder(app, isOffline: isOffline, command: "credwatch doctor app"),
            in: Configuration(
                profiles: [app, profile("backup", timeout: .seconds(10))],
                groups: [
                    GroupConfiguration(
                        name: "g", primary: "app", backups: ["backup"], equivalentActions: actions)
                ], aws: machine.overrides(url: nil)))
    }

    private func kinds(_ report: DoctorReport) -> [AdvisoryKind] {
        report.user.content?.advisories.map(\.kind) ?? []
    }

    @Test func `a backup that ends together with the primary is a warning`() async throws {
        defer { sandbox.stop() }
        let report = try await examine()
        #expect(kinds(report) == [.backupSameAccount])
        #expect(report.user.state == .warning && report.exitCode == 1)
        #expect(
            report.user.content?.evidence.contains(
                .note(
                    "backup, of the same failover group, is accepted as arn:aws:iam::123456789012:user/backup"
                )) == true, "\(String(describing: report.user.content))")
        #expect(report.requests.contains { $0.signer == "backup" })
        #expect(report.requests.allSatisfy { $0.signer != nil }, "\(report.requests)")
    }

    @Test func `a backup that is refused is said to be, while the primary is fine`() async throws {
        defer { sandbox.stop() }
        try sandbox.deactivate(backup)
        let report = try await examine()
        #expect(report.verdict.state == .ok)
        #expect(report.exitCode == 1)
        #expect(
            report.user.notes.contains {
                $0.hasPrefix("backup, of the same failover group, is not")
            },
            "\(report.user.notes)")
    }

    @Test func `what a backup may not do is a warning with its command`() async throws {
        defer { sandbox.stop() }
        try sandbox.perform(.setRight(user: "backup", action: "s3:GetObject", .withheld))
        let report = try await examine([EquivalentAction(action: "s3:GetObject", resource: "*")])
        #expect(kinds(report).contains(.backupLacksPermission), "\(report.user)")
        #expect(report.requests.contains { $0.action == "SimulatePrincipalPolicy" })
    }

    @Test func `equal members have nothing to say of what they may do`() async throws {
        defer { sandbox.stop() }
        let report = try await examine([EquivalentAction(action: "s3:GetObject", resource: "*")])
        #expect(!kinds(report).contains(.backupLacksPermission))
    }

    @Test func `a canary that is denied or not answered as it should be is a warning`()
        async throws
    {
        defer { sandbox.stop() }
        let canary = Canary(calls: [CanaryCall(.action(service: "iam", name: "GetUser"))])
        #expect(!kinds(try await examine(canary: canary)).contains(.canaryFailed))
        try sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .denied))
        let report = try await examine(canary: canary)
        #expect(kinds(report).contains(.canaryFailed), "\(report.user)")
        #expect(report.verdict.content?.cause == .permissionLost)
        #expect(report.exitCode == 1)
    }

    @Test func `offline nobody is asked`() async throws {
        defer { sandbox.stop() }
        let report = try await examine(isOffline: true)
        #expect(kinds(report).isEmpty && sandbox.callCount == 0)
    }
}
