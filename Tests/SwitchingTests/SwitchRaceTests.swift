import Glibc
import Model
import Support
import Testing

@testable import Switching

/// Readers and writers at the same time.
@Suite(.timeLimit(.minutes(10)), .serialized)
struct SwitchRaceTests {
    private static let script =
        #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Switcher/race"
    private let program: String
    private let directory: TestDirectory

    init() throws {
        program = try #require(BuiltProduct.path("credwatch-switch"))
        directory = try TestDirectory()
    }

    private func race(_ kind: String, _ count: Int) async throws {
        let outcome = try await Subprocess.run(
            "python3",
            [Self.script, kind, program, directory.path + "/credentials", String(count)],
            timeLimit: .seconds(400))
        if outcome.ending == .exited(77) { try Test.cancel("\(outcome.outputText)") }
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }

    @Test func `ten thousand reads during a thousand switches see whole credentials`() async throws
    {
        try await race("readers", 1_000)
    }

    @Test func `two credwatches and aws configure set lose nothing of each other`() async throws {
        try await race("writers", 25)
    }

    @Test func `an editor that renames loses nothing`() async throws {
        try await race("editor", 25)
    }
}
