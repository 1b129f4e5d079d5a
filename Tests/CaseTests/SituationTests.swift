import Glibc
import Model
import Testing

/// The folders of Fixtures/situations: what people asked in public about credentials that did not work, and
/// exactly what they would have been told.
@Suite(.timeLimit(.minutes(1)))
struct SituationTests {
    private static let root =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/Fixtures/situations"
    static let names = entries(of: root)

    @Test(arguments: names) func `the true cause is named`(_ name: String) async throws {
        let situation = try Situation("\(Self.root)/\(name)")
        if let needs = situation.needs, (needs == "root") != (geteuid() == 0) {
            try Test.cancel("the situation has to be met by somebody who is \(needs)")
        }
        let tree = try FileTree(copying: "\(situation.path)/fs", special: situation.special)
        let world = try RecordedWorld(situation.answers)
        let run = await SituationRun(situation, tree, world)
        let about = Comment(rawValue: "\(name): \(situation.about)")
        #expect(run.named.contains(situation.truth), about)
        let file = "\(situation.path)/expected"
        if getenv("CREDWATCH_WRITE_SITUATIONS") != nil { try write(run.text, to: file) }
        #expect(world.complaints == [], about)
        let expected = String(decoding: try readFile(file), as: UTF8.self)
        #expect(run.text == expected, about)
        for secret in ["u3Vx0Hq/8mJt", "fDgEs1AiTo9Xy", "FwoGZXIvYXdzEJr"] {
            #expect(!run.text.contains(secret), "\(name) shows a secret")
        }
    }

    @Test func `there are as many as were asked about`() {
        #expect(Self.names.count >= 60)
    }

    private func write(_ text: String, to path: String) throws {
        let file = try #require(fopen(path, "we"))
        defer { fclose(file) }
        #expect(fwrite(text, 1, text.utf8.count, file) == text.utf8.count)
    }
}
