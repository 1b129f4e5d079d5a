import Daemon
import Model

@testable import Answers
@testable import Obtaining

func readJSON(_ bytes: [UInt8]) {
    guard let value = JSONValue(parsing: bytes), value.isFinite else { return }
    expect(JSONValue(parsing: value.bytes) == value, "a value that changes when it is written")
}

extension JSONValue {
    /// Whether it holds no number beyond the range of `Double`, which JSON cannot say again.
    fileprivate var isFinite: Bool {
        switch self {
        case .number(let number): number.isFinite
        case .array(let elements): elements.allSatisfy(\.isFinite)
        case .object(let members): members.values.allSatisfy(\.isFinite)
        case .null, .bool, .integer, .text: true
        }
    }
}

func readAgent(_ bytes: [UInt8]) {
    guard case .credentials(let keys) = AgentDocument(bytes) else { return }
    expect(!keys.accessKeyID.isEmpty && !keys.secretAccessKey.isEmpty, "half of a key")
}

func readSession(_ bytes: [UInt8]) {
    guard let session = SessionDocument(bytes) else { return }
    expect(!session.accessKeyID.isEmpty && !session.secretAccessKey.isEmpty, "half of a key")
    expect(session.accountID.map { $0.utf8.count == 12 } ?? true, "an account that is none")
}

func readService(_ bytes: [UInt8]) {
    let document = ServiceDocument(bytes)
    // The short way has to come to what the long way comes to.
    if let identity = document.identity, document.error == nil {
        expect(ServiceDocument(scanning: bytes).identity == identity, "two ways, two identities")
    }
    readSimulation(bytes)
}

func readSimulation(_ bytes: [UInt8]) {
    if let answer = SimulationAnswer(bytes) {
        expect((1...1_000).contains(answer.decisions.count), "a page without bounds")
        expect(answer.decisions.allSatisfy { !$0.action.isEmpty }, "a decision about nothing")
    }
    expect(roleARN(in: bytes)?.hasPrefix("arn:") != false, "an ARN that is none")
}

func readInquiries(_ bytes: [UInt8]) {
    if let key = CreatedKey(reading: bytes) {
        expect(!key.id.isEmpty && !key.secret.isEmpty, "half of a key")
    }
    for action in InquiryAction.allCases {
        _ = QueryAnswer(bytes, to: action.name)
        guard let reply = InquiryReply(reading: bytes, to: action) else { continue }
        switch reply {
        case .account(let account): expect(account.utf8.count == 12, "an account that is none")
        case .lastUsed(let user, _), .user(let user, _):
            expect(!user.isEmpty, "a user without a name")
        case .keys(let keys, let next):
            expect(keys.count <= 1_000, "a page without an end")
            expect(next.map { !$0.isEmpty } ?? true, "a marker without a text")
        case .policies(let names, _): expect(names.count <= 1_000, "a page without an end")
        case .refused, .unusable, .failed, .leftOut: expect(false, "a reply that nobody wrote")
        }
    }
}

func readClaims(_ bytes: [UInt8]) {
    _ = TokenClaims(Secret(bytes: bytes))
    // Most inputs are no base64; what it would hold is worth more.
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text = Array("e30.".utf8)
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes + [0] {
        bits = bits << 8 | UInt32(byte)
        count += 8
        while count >= 6 {
            count -= 6
            text.append(digits[Int(bits >> count & 63)])
        }
    }
    guard let claims = TokenClaims(Secret(bytes: text + Array(".e30".utf8))) else { return }
    for text in claims.audiences + [claims.issuer].compactMap(\.self) {
        expect(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a claim that is no plain text")
    }
}

func readProcess(_ bytes: [UInt8]) {
    do throws(ProcessOutputProblem) {
        let credentials = try Credentials(printed: bytes, at: .builtIn("an input"))
        expect(!credentials.accessKeyID.value.isEmpty, "a key without an id")
        expect(!credentials.secretAccessKey.value.isEmpty, "a key without a secret")
    } catch {
        expect(error.clause.hasPrefix("printed "), "a problem that is no clause")
    }
}

func readControl(_ bytes: [UInt8]) {
    _ = ControlRequest(line: bytes)
    _ = ControlReply(line: bytes)
}
