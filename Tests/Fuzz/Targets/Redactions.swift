import Diagnosing
import Model
import Processes
import Reporting

/// A made-up secret of AWS's own form.
private let secret = "u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy"

/// Whatever stands around a secret, nobody may get to see it.
func redact(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    let line = "aws_secret_access_key = \(secret)"
    for whole in ["\(line)\n\(text)", "\(text)\n\(line)", "\(text) \(line) \(text)"] {
        expect(!Reporting.redacted(whole).contains(secret), "the journal shows a secret")
    }
    for whole in ["\(secret)\(text)", "\(text)\(secret)", "\(text)\(secret)\(text)"] {
        let shown = Diagnosing.redacted(whole, hiding: [Secret(secret)])
        expect(!shown.contains(secret), "a diagnosis shows a secret")
        expect(shown.unicodeScalars.count <= 500, "a diagnosis without an end")
    }
    var redactor = Redactor()
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let shown = redactor.presentable(String(part))
        expect(shown.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a line with controls")
    }
    expect(!redactor.presentable(line).contains(secret), "a program's output shows a secret")
    let seen = Reporting.visible(text)
    expect(seen.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a text with controls")
    _ = Reporting.truncated(text, to: 20)
    _ = Reporting.bounded(text, bytes: 20)
}
