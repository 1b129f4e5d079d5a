import Model
import Support
import Testing

@testable import Reporting

/// The JSON of `credwatch check --ci` and GitLab's, each judged by its schema or its documented form.
@Suite struct CISummaryTests {
    private func validate(_ bytes: [UInt8]) async throws -> Subprocess.Outcome {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        try put(bytes, at: folder.file("ci.json"))
        return try await ReportSchema.ci.validate(folder.file("ci.json"))
    }

    private static let empty = CIReport(Samples.emptyDocument)
    private static let full = CIReport(Samples.fullDocument, advice: CISamples.advice)

    @Test(.enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() })
    func `what is printed fits the schema`() async throws {
        for report in [CISamples.report, CISamples.hostile, Self.empty, Self.full] {
            let result = try await validate(renderCISummary(report))
            #expect(result.ending == .exited(0), "\(result.outputText)\(result.errorText)")
        }
    }

    @Test(
        .enabled(Comment(rawValue: ReportSchema.needs)) { await ReportSchema.hasValidator() },
        arguments: [
            ("\"credwatch-ci/1\"", "\"credwatch-ci/2\""), ("\"failing\":1", "\"failing\":-1"),
            ("\"exit_code\":2", "\"exit_code\":4"), ("\"line\":3", "\"line\":\"3\""),
            ("\"trust_policy\"", "\"policy\""), ("\"state\":\"failing\"", "\"state\":\"bad\""),
        ])
    func `another form does not fit`(part: String, replacement: String) async throws {
        let text = String(decoding: renderCISummary(CISamples.report), as: UTF8.self)
        let changed = text.replacing(part, with: replacement)
        try #require(changed != text, "\(text)")
        let result = try await validate(Array(changed.utf8))
        #expect(result.ending == .exited(1), "\(result.outputText)\(result.errorText)")
    }

    @Test func `it is one line, and no system finds a command in it`() throws {
        let text = String(decoding: renderCISummary(CISamples.hostile), as: UTF8.self)
        #expect(text.last == "\n")
        #expect(!text.dropLast().contains { $0.isNewline })
        #expect(text.hasPrefix("{"))
        #expect(!text.contains("##"))
        #expect(!text.contains("wJalrXUtnFEMI"))
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        // It says the same all the same.
        let json = try #require(JSONValue(parsing: Array(text.utf8)))
        let name = try JSONRow(json).rows("profiles")[0].string("name")
        #expect(name.contains("##[add-path]"))
    }

    @Test func `GitLab's report has what GitLab asks for, and fingerprints that last`() throws {
        func rows(_ report: CIReport) throws -> [JSONRow] {
            var json = JSONWriter()
            json.object { _ in }
            let text = String(
                decoding: renderCodeQuality(report, at: CISamples.gitLab), as: UTF8.self)
            return try JSONRow(
                try #require(JSONValue(parsing: Array("{\"all\":\(text)}".utf8)))
            ).rows("all")
        }
        let issues = try rows(CISamples.report)
        #expect(issues.count == 4)
        #expect(
            try issues.map { try $0.string("severity") } == ["major", "blocker", "minor", "major"])
        #expect(
            try issues.map { try $0.string("check_name") } == [
                "credwatch/long_term_key", "credwatch/key_not_recognized", "credwatch/key_old",
                "credwatch/canary_failed",
            ])
        #expect(
            try issues.map { try $0.row("location").string("path") } == [
                ".gitlab-ci.yml", "ci/credwatch.yaml", ".gitlab-ci.yml", ".gitlab-ci.yml",
            ])
        let lines: [Int] = try issues.map { try $0.row("location").row("lines").number("begin") }
        #expect(lines == [1, 3, 1, 1])
        let prints = try issues.map { try $0.string("fingerprint") }
        #expect(Set(prints).count == 4 && prints.allSatisfy { $0.utf8.count == 64 })
        var later = CISamples.report
        later.document.profiles[1].diagnosis?.summary = "Another wording."
        #expect(try rows(later).map { try $0.string("fingerprint") } == prints)
        #expect(try rows(Self.empty).isEmpty)
        let hostile = renderCodeQuality(CISamples.hostile, at: CISamples.gitLab)
        #expect(!String(decoding: hostile, as: UTF8.self).contains("wJalrXUtnFEMI"))
    }
}
