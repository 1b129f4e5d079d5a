import Testing

@testable import Daemon

/// When the groups are compared first.
@Suite struct EquivalenceEngineTests {
    @Test(arguments: [
        (0, Duration.seconds(240)), (1, .seconds(240)), (24, .seconds(240)), (100, .seconds(1_000)),
        (5_000, .seconds(43_200)),
    ])
    func `many groups are spread over more time`(_ groups: Int, _ window: Duration) {
        #expect(comparisonWindow(for: groups) == window)
    }
}
