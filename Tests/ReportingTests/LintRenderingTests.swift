import Model
import Reporting
import Support
import Testing

@Suite struct LintRenderingTests {
    static let report = LintReport(
        findings: [
            LintFinding(
                .smartQuote, .error,
                at: .file(SourceLocation(file: "/a\u{202E}b", line: 2, column: 7)), "It is bad.",
                remedy: "Mend it."),
            LintFinding(
                .emptyValue, .warning, at: .environment(variable: "AWS_SESSION_TOKEN"),
                "aws_secret_access_key = \(Sample.secret)"),
        ], looked: ["/a", "the environment"])

    @Test func `a finding is a line`() {
        #expect(
            renderLint(Self.report) == """
                /a\\u{202e}b:2:7: error: It is bad. Mend it. [smart-quote]
                environment variable AWS_SESSION_TOKEN: warning: aws_secret_access_key = \
                <redacted> [empty-value]

                """)
        #expect(renderLint(LintReport()) == "")
    }

    @Test func `the summary counts`() {
        #expect(
            lintSummary(Self.report)
                == "1 error and 1 warning; looked at /a, the environment")
        #expect(lintSummary(LintReport(looked: ["/a"])) == "no findings; looked at /a")
        #expect(lintSummary(LintReport()) == "no findings; there is nothing to look at")
    }

    @Test func `JSON has the same, and no secret`() throws {
        let bytes = renderLintJSON(Self.report)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains(Sample.secret))
        let row = try JSONRow(try #require(JSONValue(parsing: bytes)))
        #expect(try row.string("schema") == "credwatch-lint/1")
        #expect(try row.number("errors") == 1)
        #expect(try row.number("warnings") == 1)
        #expect(try row.strings("looked") == ["/a", "the environment"])
        let rows = try row.rows("findings")
        #expect(try rows[0].string("code") == "smart-quote")
        #expect(try rows[0].number("line") == 2)
        #expect(try rows[0].number("column") == 7)
        #expect(try rows[1].string("variable") == "AWS_SESSION_TOKEN")
    }
}
