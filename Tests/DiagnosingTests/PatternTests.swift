@testable import Diagnosing
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("abc", "abc", true), ("abc", "ab", false), ("ab", "abc", false), ("", "", true),
        ("", "*", true), ("abc", "*", true), ("abc", "a*", true), ("abc", "*c", true),
        ("abc", "a*c", true), ("ac", "a*c", true), ("abc", "a*b", false), ("abc", "b*", false),
        ("aa", "a*a", true), ("a", "a*a", false), ("abcabd", "*ab*d", true),
        ("abc", "**b**", true), ("", "a*", false), ("a*c", "a*c", true),
        (
            "arn:aws:sts::028075177508:assumed-role/app/i-0123",
            "arn:aws:sts::*:assumed-role/app/*",
            true
        ),
        (
            "arn:aws:sts::028075177508:assumed-role/other/i-0123",
            "arn:aws:sts::*:assumed-role/app/*", false
        ),
        ("é", "e\u{301}", false),
    ])
    func `a star stands for any run`(text: String, pattern: String, fits: Bool) {
        #expect(matches(text, pattern: pattern) == fits)
    }

    @Test func `a hostile text takes no more than its length times the pattern's`() {
        let text = String(repeating: "a", count: 200_000)
        #expect(!matches(text, pattern: "*a*a*a*a*b"))
        #expect(matches(text, pattern: "*a*a*a*a*a"))
    }
}
