import Model
import Testing

@testable import Reporting

/// What GitHub's runner reads, byte for byte.
@Suite struct WorkflowCommandTests {
    @Test(arguments: [
        ("plain", "::error::plain"),
        ("100 %", "::error::100 %25"),
        ("a\nb\r\nc", "::error::a%0Ab%0D%0Ac"),
        ("%0A::add-mask::x", "::error::%250A::add-mask::x"),
        ("::stop-commands::x", "::error::::stop-commands::x"),
        ("a:b,c", "::error::a:b,c"),
        ("é 鍵", "::error::é 鍵"),
        ("", "::error::"),
    ])
    func `a message is escaped as the runner reads it`(message: String, line: String) {
        #expect(WorkflowCommand(name: "error", message: message).line == line)
    }

    @Test(arguments: [
        ("a:b,c", "a%3Ab%2Cc"), ("x::y", "x%3A%3Ay"), ("a\nb", "a%0Ab"), ("50%", "50%25"),
        ("a,file=/etc/passwd", "a%2Cfile=/etc/passwd"), ("", ""),
    ])
    func `a property ends where it should`(value: String, escaped: String) {
        let command = WorkflowCommand(
            name: "warning", properties: [("title", value), ("line", "4")], message: "m")
        #expect(command.line == "::warning title=\(escaped),line=4::m")
    }

    private func finding(_ place: Model.SourceLocation?, _ level: CIFinding.Level = .error)
        -> CIFinding
    {
        CIFinding(
            level: level, subject: "app", code: "key_deleted", title: "app is failing: key deleted",
            lines: ["It was deleted.", "do: Make another, 100 %."], place: place)
    }

    @Test func `a finding is an annotation at its place`() {
        #expect(
            WorkflowCommand(
                finding(Model.SourceLocation(file: "ci/a,b:c.yaml", line: 4, column: 7))
            ).line
                == "::error title=credwatch%3A app is failing%3A key deleted,file=ci/a%2Cb%3Ac.yaml,line=4,col=7::It was deleted.%0Ado: Make another, 100 %25."
        )
        #expect(
            WorkflowCommand(finding(Model.SourceLocation(file: "a.yaml", line: 0), .notice)).line
                == "::notice title=credwatch%3A app is failing%3A key deleted,file=a.yaml::It was deleted.%0Ado: Make another, 100 %25."
        )
        #expect(
            WorkflowCommand(finding(nil, .warning)).line.hasPrefix(
                "::warning title=credwatch%3A app is failing%3A key deleted::It"))
    }

    @Test func `of a level there are no more than GitHub shows, and the last counts the others`() {
        let many = (1...30).map { number in
            var finding = finding(nil)
            finding.title = "p\(number)"
            return finding
        }
        let lines = annotations(of: many + [finding(nil, .warning)]).map(\.line)
        #expect(lines.count == 11)
        #expect(lines[8].hasPrefix("::error title=credwatch%3A p9::"))
        #expect(lines[9].hasPrefix("::error title=credwatch%3A and 21 more::p10%0Ap11%0A"))
        #expect(lines[9].hasSuffix("p29%0A…"))
        #expect(lines[10].hasPrefix("::warning "))
        let warnings = (1...10).map { _ in finding(nil, .warning) }
        #expect(annotations(of: warnings, afterWarnings: 1).count == 9)
    }
}
