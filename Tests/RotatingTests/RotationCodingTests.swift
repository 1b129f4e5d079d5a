import Model
import Testing

@testable import Rotating

struct RotationCodingTests {
    private func record(_ place: SwitchPlace, _ stage: RotationStage) -> RotationRecord {
        var record = RotationRecord(
            stage: stage, profile: "app \"x\"", user: "app", account: "123456789012", place: place,
            oldKeyID: "AKIAQNCLJGYSOLDKEY22", oldKeyWasGood: stage != .undoing,
            keysBefore: ["AKIAQNCLJGYSOLDKEY22"], replacedKeyID: "AKIAQNCLJGYSOTHERK22",
            using: "ops", deleteAfter: stage == .switched ? nil : .seconds(60),
            startedAt: WallTime(seconds: 1_790_000_000))
        record.newKeyID = "AKIAQNCLJGYSNEWKEY22"
        record.realPath = "/srv/credentials"
        record.keptPath = "/srv/credentials.credwatch-20261126T230447Z"
        record.movedAt = WallTime(seconds: 1_790_000_050)
        record.deactivatedAt = WallTime(seconds: 1_790_000_100)
        return record
    }

    @Test(arguments: RotationStage.allCases)
    func `a journal is read as it was written`(stage: RotationStage) throws {
        for place in [
            SwitchPlace.credentialsFile("/a", profile: "p"), .configFile("/b", profile: "q"),
            .environmentFile("/c"),
        ] {
            let record = record(place, stage)
            #expect(try decodeRotation(encodeRotation(record)) == record)
        }
    }

    @Test func `what is cut off or of another version is refused`() throws {
        let bytes = encodeRotation(record(.environmentFile("/c"), .proven))
        for end in stride(from: 0, to: bytes.count - 2, by: 7) {
            #expect(throws: RotationFormatProblem.self) { try decodeRotation(Array(bytes[..<end])) }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        for (old, new) in [
            ("rotation/1", "rotation/2"), ("\"proven\"", "\"proved\""), ("2026", "x"),
        ] {
            let changed = text.replacing(old, with: new)
            #expect(throws: RotationFormatProblem.self) { try decodeRotation(Array(changed.utf8)) }
        }
    }
}
