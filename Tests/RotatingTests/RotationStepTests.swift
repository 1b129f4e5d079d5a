import Model
import Testing

@testable import Rotating

private let start = WallTime(seconds: 1_790_000_000)
private let old = "AKIAQNCLJGYSOLDKEY22"
private let new = "AKIAQNCLJGYSNEWKEY22"
private let third = "AKIAQNCLJGYSOTHERK22"
private let place = SwitchPlace.credentialsFile("/home/app/.aws/credentials", profile: "app")

private func record(
    _ stage: RotationStage, replaced: String? = nil, deleteAfter: Duration? = .seconds(7 * 86_400)
) -> RotationRecord {
    var record = RotationRecord(
        stage: stage, profile: "app", user: "app", account: "123456789012", place: place,
        oldKeyID: old, keysBefore: [old], replacedKeyID: replaced, deleteAfter: deleteAfter,
        startedAt: start)
    if stage != .replacing, stage != .creating {
        record.newKeyID = new
        record.realPath = "/home/app/.aws/credentials"
        record.keptPath = "/home/app/.aws/credentials.credwatch-20261126T230447Z"
        record.switchedAt = start
    }
    if stage == .deactivated || stage == .deleting { record.deactivatedAt = start }
    return record
}

private func facts(
    _ keys: [(String, Bool)], file: String?, after: Duration = .seconds(20),
    made: Duration = .seconds(1), held: Set<String> = [], clients: Duration? = nil
) -> RotationFacts {
    RotationFacts(
        now: start + after, awsTime: start + after,
        listed: keys.map { ListedKey(id: $0.0, isActive: $0.1, createdAt: start + made) },
        keyInFile: file, applications: ["web": held], clientsUntil: clients.map { start + $0 })
}

struct RotationStepTests {
    @Test func `what is open leads to what comes next`() {
        let both = [(old, true), (new, true)]
        let rows: [(RotationRecord, RotationFacts, RotationStep)] = [
            (
                record(.replacing, replaced: third),
                facts([(old, true), (third, false)], file: old), .makeRoom(third)
            ),
            (
                record(.replacing, replaced: third), facts([(old, true)], file: old),
                .advance(.creating)
            ),
            (record(.creating), facts([(old, true)], file: old), .create),
            // A crash between the answer and the file, and one right after the file.
            (record(.creating), facts(both, file: old), .deleteLost(new)),
            (record(.creating), facts(both, file: new), .adopt(new)),
            (record(.switched), facts(both, file: new), .prove),
            // IAM may not list the new key yet.
            (record(.switched), facts([(old, true)], file: new), .prove),
            (record(.switched), facts(both, file: old), .advance(.undoing)),
            (record(.proven), facts(both, file: new), .bring),
            (record(.proven), facts(both, file: new, held: [old]), .bring),
            (record(.moved), facts(both, file: new, held: [new]), .deactivate(old)),
            (record(.moved), facts(both, file: new, held: [old, new]), .bring),
            (
                record(.moved), facts(both, file: new, clients: .seconds(900)),
                .linger(until: start + .seconds(900))
            ),
            (record(.moved), facts(both, file: new, clients: .seconds(19)), .deactivate(old)),
            (
                record(.moved), facts([(old, false), (new, true)], file: new),
                .advance(.deactivated)
            ),
            (record(.moved), facts([(new, true)], file: new), .finish(.replaced)),
            (
                record(.deactivated), facts([(old, false), (new, true)], file: new),
                .wait(until: start + .seconds(7 * 86_400))
            ),
            (
                record(.deactivated),
                facts([(old, false), (new, true)], file: new, after: .seconds(8 * 86_400)),
                .advance(.deleting)
            ),
            (
                record(.deactivated, deleteAfter: nil),
                facts([(old, false), (new, true)], file: new), .finish(.kept)
            ),
            (record(.deactivated), facts(both, file: new), .finish(.reactivated)),
            (record(.deleting), facts([(old, false), (new, true)], file: new), .deleteOld(old)),
            (record(.deleting), facts(both, file: new), .finish(.reactivated)),
            (record(.deleting), facts([(new, true)], file: new), .finish(.replaced)),
            (record(.undoing), facts(both, file: new), .restore),
            (record(.undoing), facts(both, file: old), .deleteNew(new)),
            (record(.undoing), facts(both, file: old, held: [new]), .bring),
            (record(.undoing), facts(both, file: old, held: [old]), .deleteNew(new)),
            (record(.undoing), facts([(old, true)], file: old), .finish(.undone)),
        ]
        for (record, facts, step) in rows {
            #expect(nextStep(of: record, facts) == step, "\(record.stage) \(facts)")
        }
    }

    /// The clock of a machine that has just started may be anything.
    @Test func `the old key goes by AWS's time, and not without it`() {
        let (week, wait) = (
            Duration.seconds(7 * 86_400), RotationStep.wait(until: start + .seconds(7 * 86_400))
        )
        let rows: [(own: Duration, aws: Duration?, step: RotationStep?)] = [
            (week * 500, .seconds(60), wait), (.seconds(60), week, .advance(.deleting)),
            (week * -500, week - .seconds(6), wait), (week, week, .advance(.deleting)),
            (.seconds(60), nil, wait), (week * 500, nil, nil),
        ]
        for row in rows {
            var facts = facts([(old, false), (new, true)], file: new, after: row.own)
            facts.awsTime = row.aws.map { start + $0 }
            let step = nextStep(of: record(.deactivated), facts)
            if let expected = row.step {
                #expect(step == expected, "\(row)")
            } else {
                guard case .stop(let sentence) = step else {
                    Issue.record("\(step)")
                    continue
                }
                #expect(sentence.contains(old))
            }
        }
    }

    @Test func `a key that somebody else made is left to a person`() {
        let late = facts([(old, true), (new, true)], file: old, made: .seconds(3_600))
        guard case .stop(let sentence) = nextStep(of: record(.creating), late) else {
            return #expect(Bool(false))
        }
        #expect(sentence.contains(new))
        let foreign = facts([(old, true), (new, true)], file: third)
        for stage in [RotationStage.creating, .switched, .proven] {
            guard case .stop = nextStep(of: record(stage), foreign) else {
                Issue.record("\(stage)")
                continue
            }
        }
    }

    /// Whatever the journal and the world say, no step touches the key in the file.
    @Test(arguments: RotationStage.allCases)
    func `a key that applications have is never retired`(stage: RotationStage) {
        for file in [old, new, third] {
            for held in [old, new, third] {
                for mask in 0..<27 {
                    let states = [(old, mask % 3), (new, mask / 3 % 3), (third, mask / 9)]
                    let keys = states.filter { $0.1 > 0 }.map { ($0.0, $0.1 == 1) }
                    let seen = facts(keys, file: file, after: .seconds(8 * 86_400), held: [held])
                    switch nextStep(of: record(stage, replaced: third), seen) {
                    case .makeRoom(let id), .deleteLost(let id), .deactivate(let id),
                        .deleteOld(let id), .deleteNew(let id):
                        #expect(id != held)
                    default: break
                    }
                }
            }
        }
    }

    @Test(arguments: RotationStage.allCases)
    func `the key in the file is never retired`(stage: RotationStage) {
        for file in [old, new, third] {
            for mask in 0..<27 {
                let states = [(old, mask % 3), (new, mask / 3 % 3), (third, mask / 9)]
                let keys = states.filter { $0.1 > 0 }.map { ($0.0, $0.1 == 1) }
                let step = nextStep(of: record(stage, replaced: third), facts(keys, file: file))
                switch step {
                case .makeRoom(let id), .deleteLost(let id), .deactivate(let id),
                    .deleteOld(let id), .deleteNew(let id):
                    #expect(id != file)
                default: break
                }
            }
        }
    }
}

/// An IAM, a file and a journal that outlive the crashes of who changes them.
private struct Machine {
    /// The keys, with whether each is active.
    var keys: [String: Bool] = [old: true]
    var file = old
    /// What applications read.
    var target = old
    var journal: RotationRecord? = record(.creating)
    var isNewGood: Bool
    /// How many changes are made before the next crash.
    var changesLeft = Int.max

    struct Crash: Error {}

    mutating func change(_ body: (inout Machine) -> Void) throws(Crash) {
        guard changesLeft > 0 else { throw Crash() }
        changesLeft -= 1
        body(&self)
        // What has to hold at each moment.
        #expect(keys[file] == true, "the key in the file works")
        #expect(keys[target] == true, "the key that applications have works")
    }

    /// Runs until it waits, ends or crashes; returns the ending.
    mutating func run(at now: WallTime) throws(Crash) -> RotationEnding? {
        while let record = journal {
            let facts = RotationFacts(
                now: now, awsTime: now,
                listed: keys.map { ListedKey(id: $0.key, isActive: $0.value, createdAt: start) },
                keyInFile: file, applications: ["web": [target]])
            switch nextStep(of: record, facts) {
            case .makeRoom(let id), .deleteLost(let id), .deleteOld(let id), .deleteNew(let id):
                try change { $0.keys[id] = nil }
            case .create:
                try change { $0.keys[new] = true }
                try change { $0.file = new }
                try change { $0.advance(.switched) }
            case .adopt: try change { $0.advance(.switched) }
            case .prove:
                let next: RotationStage = isNewGood ? .proven : .undoing
                try change { $0.advance(next) }
            case .advance(let stage):
                try change {
                    $0.advance(stage)
                    if stage == .deactivated { $0.journal?.deactivatedAt = now }
                }
            case .bring:
                let key = file
                try change { $0.target = key }
                guard record.stage == .proven else { continue }
                try change { $0.advance(.moved) }
            case .deactivate(let id):
                try change { $0.keys[id] = false }
                try change {
                    $0.advance(.deactivated)
                    $0.journal?.deactivatedAt = now
                }
            case .restore: try change { $0.file = old }
            case .wait, .linger: return nil
            case .finish(let ending):
                try change { $0.journal = nil }
                return ending
            case .stop(let sentence):
                Issue.record("stopped: \(sentence)")
                return nil
            }
        }
        return nil
    }

    mutating func advance(_ stage: RotationStage) {
        journal?.stage = stage
        journal?.newKeyID = new
        // The journal is read anew by each run.
        journal = journal.flatMap { try? decodeRotation(encodeRotation($0)) }
    }
}

struct RotationCrashTests {
    @Test(arguments: [true, false])
    func `a crash after any change, and one in the run after it, ends as no crash does`(
        isNewGood: Bool
    ) throws {
        for first in 0..<12 {
            for second in 0..<12 {
                var machine = Machine(isNewGood: isNewGood)
                for count in [first, second, .max] {
                    machine.changesLeft = count
                    _ = try? machine.run(at: start + .seconds(60))
                }
                if isNewGood {
                    #expect(machine.keys == [old: false, new: true], "\(first) \(second)")
                    #expect(machine.journal?.stage == .deactivated)
                    _ = try machine.run(at: start + .seconds(8 * 86_400))
                    #expect(machine.keys == [new: true])
                } else {
                    // What was undone begins anew, and ends the same.
                    #expect(machine.keys == [old: true], "\(first) \(second)")
                }
                #expect(machine.journal == nil)
            }
        }
    }
}
