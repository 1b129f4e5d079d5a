import Glibc
import Model
import Support
import Testing

@testable import Switching

/// Fixtures/switch: odd files, byte for byte as they are to be with other keys.
@Suite struct SwitchFixtureTests {
    @Test(arguments: SwitchFixture.all)
    func `exactly the intended bytes change`(_ fixture: SwitchFixture) throws {
        let before = try fixture.bytes("before")
        guard let after = try fixture.after() else {
            let reason = try fixture.text("refused").split(separator: "\n").first
            let refusal = #expect(throws: EditRefusal.self) {
                let text = try KeyText(before, of: fixture.place)
                _ = try text.edited(fixture.keys, in: fixture.place)
            }
            #expect(refusal?.reason == reason.map(String.init))
            return
        }
        let text = try KeyText(before, of: fixture.place)
        let isRight = text.holds(fixture.keys)
        #expect(isRight == (before == after))
        guard !isRight else { return }
        let edited = try text.edited(fixture.keys, in: fixture.place)
        let isExact = edited == after
        #expect(isExact, "\(String(decoding: edited.prefix(4_096), as: UTF8.self))")
        let again = try KeyText(edited, of: fixture.place)
        #expect(again.holds(fixture.keys))
        #expect(again.keyID == SwitchFixture.keyID)
    }

    /// What the readers themselves make of the files: botocore, and the rules of docker and systemd.
    @Test func `the readers find the new keys, and all else as it was`() async throws {
        let script = SwitchFixture.root + "/../../Tests/Switcher/reread"
        let outcome = try await Subprocess.run("python3", [script, SwitchFixture.root])
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }
}

/// A folder of Fixtures/switch.
struct SwitchFixture: Sendable, CustomTestStringConvertible {
    static let keyID = "AKIAI44QH8DHBEXAMPLE"
    static let root =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
        + "/Fixtures/switch"
    static let all = entries(of: root).map { SwitchFixture(name: $0) }

    var name: String
    var testDescription: String { name }

    /// `credentials PROFILE`, `config PROFILE` or `environment -`, and `token` for keys that have one.
    private var arguments: [Substring] {
        (try? text("args"))?.split(whereSeparator: \.isWhitespace) ?? []
    }

    private var hasToken: Bool { arguments.last == "token" }

    var place: SwitchPlace {
        let profile = arguments.dropFirst().dropLast(hasToken ? 1 : 0).joined(separator: " ")
        return switch arguments.first {
        case "credentials": .credentialsFile("/f", profile: profile)
        case "config": .configFile("/f", profile: profile)
        default: .environmentFile("/f")
        }
    }

    var keys: WrittenKeys {
        WrittenKeys(
            accessKeyID: Self.keyID,
            secretAccessKey: Secret("je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"),
            sessionToken: hasToken ? Secret("IQoJb3JpZ2luX2VjEXAMPLE+/token==") : nil)
    }

    func bytes(_ file: String) throws -> [UInt8] {
        try contents(of: "\(Self.root)/\(name)/\(file)")
    }

    /// Nil where the file is refused.
    func after() throws -> [UInt8]? {
        access("\(Self.root)/\(name)/after", R_OK) == 0 ? try bytes("after") : nil
    }

    func text(_ file: String) throws -> String {
        String(decoding: try bytes(file), as: UTF8.self)
    }
}
