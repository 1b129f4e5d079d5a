import Model
import Testing
import Tracking

@Suite struct GroupBackupsTests {
    private var world = World([World.group()], incident: Counter().next)

    @Test mutating func `a backup that dies is told once, with its third bad answer`() {
        world.check("app", .ok)
        world.check("spare", .ok)
        #expect(world.checks(2, of: "spare", .keyInactive).kinds.isEmpty)
        #expect(world.group.advisories.isEmpty)
        let effects = world.checks(1, of: "spare", .keyInactive)
        #expect(effects.kinds == [.backupFailing])
        #expect(effects.messages.first?.contains("Left: third.") == true)
        #expect(effects.advisories.isEmpty)
        #expect(effects.contains(.remember))
        let run = effects.runs.first
        #expect(run?.event == .backupFailing)
        #expect((run?.from, run?.to) == ("spare", "app"))
        #expect(run?.cause == .keyInactive)
        #expect(world.checks(3, of: "spare", .keyInactive).kinds.isEmpty)
        #expect(world.group.advisories.map(\.kind) == [.backupFailing])
        #expect(world.overall == .degraded)
        #expect(world.group.state == .ready)

        #expect(world.checks(1, of: "spare", .ok).kinds == [.backupRecovered])
        #expect(world.group.advisories.isEmpty)
        #expect(world.overall == .healthy)
    }

    @Test mutating func `one that was never good is told as well`() {
        #expect(world.checks(3, of: "spare", .keyNotRecognized).kinds == [.backupFailing])
    }

    @Test mutating func `what says nothing about a backup is never counted`() {
        for cause in Cause.allCases where cause.verdict == .unknown {
            #expect(world.checks(5, of: "spare", cause).kinds.isEmpty, "\(cause)")
        }
        world.checks(2, of: "spare", .wrongSecret)
        world.checks(1, of: "spare", .networkDNS)
        #expect(world.checks(1, of: "spare", .wrongSecret).kinds == [.backupFailing])
    }

    @Test mutating func `a good answer, or another credential, begins the count anew`() {
        world.checks(2, of: "spare", .wrongSecret)
        world.check("spare", .ok)
        #expect(world.checks(2, of: "spare", .wrongSecret).kinds.isEmpty)
        world.check("spare", .ok)
        for fingerprint in 1...4 {
            world.pass(.seconds(60))
            #expect(world.check("spare", .wrongSecret, fingerprint: fingerprint).kinds.isEmpty)
        }
    }

    @Test mutating func `no backup that is usable is a warning of its own`() {
        world.checks(3, of: "spare", .keyInactive)
        let effects = world.checks(3, of: "third", .wrongSecret)
        #expect(
            effects.messages == [
                "the backup third is refused: \(Cause.wrongSecret.title). No backup of g is usable now."
            ])
        #expect(world.group.advisories.map(\.kind) == [.backupFailing, .noUsableBackup])
        world.checks(1, of: "third", .ok)
        #expect(world.group.advisories.map(\.kind) == [.backupFailing])
    }

    @Test mutating func `a restart keeps the warning and tells nothing again`() {
        world.checks(3, of: "spare", .keyInactive)
        let since = world.group.advisories.first?.since
        var next = World([World.group()], remembered: world.tracker.remembered, at: world.now)
        #expect(next.effects.kinds.isEmpty && next.effects.advisories.isEmpty)
        #expect(next.group.advisories.first?.since == since)
        #expect(next.checks(4, of: "spare", .keyInactive).kinds.isEmpty)
        #expect(next.group.advisories.first?.message.contains(Cause.keyInactive.title) == true)
        #expect(next.checks(1, of: "spare", .ok).kinds == [.backupRecovered])
        #expect(next.kept.failingBackups.isEmpty)
    }

    @Test mutating func `a backup that the config drops takes its warning along`() {
        world.checks(3, of: "spare", .keyInactive)
        world.tracker.reconfigure(
            World.configuration([World.group(backups: ["third"])]), at: world.now)
        #expect(world.group.advisories.isEmpty)
    }

    @Test mutating func `without a hook it is told all the same`() {
        world = World([World.group(hook: false)])
        let effects = world.checks(3, of: "spare", .keyInactive)
        #expect(effects.kinds == [.backupFailing] && effects.runs.isEmpty)
    }
}
