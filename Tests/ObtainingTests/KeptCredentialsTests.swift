import Model
import Support
import Testing

@testable import Obtaining

/// When kept credentials are looked at again because a person may have logged in.
@Suite struct KeptCredentialsTests {
    private let start = Sample.start

    private func kept(life: Int64, endsIn left: Int64?, at now: Instant) -> KeptCredentials {
        var credentials = Sample.credentials(keyID: Sample.temporaryKeyID, token: Sample.token)
        credentials.expiresAt = Sourced(start.wall + .seconds(life), from: Sample.place)
        let obtained = ObtainedCredentials(
            credentials: credentials, endsForGood: left.map { start.wall + .seconds($0) })
        return KeptCredentials(obtained, at: now, spread: 0)
    }

    /// Life, end for good, fetched after, due after.
    @Test(
        arguments: [
            (43_200, nil, 0, 42_900), (43_200, 40_000, 0, 36_310), (43_200, 40_000, 36_309, 36_310),
            (43_200, 40_000, 36_310, 39_010), (43_200, 40_000, 39_010, 39_610),
            (43_200, 40_000, 39_610, 42_900), (43_200, 40_000, 41_000, 42_900),
            (3_600, 40_000, 0, 3_300), (3_600, 100_000_000, 0, 3_300),
        ] as [(Int64, Int64?, Int64, Int64)])
    func theyAreFetchedAgainBeforeEachNotice(
        life: Int64, left: Int64?, fetched: Int64, due: Int64
    ) {
        let kept = kept(life: life, endsIn: left, at: start + .seconds(fetched))
        #expect(!kept.isDue(at: start + .seconds(due - 1)))
        #expect(kept.isDue(at: start + .seconds(due)))
        #expect(!kept.isOver(at: start + .seconds(life - 1)))
    }
}
