import Testing

@testable import Model

@Suite struct ByteSearchTests {
    @Test(arguments: [
        ("", "", true), ("", "a", false), ("abc", "", true), ("abc", "abc", true),
        ("abc", "abcd", false), ("aab", "ab", true), ("xé", "é", true), ("ab", "c", false),
    ])
    func findsATextInAnother(text: String, part: String, isThere: Bool) {
        #expect(text.holds(part) == isThere)
        #expect(text.dropFirst(0).holds(part) == isThere)
    }

    @Test func namesTheFirstPlace() {
        let bytes = Array("a://b://".utf8)
        #expect(bytes.firstIndex(ofBytes: "://".utf8) == 1)
        #expect(bytes[2...].firstIndex(ofBytes: "://".utf8) == 5)
    }
}
