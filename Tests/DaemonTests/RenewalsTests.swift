import Model
import Testing

@testable import Daemon

@Suite struct RenewalsTests {
    private let now = WallTime(seconds: 1_795_356_190)

    private func renewals(_ remembered: [RememberedSwitch] = []) -> Renewals {
        var renewals = Renewals(remembered)
        renewals.update(active: [("web", "app"), ("batch", "app"), ("other", "spare")])
        return renewals
    }

    @Test func `without files nobody is watched`() {
        var renewals = renewals()
        renewals.update(active: [])
        #expect(renewals.users == nil && renewals.remembered.isEmpty)
    }

    @Test func `a profile is in use in its groups`() {
        #expect(renewals().users == ["app": ["web", "batch"], "spare": ["other"]])
    }

    @Test func `the first key is noted, another one is written`() {
        var renewals = renewals()
        #expect(renewals.accepted("app", keyID: "K1", isSession: false, in: "web") == .noted)
        #expect(renewals.accepted("app", keyID: "K1", isSession: false, in: "web") == .nothing)
        #expect(
            renewals.accepted("app", keyID: "K2", isSession: false, in: "web")
                == .renew(group: "web"))
        renewals.begin("web")
        #expect(renewals.accepted("app", keyID: "K2", isSession: false, in: "web") == .nothing)
        renewals.end("web")
        renewals.written("web", "app", MoveOutcome(.done, keyID: "K2"), at: now)
        #expect(renewals.accepted("app", keyID: "K2", isSession: false, in: "web") == .nothing)
        #expect(renewals.known["web"]?.isWritten == true)
    }

    @Test func `a session's keys are others each time, and its end decides`() {
        var renewals = renewals()
        #expect(renewals.accepted("app", keyID: "K1", isSession: true, in: "web") == .nothing)
        #expect(renewals.known.isEmpty)
        let outcome = MoveOutcome(.done, keyID: "K1", expiresAt: now + .seconds(3_600))
        renewals.written("web", "app", outcome, at: now)
        #expect(renewals.known["web"]?.renewAt == now + .seconds(2_400))
        #expect(renewals.accepted("app", keyID: "K2", isSession: true, in: "web") == .nothing)
    }

    @Test(arguments: [(3_600, 2_400), (900, 600), (90, 60), (30, 60), (-5, 60)])
    func `a third of the life is left at a renewal`(life: Int64, wait: Int64) {
        #expect(renewal(of: now + .seconds(life), at: now) == now + .seconds(wait))
    }

    @Test func `a restart goes on with what was known, and a failover begins anew`() {
        let known = RememberedSwitch(
            group: "web", profile: "app", accessKeyID: "K1", isWritten: true)
        let gone = RememberedSwitch(group: "gone", profile: "app", accessKeyID: "K1")
        var renewals = renewals([known, gone])
        #expect(renewals.remembered == [known])
        #expect(
            renewals.accepted("app", keyID: "K2", isSession: false, in: "web")
                == .renew(group: "web"))
        renewals.update(active: [("web", "spare")])
        #expect(renewals.accepted("spare", keyID: "K3", isSession: false, in: "web") == .noted)
    }
}
