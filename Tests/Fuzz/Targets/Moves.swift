import Model
import Rotating

@testable import Answers
@testable import Daemon
@testable import FailingOver
@testable import Resolving

func readRotation(_ bytes: [UInt8]) {
    guard let rotation = try? decodeRotation(bytes) else { return }
    let kept = encodeRotation(rotation)
    expect(
        (try? decodeRotation(kept)).map(encodeRotation) == kept,
        "a journal that changes when it is kept")
}

func readSwitches(_ bytes: [UInt8]) {
    guard let switches = try? decodeSwitches(bytes) else { return }
    let kept = encodeSwitches(switches)
    expect(
        (try? decodeSwitches(kept)).map(encodeSwitches) == kept,
        "switches that change when they are kept")
}

/// Reads a line as either half would, and says it again.
func readMoverLine(_ bytes: [UInt8]) {
    if let request = MoveRequest(line: bytes) {
        expect(MoveRequest(line: request.line) == request, "another move")
    }
    if let answer = MoverProtocol.Answer(line: bytes), let line = answer.line {
        expect(
            MoverProtocol.Answer(line: line).map(\.line) == .some(line), "another answer to a move")
    }
    if let request = RotateRequest(line: bytes) {
        expect(RotateRequest(line: request.line) == request, "another rotation")
    }
    if let answer = RotateAnswer(line: bytes) {
        expect(RotateAnswer(line: answer.line) == answer, "another answer to a rotation")
    }
    if let request = UsersRequest(line: bytes) {
        expect(UsersRequest(line: request.line) == request, "another question")
        expect(request.keyID.utf8.count <= 128, "a key id without an end")
    }
    if let report = KeyUsersReport(line: bytes) {
        expect(KeyUsersReport(line: report.line) == report, "another report")
    }
}

func readCredentialsLine(_ bytes: [UInt8]) {
    if let question = CredentialsQuestion(line: bytes) {
        expect(CredentialsQuestion(line: question.line) == question, "another question")
    }
    guard let reply = CredentialsReply(line: bytes) else { return }
    if case .served(let credentials, _) = reply {
        expect(!credentials.accessKeyID.value.isEmpty, "a key without an id")
        expect(!credentials.secretAccessKey.value.isEmpty, "a key without a secret")
    }
    expect(CredentialsReply(line: reply.line) != nil, "an answer that cannot be read back")
}

/// Reads what the kernel says of a process, whose name and environment are its own.
func readProcessFacts(_ bytes: [UInt8]) {
    if let fact = ProcessFact(parsing: bytes) {
        _ = fact.began(before: Moment(nanoseconds: .max))
        _ = fact.began(before: Moment(nanoseconds: 0))
    }
    _ = ProcessStamp(parsing: bytes)
    _ = FileRights(parsing: bytes)
    let id = Array("AKIAIOSFODNN7EXAMPLE".utf8)
    let isHeld = KeyUserScan.holds(id, bytes)
    if environmentVariables(bytes).values.contains("AKIAIOSFODNN7EXAMPLE") {
        expect(isHeld, "an environment whose key is not seen")
    }
    let variable = Array("\0AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\0".utf8)
    expect(KeyUserScan.holds(id, bytes + variable), "a key behind a text is not seen")
    if let unit = unitName(cgroup: bytes) {
        expect(unit.holds(".service") || unit.holds(".scope"), "a unit that is none")
    }
}
