import Model
import Scheduling
import Testing

@testable import Daemon

@Suite struct ProvenCredentialsTests {
    private static let start = Instant(
        moment: Moment(nanoseconds: 0), wall: WallTime(seconds: 1_795_356_190))

    private func credentials(lasting seconds: Int?) -> Credentials {
        let place = Provenance.builtIn("a test")
        return Credentials(
            accessKeyID: Sourced("AKIAIOSFODNN7EXAMPLE", from: place),
            secretAccessKey: Sourced(Secret("secret"), from: place),
            expiresAt: seconds.map { Sourced(Self.start.wall + .seconds($0), from: place) })
    }

    private func profile(_ name: String = "app", of awsProfile: String? = nil)
        -> ProfileConfiguration
    {
        var profile = ProfileConfiguration(name: name, awsProfile: awsProfile)
        profile.isServed = true
        return profile
    }

    @Test func `the clock by which less is left counts`() throws {
        let proven = ProvenCredentials()
        proven.note(profile(), credentials(lasting: 600), at: Self.start)
        let entry = try #require(proven.entry(of: profile()))
        #expect(entry.remaining(at: Self.start) == .seconds(600))
        #expect(entry.remaining(at: Self.start + .seconds(100)) == .seconds(500))
        // A wall clock that was set back makes no session last longer.
        let back = Instant(
            moment: Self.start.moment + .seconds(500), wall: Self.start.wall + .seconds(-3_600))
        #expect(entry.remaining(at: back) == .seconds(100))
        let ahead = Instant(moment: Self.start.moment, wall: Self.start.wall + .seconds(601))
        #expect(entry.remaining(at: ahead) == .seconds(-1))
    }

    @Test func `keys without an end last`() throws {
        let proven = ProvenCredentials()
        proven.note(profile(), credentials(lasting: nil), at: Self.start)
        let entry = try #require(proven.entry(of: profile()))
        #expect(entry.remaining(at: Self.start + .seconds(1_000_000)) == nil)
    }

    @Test func `a profile that means another place now is another one`() {
        let proven = ProvenCredentials()
        proven.note(profile(), credentials(lasting: nil), at: Self.start)
        #expect(proven.entry(of: profile(of: "elsewhere")) == nil)
        var expecting = profile()
        expecting.expected.account = "123456789012"
        #expect(proven.entry(of: expecting) == nil)
        // What is asked more often is the same.
        var moved = profile()
        moved.interval = .seconds(7)
        #expect(proven.entry(of: moved) != nil)
    }

    @Test func `what is not served any more is forgotten`() {
        let proven = ProvenCredentials()
        for name in ["app", "web"] {
            proven.note(profile(name), credentials(lasting: nil), at: Self.start)
        }
        var unserved = profile("web")
        unserved.isServed = false
        proven.keep(only: [profile("app"), unserved])
        #expect(proven.entry(of: profile("app")) != nil)
        #expect(proven.entry(of: profile("web")) == nil)
        proven.forgetAll()
        #expect(proven.entry(of: profile("app")) == nil)
    }
}
