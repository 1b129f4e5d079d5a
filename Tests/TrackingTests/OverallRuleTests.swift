import Model
import Testing
import Tracking

@Suite struct OverallRuleTests {
    private func group(_ state: GroupState, active: String) -> GroupStatus {
        GroupStatus(
            name: "g", primary: "app", backups: ["spare"], active: active, state: state)
    }

    @Test(
        arguments: [
            ([], .unknown), ([.pending], .unknown), ([.unknown, .unknown], .unknown),
            ([.healthy], .healthy), ([.healthy, .pending], .healthy),
            ([.healthy, .unknown], .degraded),
            ([.failing], .failing), ([.failing, .healthy], .failing),
            ([.failing, .unknown], .failing),
            ([.unknown, .pending], .unknown),
        ] as [([ProfileState], Overall)])
    func `of profiles alone`(states: [ProfileState], expected: Overall) {
        let profiles = states.enumerated().map { ProfileStatus(name: "p\($0)", state: $1) }
        #expect(overall(profiles: profiles, groups: []) == expected)
    }

    @Test func `who still uses an old key makes it degraded, and a look without a find does not`() {
        let time = WallTime(seconds: 1_795_356_190)
        let profiles = ["app", "spare"].map { ProfileStatus(name: $0, state: .healthy) }
        var group = group(.ready, active: "app")
        group.staleUsers = StaleUsers(
            profile: "spare", accessKeyID: "AKIAQNCLJGYSAZAAN74C", since: time)
        #expect(overall(profiles: profiles, groups: [group]) == .healthy)
        group.staleUsers?.report.count = 1
        #expect(overall(profiles: profiles, groups: [group]) == .degraded)
    }

    @Test(
        arguments: [
            (.healthy, .healthy, .ready, "app", .healthy),
            (.healthy, .failing, .ready, "app", .degraded),
            (.failing, .healthy, .ready, "app", .failing),
            (.failing, .healthy, .confirming, "app", .failing),
            (.failing, .healthy, .failingOver, "app", .failing),
            (.failing, .healthy, .failedOver, "spare", .degraded),
            (.healthy, .healthy, .failedOver, "spare", .degraded),
            (.healthy, .failing, .failedOver, "spare", .failing),
            (.failing, .failing, .failedOver, "spare", .failing),
            (.failing, .unknown, .failedOver, "spare", .failing),
            (.failing, .healthy, .failoverFailed, "app", .failing),
            (.healthy, .healthy, .failoverFailed, "app", .degraded),
            (.unknown, .healthy, .ready, "app", .degraded),
            (.unknown, .unknown, .ready, "app", .unknown),
        ] as [(ProfileState, ProfileState, GroupState, String, Overall)])
    func `of a group`(
        app: ProfileState, spare: ProfileState, state: GroupState, active: String,
        expected: Overall
    ) {
        let profiles = [
            ProfileStatus(name: "app", state: app), ProfileStatus(name: "spare", state: spare),
        ]
        #expect(overall(profiles: profiles, groups: [group(state, active: active)]) == expected)
    }

    @Test(
        arguments: [
            (nil, .healthy), (.hour, .healthy), (.quarter, .degraded), (.minutes, .degraded),
            (.passed, .degraded),
        ] as [(EndNotice?, Overall)])
    func `of a login that ends`(told: EndNotice?, expected: Overall) {
        let ending = ProfileStatus(name: "app", state: .healthy, endTold: told)
        #expect(overall(profiles: [ending], groups: []) == expected)
        let failing = ProfileStatus(name: "batch", state: .failing)
        #expect(overall(profiles: [ending, failing], groups: []) == .failing)
    }

    @Test(arguments: AdvisoryKind.allCases)
    func `of a warning`(kind: AdvisoryKind) {
        let advisories = [Advisory(kind, "m")]
        let expected: Overall = kind.degrades ? .degraded : .healthy
        let healthy = ProfileStatus(name: "app", state: .healthy)
        var warned = healthy
        warned.advisories = advisories
        var ready = group(.ready, active: "app")
        ready.advisories = advisories
        #expect(overall(profiles: [warned], groups: []) == expected)
        #expect(overall(profiles: [healthy], groups: [ready]) == expected)
        #expect(overall(profiles: [healthy], groups: [], advisories: advisories) == expected)
        // It makes nothing better, and nothing worse, than what is the matter anyway.
        let failing = ProfileStatus(name: "app", state: .failing)
        #expect(overall(profiles: [failing], groups: [], advisories: advisories) == .failing)
        let unknown = ProfileStatus(name: "app", state: .unknown, advisories: advisories)
        #expect(overall(profiles: [unknown], groups: [], advisories: advisories) == .unknown)
    }

    @Test func `a spare of one group that another one uses is no spare`() {
        let profiles = [
            ProfileStatus(name: "app", state: .healthy),
            ProfileStatus(name: "spare", state: .failing),
        ]
        let other = GroupStatus(
            name: "h", primary: "spare", backups: ["app"], active: "spare", state: .ready)
        #expect(
            overall(profiles: profiles, groups: [group(.ready, active: "app"), other]) == .failing)
    }
}
