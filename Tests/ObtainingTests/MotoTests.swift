import HTTP
import Model
import Support
import Testing

@testable import Obtaining

/// Roles against moto, an AWS that others wrote.
@Suite(.timeLimit(.minutes(2)), .enabled("moto is not installed") { await isMotoInstalled() })
struct MotoTests {
    @Test func `moto's roles are assumed, by keys and by web identity`() async throws {
        let server = try Subprocess(
            "python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
            environment: Subprocess.inheritedEnvironment.merging(["PYTHONUNBUFFERED": "1"]) { $1 },
            timeLimit: .seconds(90))
        defer { server.send(signal: 9) }
        try #require(await server.hasWritten("Running on http://127.0.0.1:"))
        let text = server.errorsSoFar
        let start = try #require(text.firstRange(of: "http://127.0.0.1:"))
        let url = "http://127.0.0.1:" + text[start.upperBound...].prefix { $0.isNumber }
        let endpoint = Endpoint(url: url, signingRegion: "us-east-1", partition: "aws")
        let role = Sourced("arn:aws:iam::123456789012:role/deploy", from: testPlace)
        let obtainer = try makeObtainer(proxy: .none)
        let file = try TemporaryFile("a.web.token")
        let steps = [
            PlanStep.webIdentity(
                WebIdentity(
                    roleARN: role, sessionName: "pod",
                    tokenFile: Sourced(file.path, from: testPlace),
                    endpoint: endpoint)),
            .assumeRole(
                RoleAssumption(
                    roleARN: role, sessionName: "next", externalID: "x", durationSeconds: 900,
                    endpoint: endpoint)),
        ]
        for count in 1...2 {
            let obtained = try await obtainer.obtain(
                Array(steps.prefix(count)), within: .seconds(30))
            #expect(obtained.credentials.accessKeyID.value.hasPrefix("ASIA"))
            #expect(obtained.credentials.accountID == "123456789012")
            #expect(obtained.credentials.expiresAt != nil)
        }
    }
}

private func isMotoInstalled() async -> Bool {
    let outcome = try? await Subprocess.run("python3", ["-c", "import moto.server"])
    return outcome?.ending == .exited(0)
}
