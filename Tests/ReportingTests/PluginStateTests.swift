import Model
import Testing

@testable import Reporting

@Suite struct PluginStateTests {
    static let now = Samples.now

    static func profile(
        _ name: String, _ state: ProfileState = .healthy, ends: Duration? = nil,
        _ advisories: AdvisoryKind...
    ) -> ProfileStatus {
        ProfileStatus(
            name: name, state: state, endsForGood: ends.map { now + $0 },
            advisories: advisories.map { Advisory($0, "m") })
    }

    static func group(
        _ state: GroupState = .ready, active: String = "a", _ advisories: AdvisoryKind...
    ) -> GroupStatus {
        GroupStatus(
            name: "g", primary: "a", backups: ["b"], active: active, state: state,
            advisories: advisories.map { Advisory($0, "m") })
    }

    static func document(
        _ overall: Overall, _ profiles: [ProfileStatus], _ groups: [GroupStatus] = []
    ) -> StatusDocument {
        var document = Samples.emptyDocument
        document.validUntil = now + .seconds(60)
        document.overall = overall
        document.profiles = profiles
        document.groups = groups
        return document
    }

    func state(_ document: StatusDocument, _ question: PluginQuestion) -> PluginState {
        answerPlugin(document, question, now: Self.now).state
    }

    @Test(arguments: [
        (Overall.healthy, PluginState.ok, Int32(0)), (.degraded, .warning, 1),
        (.failing, .critical, 2), (.unknown, .unknown, 3),
    ])
    func followsTheSum(overall: Overall, state: PluginState, code: Int32) {
        #expect(self.state(Self.document(overall, [Self.profile("a")]), PluginQuestion()) == state)
        #expect(state.rawValue == code)
    }

    @Test func aGroupWhoseOldKeyIsInUseIsAWarning() {
        var group = Self.group(.ready, active: "a")
        let profiles = [Self.profile("a"), Self.profile("b")]
        func state() -> PluginState {
            self.state(Self.document(.healthy, profiles, [group]), PluginQuestion(groups: ["g"]))
        }
        #expect(state() == .ok)
        group.staleUsers = Samples.staleUsers
        #expect(state() == .warning)
    }

    /// What a selection of profiles and groups leads to, whatever the sum says.
    struct Row: Sendable, CustomTestStringConvertible {
        var what: String
        var profiles: [ProfileStatus]
        var groups: [GroupStatus] = []
        var asked: [String] = []
        var askedGroups: [String] = []
        var state: PluginState
        var testDescription: String { what }
    }

    @Test(arguments: [
        Row(what: "healthy", profiles: [profile("a")], asked: ["a"], state: .ok),
        Row(
            what: "only what was asked counts", profiles: [profile("a"), profile("b", .failing)],
            asked: ["a"], state: .ok),
        Row(
            what: "failing", profiles: [profile("a"), profile("b", .failing)], asked: ["a", "b"],
            state: .critical),
        Row(
            what: "a failing spare that was asked for",
            profiles: [profile("a"), profile("b", .failing)], groups: [group()], asked: ["b"],
            state: .critical),
        Row(what: "unknown", profiles: [profile("a", .unknown)], asked: ["a"], state: .unknown),
        Row(
            what: "unknown beside healthy", profiles: [profile("a", .unknown), profile("b")],
            asked: ["a", "b"], state: .warning),
        Row(what: "pending", profiles: [profile("a", .pending)], asked: ["a"], state: .unknown),
        Row(
            what: "pending beside healthy", profiles: [profile("a", .pending), profile("b")],
            asked: ["a", "b"], state: .ok),
        Row(
            what: "a warning that degrades", profiles: [profile("a", .healthy, .quarantined)],
            asked: ["a"], state: .warning),
        Row(
            what: "a warning that does not", profiles: [profile("a", .healthy, .keyOld)],
            asked: ["a"], state: .ok),
        Row(
            what: "a group that is ready", profiles: [profile("a"), profile("b")],
            groups: [group()], askedGroups: ["g"], state: .ok),
        Row(
            what: "the active one fails", profiles: [profile("a", .failing), profile("b")],
            groups: [group(.confirming)], askedGroups: ["g"], state: .critical),
        Row(
            what: "failed over", profiles: [profile("a", .failing), profile("b")],
            groups: [group(.failedOver, active: "b")], askedGroups: ["g"], state: .warning),
        Row(
            what: "the spare fails", profiles: [profile("a"), profile("b", .failing)],
            groups: [group()], askedGroups: ["g"], state: .warning),
        Row(
            what: "the spare is unknown", profiles: [profile("a"), profile("b", .unknown)],
            groups: [group()], askedGroups: ["g"], state: .warning),
        Row(
            what: "the active one is unknown", profiles: [profile("a", .unknown), profile("b")],
            groups: [group()], askedGroups: ["g"], state: .unknown),
        Row(
            what: "the failover failed", profiles: [profile("a", .failing), profile("b")],
            groups: [group(.failoverFailed)], askedGroups: ["g"], state: .critical),
        Row(
            what: "a backup that lacks something", profiles: [profile("a"), profile("b")],
            groups: [group(.ready, active: "a", .backupLacksPermission)], askedGroups: ["g"],
            state: .warning),
        Row(
            what: "a backup in the same account", profiles: [profile("a"), profile("b")],
            groups: [group(.ready, active: "a", .backupSameAccount)], askedGroups: ["g"], state: .ok
        ),
        Row(
            what: "an active profile that nobody knows", profiles: [profile("a")],
            groups: [group(.ready, active: "x")], askedGroups: ["g"], state: .unknown),
        Row(
            what: "a profile and a group", profiles: [profile("a"), profile("b", .failing)],
            groups: [group()], asked: ["b"], askedGroups: ["g"], state: .critical),
    ])
    func judgesASelection(row: Row) {
        for overall in Overall.allCases {
            let document = Self.document(overall, row.profiles, row.groups)
            let question = PluginQuestion(profiles: row.asked, groups: row.askedGroups)
            #expect(state(document, question) == row.state)
        }
    }

    @Test(arguments: [
        (Duration.seconds(3_600), PluginState.ok), (.seconds(901), .ok), (.seconds(900), .warning),
        (.seconds(301), .warning), (.seconds(300), .critical), (.seconds(-5), .critical),
    ])
    func tellsOfALoginThatEnds(left: Duration, expected: PluginState) {
        let document = Self.document(
            .healthy, [Self.profile("a", ends: left), Self.profile("b")],
            [GroupStatus(name: "g", primary: "a", backups: [], active: "a", state: .ready)])
        for (profiles, groups) in [([], []), (["a"], []), ([], ["g"])] as [([String], [String])] {
            let question = PluginQuestion(
                profiles: profiles, groups: groups, endCritical: .seconds(300))
            #expect(state(document, question) == expected)
        }
        let other = PluginQuestion(profiles: ["b"], endCritical: .seconds(300))
        #expect(state(document, other) == .ok)
        let early = PluginQuestion(endWarning: .seconds(7_200))
        #expect(state(document, early) == .warning)
    }

    @Test func anEndIsNoMoreThanAWarningUnlessAskedFor() {
        let document = Self.document(.healthy, [Self.profile("a", ends: .seconds(1))])
        #expect(state(document, PluginQuestion()) == .warning)
    }

    @Test func whatIsUnknownIsNotMadeLessByAnEnd() {
        let ending = Self.profile("a", .unknown, ends: .seconds(1))
        let document = Self.document(.unknown, [ending])
        for profiles in [[], ["a"]] {
            #expect(state(document, PluginQuestion(profiles: profiles)) == .unknown)
            let question = PluginQuestion(profiles: profiles, endCritical: .seconds(300))
            #expect(state(document, question) == .critical)
        }
    }
}
