import Model
import Testing

@testable import Reporting

@Suite struct StepSummaryTests {
    @Test func `the page has the sum, the advice, a table and what to do`() {
        let text = renderStepSummary(CISamples.report)
        #expect(text.hasPrefix("### credwatch: failing\n\n**A long&#45;term access key is used in"))
        #expect(text.contains("2 profiles: 1 healthy, 1 failing, 0 unknown.\n"))
        #expect(
            text.contains("| app | failing | key not recognised | AKIAQNCLJGYSAZAAN74C |\n"))
        #expect(text.contains("<pre>permissions&#58;\n  id&#45;token&#58; write</pre>\n"))
        #expect(text.contains("- app&#45;backup: The key is 120 days old&#46;\n"))
    }

    @Test func `no foreign text is a mark, a link, a cell or HTML`() {
        let text = renderStepSummary(CISamples.hostile)
        #expect(!text.contains("wJalrXUtnFEMI"))
        #expect(!text.contains("<img"))
        #expect(!text.contains("](javascript"))
        #expect(!text.contains("`"))
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            #expect(line.count { $0 == "|" } == 5, "\(line)")
        }
        let tags = text.matches(of: /<[^>]*>/).map { String($0.output) }
        #expect(
            Set(tags).isSubset(of: [
                "<details>", "</details>", "<summary>", "</summary>", "<pre>", "</pre>",
            ]), "\(tags)")
    }

    @Test func `a line of Markdown holds its text and nothing else`() {
        #expect(markdown("a|b*c_d") == "a&#124;b&#42;c&#95;d")
        #expect(markdown("<b>\n# x") == "&#60;b&#62;&#92;n&#35; x")
        #expect(markdown("鍵 é") == "鍵 é")
    }

    @Test func `of thousands of profiles a part is shown, within what a page may hold`() {
        var document = CISamples.document
        document.profiles = (0..<5_000).map { number in
            var profile = Samples.failing
            profile.name = "p\(number)"
            return profile
        }
        let text = renderStepSummary(CIReport(document))
        #expect(text.contains("And 4800 more profiles."))
        #expect(text.utf8.count < 1_048_576)
    }
}
