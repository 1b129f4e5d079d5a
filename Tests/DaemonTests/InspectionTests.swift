import Glibc
import Model
import Support
import Testing

@testable import Daemon

/// The check that start, reload and `validate` share, on files as they are on a machine.
@Suite(.timeLimit(.minutes(1)))
struct InspectionTests {
    private let machine: Machine

    init() throws {
        machine = try Machine()
        try machine.write(
            .init("app"), .init("app-backup", keyID: Sample.otherKeyID),
            .init("copy"), .init("app-third", keyID: Sample.temporaryKeyID, token: Sample.token))
    }

    /// Writes a config with these groups, and looks at it.
    private func inspect(_ groups: String...) async throws -> InspectedConfiguration {
        let file = try machine.folder.write(
            "credwatch.yaml",
            """
            profiles:
              - {name: app, region: us-east-1}
              - {name: app-backup, region: us-east-1}
              - {name: copy, region: us-east-1}
              - {name: app-third, region: us-east-1}
              - {name: nowhere, region: us-east-1}
            aws: {credentials_file: "\(machine.folder.file("credentials"))", config_file: /dev/null}
            \(groups.isEmpty ? "" : "failover:")
            \(groups.map { "  - \($0)" }.joined(separator: "\n"))

            """, mode: 0o644)
        return await inspectConfiguration(file)
    }

    @Test func `a config without a problem is taken`() async throws {
        let hook = try machine.folder.write("hook", "#!/bin/sh\n", mode: 0o755)
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup, app-third], hook: {command: [\(hook)]}}")
        #expect(inspected.problems == [])
        #expect(!inspected.isRefused)
        #expect(inspected.configuration?.groups.first?.backups == ["app-backup", "app-third"])
    }

    @Test func `a file that is missing is refused`() async {
        let inspected = await inspectConfiguration(machine.folder.file("missing.yaml"))
        #expect(inspected.isRefused)
        #expect(inspected.problems.map(\.rule) == ["file-missing"])
    }

    @Test func `what cannot be decoded is refused with its place, and no key is looked at`()
        async throws
    {
        let inspected = try await inspect("{name: g, primary: app, backups: [copy], fal: 3}")
        #expect(inspected.isRefused)
        #expect(inspected.problems.map(\.rule) == ["unknown-key"])
        #expect(inspected.problems.first?.location.line == 9)
    }

    @Test func `a backup with the primary's key is refused where the config names it`()
        async throws
    {
        let inspected = try await inspect("{name: g, primary: app, backups: [app-backup, copy]}")
        #expect(inspected.isRefused)
        let problem = try #require(inspected.problems.first)
        #expect(inspected.problems.map(\.rule) == ["same-access-key"])
        #expect(problem.isError)
        #expect((problem.location.line, problem.location.column) == (9, 51))
        #expect(problem.message.contains("copy") && problem.message.contains(Sample.keyID))
        // Both places of the key are named.
        let credentials = machine.folder.file("credentials")
        #expect(problem.message.contains("\(credentials):8"))
        #expect(problem.message.contains("\(credentials):2"))
        #expect(!problem.message.contains(Sample.secret))
    }

    @Test func `every such backup of every group is told`() async throws {
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [copy]}",
            "{name: h, primary: copy, backups: [app-backup, app]}")
        #expect(inspected.problems.map(\.rule) == ["same-access-key", "same-access-key"])
        #expect(inspected.problems.map(\.location.line) == [9, 10])
    }

    @Test func `a profile that does not resolve is no reason to refuse`() async throws {
        let inspected = try await inspect(
            "{name: g, primary: nowhere, backups: [app]}",
            "{name: h, primary: app-backup, backups: [nowhere]}")
        #expect(inspected.problems == [])
        #expect(!inspected.isRefused)
    }

    @Test(arguments: [
        ("missing", 0o755, "does not exist"), ("hook", 0o644, "chmod +x is missing"),
        ("hook", 0o777, "can be changed by anyone"),
    ])
    func `a hook that cannot run, or that others may change, is a warning`(
        _ name: String, _ mode: Int, _ text: String
    ) async throws {
        try machine.folder.write("hook", "#!/bin/sh\n", mode: UInt32(mode))
        let hook = machine.folder.file(name)
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup], hook: {command: [\(hook)]}}")
        #expect(!inspected.isRefused)
        let problem = try #require(inspected.problems.first)
        #expect(inspected.problems.map(\.rule) == ["hook-unusable"])
        #expect(problem.severity == .warning)
        #expect(problem.message.contains(text), "\(problem)")
        #expect(problem.location.line == 9)
    }

    @Test func `problems stand in the order of the text, whatever their kind`() async throws {
        let missing = machine.folder.file("missing")
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup], hook: {command: [\(missing)]}}",
            "{name: h, primary: copy, backups: [app], hook: {command: [\(missing)]}}",
            "{name: i, primary: app-third, backups: [app-backup], hook: {command: [\(missing)]}}")
        #expect(
            inspected.problems.map(\.rule)
                == ["hook-unusable", "same-access-key", "hook-unusable", "hook-unusable"])
        #expect(inspected.problems.map(\.location.line) == [9, 10, 10, 11])
        #expect(inspected.isRefused)
    }

    @Test(
        arguments: [
            ("0123456789abcdef", 0o644, "needs a mode like 0640"),
            ("short", 0o600, "fewer than 16 characters"),
            ("0123456789abcdef", 0o660, "written by its group"),
            ("two lines\nof it, long enough", 0o600, "more than one line"),
            (nil, 0, "No such file"), ("0123456789abcdef", 0o640, nil),
        ] as [(String?, mode_t, String?)])
    func `a token file by which nobody could be served is a warning at the group's place`(
        _ token: String?, _ mode: mode_t, _ flaw: String?
    ) async throws {
        let path = machine.folder.file("token")
        if let token { try machine.folder.write("token", token, mode: mode) }
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup], serve: {listen: 127.0.0.1:9911, token_file: \(path)}}"
        )
        #expect(!inspected.isRefused)
        #expect(inspected.problems.map(\.rule) == (flaw == nil ? [] : ["token-file-unusable"]))
        guard let flaw else { return }
        let problem = try #require(inspected.problems.first)
        #expect(problem.location.line == 9)
        #expect(problem.message.contains(flaw) && problem.message.contains(path))
        if let token { #expect(!problem.message.contains(token)) }
    }

    @Test func `a user that this machine does not have is a warning, a number is none`()
        async throws
    {
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup], serve: {users: [root, '4242', credwatch-nobody-has]}}"
        )
        #expect(!inspected.isRefused)
        #expect(inspected.problems.map(\.rule) == ["unknown-user"])
        #expect(inspected.problems.first?.message.contains("credwatch-nobody-has") == true)
    }

    @Test func `a target that cannot be written is a warning that names it`() async throws {
        let directory = machine.folder.file("directory")
        #expect(mkdir(directory, 0o755) == 0)
        let inspected = try await inspect(
            "{name: g, primary: app, backups: [app-backup], switch: {environment_file: \(directory)}}"
        )
        #expect(!inspected.isRefused)
        #expect(inspected.problems.map(\.rule) == ["switch-unusable"])
        #expect(inspected.problems.first?.message.contains(directory) == true)
    }
}
