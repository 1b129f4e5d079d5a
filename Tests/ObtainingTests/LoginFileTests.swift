import Answers
import Glibc
import Model
import Support
import Testing

@testable import Obtaining

/// Whose files a renewed login is written to, and through what.
@Suite struct LoginFileTests {
    let bench: LoginBench

    init() throws {
        bench = try LoginBench()
        bench.server.set(LoginServer.oidc, LoginRenewalTests.renewed)
    }

    private var target: String { bench.folder + "/target.json" }
    private static let isRoot = geteuid() == 0
    private static let nobody: UInt32 = 65_534

    @Test func writesThroughALinkOfItsOwner() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)), to: target)
        symlink("target.json", bench.file)
        #expect(try await bench.obtain(bench.sso()).evidence.isEmpty)
        #expect(isLink(bench.file))
        #expect(!isLink(target))
        #expect(JSONValue(parsing: readFile(target))?["accessToken"] == .text("hush-access-2"))
    }

    @Test(.enabled("only root can make links of others") { isRoot })
    func writesThroughNoLinkOfSomebodyElse() async throws {
        let before = LoginBench.token(endsIn: .seconds(0))
        bench.write(before, to: target)
        symlink("target.json", bench.file)
        lchown(bench.file, Self.nobody, Self.nobody)
        let obtained = try await bench.obtain(bench.sso())
        #expect(
            obtained.notes.hasPrefix(
                "the renewed login could not be written to \(bench.file): "
                    + "the symbolic link cached.json on the way to it belongs to "))
        #expect(readFile(target) == Array(before.utf8))
        #expect(
            bench.server.requests(LoginServer.portal).first?.headers["x-amz-sso_bearer_token"]
                == "hush-access-2")
    }

    @Test(.enabled("only root can give files away") { isRoot }, arguments: [nil, nobody])
    func keepsTheOwner(_ user: UInt32?) async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        chown(bench.file, Self.nobody, 12_345)
        chown(bench.folder, Self.nobody, Self.nobody)
        #expect(try await bench.obtain(bench.sso(user: user)).evidence.isEmpty)
        #expect(owner(bench.file) == Self.nobody)
        #expect(permissions(bench.file) == 0o600)
        #expect(bench.content["accessToken"] == .text("hush-access-2"))
    }

    @Test(.enabled("only root can act for others") { isRoot })
    func writesWithNoMoreRightsThanTheUser() async throws {
        bench.write(LoginBench.token(endsIn: .seconds(0)))
        chown(bench.file, Self.nobody, Self.nobody)
        // The user may read the file, and not write to its directory.
        chmod(bench.folder, 0o755)
        let obtained = try await bench.obtain(bench.sso(user: Self.nobody))
        #expect(obtained.notes.contains("could not be written to \(bench.file): Permission denied"))
        #expect(bench.content["accessToken"] == .text("hush-access-1"))
        #expect(bench.names == ["cached.json"])
    }

    @Test func writesJSONThatReadsTheSame() throws {
        let text =
            #"{"a": [], "b": {}, "c": "\\\"\n\u0000ü😀", "d": -9223372036854775808, "e": 1e300}"#
        let value = try #require(JSONValue(parsing: Array(text.utf8)))
        #expect(JSONValue(parsing: value.bytes) == value)
    }
}
