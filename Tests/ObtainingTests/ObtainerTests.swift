import HTTP
import Model
import Testing

@testable import Obtaining

@Suite struct ObtainerTests {
    @Test func keysAreThereAlready() async throws {
        let place = Provenance.builtIn("a test")
        let keys = Credentials(
            accessKeyID: Sourced("AKIAIOSFODNN7EXAMPLE", from: place),
            secretAccessKey: Sourced(Secret("made/up"), from: place))
        let obtainer = Obtainer(
            transport: try CurlTransport(CurlOptions(proxy: .none)), clock: { WallTime(seconds: 0) }
        )
        let obtained = try await obtainer.obtain([.keys(keys)], within: .seconds(1))
        #expect(obtained == ObtainedCredentials(credentials: keys))
    }
}
