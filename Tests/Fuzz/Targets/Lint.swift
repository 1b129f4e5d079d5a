import Model
import Reporting
import Resolving

/// Whatever a file holds, lint ends with a bounded number of findings in it, and shows none of it.
func lintBytes(_ bytes: [UInt8]) {
    let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 1
    let secret = "u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy"
    let inputs = [
        bytes, Array("[app]\naws_secret_access_key = \(secret)".utf8) + bytes,
        bytes + Array("\nAWS_SECRET_ACCESS_KEY=\(secret)\n".utf8),
    ]
    for dialect in LintDialect.allCases {
        for (index, input) in inputs.enumerated() {
            let findings = lint(
                input, path: "/f", as: dialect, now: WallTime(seconds: 1_795_356_000))
            expect(findings.count <= 201, "findings without an end")
            for finding in findings {
                guard case .file(let place) = finding.place else { fatalError("no place") }
                expect((0...lines + 2).contains(place.line), "a finding outside of the file")
                expect(
                    !finding.message.contains(secret) && !finding.remedy.contains(secret),
                    "a finding that shows a secret")
            }
            let text = renderLint(LintReport(findings: findings))
            expect(
                text.utf8.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 != 0x7F) },
                "a line with controls")
            if index == 0, bytes.isEmpty { expect(findings.isEmpty, "findings in nothing") }
        }
    }
}
