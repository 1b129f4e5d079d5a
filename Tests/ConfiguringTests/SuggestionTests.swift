import Testing

@testable import Configuring

@Suite struct SuggestionTests {
    @Test(
        arguments: [
            ("intervall", "interval"), ("Interval", "interval"), ("tiemout", "timeout"),
            ("fast-interval", "fast_interval"), ("nam", "name"), ("xyz", nil), ("", nil),
            ("namespace", nil),
        ] as [(String, String?)])
    func theNearestKeyIsFound(word: String, key: String?) {
        let keys = ["name", "interval", "fast_interval", "timeout"]
        #expect(nearest(to: word, among: keys) == key)
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("abc", "abc", 0), ("abc", "acb", 1), ("kitten", "sitting", 3),
    ])
    func editsAreCounted(left: String, right: String, count: Int) {
        #expect(editDistance(Array(left.utf8), Array(right.utf8)) == count)
        #expect(editDistance(Array(right.utf8), Array(left.utf8)) == count)
    }
}
