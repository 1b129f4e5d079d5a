import Glibc
import Model
import Support
import Testing

@testable import Switching

/// Dying at each step, and at any moment: the file is whole, and the next run puts all in order.
@Suite(.timeLimit(.minutes(5)))
struct SwitchCrashTests {
    private static let points = [
        "switch.locked", "switch.keeping", "switch.kept", "switch.created", "switch.written",
        "switch.synced", "switch.renamed", "switch.settled",
    ]
    private let program: String
    private let directory: TestDirectory
    private let others = section("other", 1) + "# end"

    init() throws {
        program = try #require(BuiltProduct.path("credwatch-switch"))
        directory = try TestDirectory()
    }

    private func run(_ path: String, _ number: Int, _ fault: String? = nil) throws -> Subprocess {
        var environment = Subprocess.inheritedEnvironment
        environment["CREDWATCH_FAULT_POINT"] = fault
        return try Subprocess(
            program, ["credentials", path, "app", String(number), String(number), "0"],
            environment: environment)
    }

    private func text(_ number: Int) -> String { section("app", number) + others }

    #if DEBUG
        @Test(arguments: points)
        func `a crash at a step leaves the old file or the new one`(_ point: String) async throws {
            let path = try directory.write("credentials", text(1), mode: 0o640)
            let crash = try await run(path, 3, point).outcome()
            try #require(crash.ending == .signaled(SIGKILL), "\(crash)")
            let isPlaced = point == "switch.renamed" || point == "switch.settled"
            #expect(try SwitchingTests.text(of: path) == text(isPlaced ? 3 : 1))
            let again = try await run(path, 2).outcome()
            #expect(again.ending == .exited(0), "\(again.outputText)")
            #expect(try SwitchingTests.text(of: path) == text(2))
            #expect(!directory.names.contains { $0.hasPrefix(".") })
            for name in directory.names where name.hasPrefix("credentials.credwatch-") {
                #expect(
                    [text(1), text(3)].contains(
                        try SwitchingTests.text(of: directory.path + "/" + name)))
            }
        }

        @Test(arguments: ["switch.renamed", "switch.settled"])
        func `what a crash left is removed although there is nothing left to change`(
            _ point: String
        ) async throws {
            let path = try directory.write("credentials", text(1), mode: 0o640)
            let crash = try await run(path, 3, point).outcome()
            try #require(crash.ending == .signaled(SIGKILL), "\(crash)")
            #expect(directory.names.contains { $0.hasPrefix(".") })
            #expect(try await run(path, 3).outcome().ending == .exited(0))
            #expect(try SwitchingTests.text(of: path) == text(3))
            #expect(!directory.names.contains { $0.hasPrefix(".") })
        }

        @Test(arguments: points.filter { $0 != "switch.settled" })
        func `a crash while a file is made`(_ point: String) async throws {
            let path = directory.path + "/credentials"
            // Without a file to replace, no two change places.
            guard point != "switch.renamed" else { return }
            let crash = try await run(path, 3, point).outcome()
            try #require(crash.ending == .signaled(SIGKILL), "\(crash)")
            #expect(access(path, F_OK) != 0)
            #expect(try await run(path, 2).outcome().ending == .exited(0))
            #expect(try SwitchingTests.text(of: path) == section("app", 2))
        }
    #endif

    @Test func `a kill at any moment leaves one of the files that were written`() async throws {
        let path = try directory.write("credentials", text(1))
        var number = 1
        var round = 0
        // On a busy machine, many are killed before they have switched anything.
        while round < 40 || (number <= 40 && round < 400) {
            round += 1
            // Two hundred switches, of which the kill ends one somewhere.
            let process = try Subprocess(
                program,
                ["credentials", path, "app", String(number + 1), String(number + 200), "0"])
            usleep(useconds_t.random(in: 0...60_000))
            process.send(signal: SIGKILL)
            #expect(await process.outcome().ending == .signaled(SIGKILL), "\(round)")
            let id = try #require(
                try FileSwitcher().inspect(.credentialsFile(path, profile: "app")))
            number = try #require(Int(id.dropFirst(4)))
            #expect(try SwitchingTests.text(of: path) == text(number))
        }
        #expect(try await run(path, number + 1).outcome().ending == .exited(0))
        #expect(try SwitchingTests.text(of: path) == text(number + 1))
        #expect(!directory.names.contains { $0.hasPrefix(".") })
        #expect(number > 40, "it was killed too early to prove anything")
    }
}
