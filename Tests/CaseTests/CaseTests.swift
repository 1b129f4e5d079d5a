import Answers
import Glibc
import Model
import Testing

/// The folders of Fixtures/cases: each is a machine, what AWS answers, and what comes of it.
@Suite(.timeLimit(.minutes(1)))
struct CaseTests {
    private static let root =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Fixtures/cases"
    static let names = entries(of: root)

    @Test(arguments: names) func `what the folder says comes of it`(_ name: String) async throws {
        let folder = try CaseFolder("\(Self.root)/\(name)")
        if let needs = folder.machine.needs, (needs == "root") != (geteuid() == 0) {
            try Test.cancel("the case has to be run by somebody who is \(needs)")
        }
        let tree = try FileTree(of: folder)
        let world = try RecordedWorld(folder.answers)
        let run = await CaseRun(folder, tree, world)
        let expected = folder.expected
        let about = Comment(rawValue: "\(name): \(folder.machine.about)")
        #expect(world.complaints == [], about)
        #expect(run.outcome == expected.outcome, "\(name): \(run.text)")
        #expect(run.facts == expected.facts, about)
        #expect(run.steps == expected.steps, about)
        #expect(run.rows == expected.rows, about)
        for text in expected.says {
            #expect(run.text.contains(text), "\(name) does not say '\(text)': \(run.text)")
        }
        // A person reads these, and so does whoever is shown a journal.
        let shown = run.text + (run.steps ?? []).joined() + (run.rows ?? []).joined()
        for secret in expected.secrets { #expect(!shown.contains(secret), about) }
    }

    @Test func `all sources have a case`() throws {
        #expect(Self.names.count >= 40)
        let chosen = try Self.names.flatMap {
            try CaseFolder("\(Self.root)/\($0)").expected.rows ?? []
        }
        for source in CredentialSource.allCases where source != .credentialsDirectory {
            #expect(chosen.contains { $0.hasPrefix("\(source.rawValue), chosen") }, "\(source)")
        }
    }

    @Test(arguments: [
        (#"{"about": "x", "profil": "app"}"#, "profil, which nobody reads"),
        (#"{"variables": {}}"#, "has no about"), (#"{"about": 7}"#, "about is no text"),
        (#"{"about": "x", "now": "soon"}"#, "now is no time"),
        (#"{"about": "x", "variables": {"A": 1}}"#, "variables.A is no text"),
        (#"{"about": "x", "special": {"f": {"kind": "door"}}}"#, "kind door, which is none"),
        (#"{"about": "x", "needs": "luck"}"#, "neither root nor not root"), ("[]", "is no object"),
    ])
    func `a fixture with a slip is refused`(_ text: String, _ complaint: String) throws {
        let document = try #require(JSONValue(parsing: Array(text.utf8)))
        #expect {
            _ = try CaseFolder.Machine(document)
        } throws: { error in
            "\(error)".contains(complaint)
        }
    }

    @Test(arguments: [
        (#"{"outcome": "good"}"#, "neither credentials, none nor error"),
        (#"{"outcome": "none", "cause": "ok"}"#, "has cause, which none has not"),
        (#"{"outcome": "error", "cause": "bad_setting"}"#, "has no place"),
        (#"{"outcome": "none", "steps": []}"#, "only one of steps and rows"),
    ])
    func `an expectation with a slip is refused`(_ text: String, _ complaint: String) throws {
        let document = try #require(JSONValue(parsing: Array(text.utf8)))
        #expect {
            _ = try Expected(document)
        } throws: { error in
            "\(error)".contains(complaint)
        }
    }
}

extension Expected {
    /// The values that nobody may be shown.
    fileprivate var secrets: [String] {
        facts.compactMap { fact in
            ["secret_access_key: ", "session_token: "].first(where: fact.hasPrefix).map {
                String(fact.dropFirst($0.count))
            }
        }
    }
}
