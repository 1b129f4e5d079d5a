import Glibc
import HTTP
import Model
import Testing

@testable import Obtaining

@Suite struct ObtainerTests {
    private let place = Provenance.builtIn("a test")

    @Test func keysAreThereAlready() async throws {
        let keys = Credentials(
            accessKeyID: Sourced("AKIAIOSFODNN7EXAMPLE", from: place),
            secretAccessKey: Sourced(Secret("made/up"), from: place))
        let obtainer = Obtainer(transport: try CurlTransport(CurlOptions(proxy: .none)))
        let obtained = try await obtainer.obtain([.keys(keys)], within: .seconds(1))
        #expect(obtained == ObtainedCredentials(credentials: keys))
    }

    private func process(_ folder: TestFolder, _ answer: String) -> PlanStep {
        .process(
            CredentialProcess(
                command: Sourced(
                    Secret("echo x >> \(folder["runs"]); echo '\(answer)'"), from: place),
                file: FileOwnership(user: geteuid(), group: getegid(), mode: 0o600),
                environment: AWSEnvironment(variables: ["PATH": "/usr/bin:/bin"])))
    }

    @Test func aProgramRunsOnceForAllChecksUntilItsCredentialsAreRefused() async throws {
        let folder = try TestFolder()
        let obtainer = Obtainer(transport: try CurlTransport(CurlOptions(proxy: .none)))
        let step = process(
            folder,
            #"{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2999-01-01T00:00:00Z"}"#
        )
        for _ in 0..<10 { _ = try await obtainer.obtain([step], within: .seconds(30)) }
        let runs = { await readSmallFile(folder["runs"], for: nil, within: .seconds(30)) }
        #expect(await runs() == .success(Array("x\n".utf8)))
        obtainer.invalidate([step])
        _ = try await obtainer.obtain([step], within: .seconds(30))
        #expect(await runs() == .success(Array("x\nx\n".utf8)))
        await obtainer.shutDown()
        obtainer.invalidate([step])
        await #expect(throws: ObtainProblem.self) {
            try await obtainer.obtain([step], within: .seconds(30))
        }
    }
}
