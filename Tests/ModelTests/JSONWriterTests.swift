import FoundationEssentials
import Model
import Testing

@Suite struct JSONWriterTests {
    private struct Document: Decodable, Equatable {
        struct Part: Decodable, Equatable {
            var flag: Bool
        }

        var text: String
        var absent: String?
        var whole: Int
        var fraction: Double
        var when: String
        var list: [String]
        var parts: [Part]
        var empty: [String]
        var nothing: [String: String]
    }

    private func document(pretty: Bool) -> JSONWriter {
        var writer = JSONWriter(pretty: pretty)
        writer.object { writer in
            writer.member("text", "a \"b\"\\\u{0}\n\r\t\u{1F}\u{7F}é😀\u{2028}")
            writer.member("absent", String?.none)
            writer.member("whole", Int.min)
            writer.member("fraction", -12.0625)
            writer.member("when", WallTime(seconds: 0))
            writer.array("list") { writer in
                writer.element("x")
                writer.element("y\u{1}")
            }
            writer.array("parts") { writer in
                writer.object { $0.member("flag", true) }
                writer.object { $0.member("flag", false) }
            }
            writer.array("empty") { _ in }
            writer.object("nothing") { _ in }
        }
        writer.finish()
        return writer
    }

    @Test(arguments: [true, false])
    func `another reader reads what it writes`(pretty: Bool) throws {
        let decoded = try JSONDecoder().decode(
            Document.self, from: Data(document(pretty: pretty).bytes))
        #expect(
            decoded
                == Document(
                    text: "a \"b\"\\\u{0}\n\r\t\u{1F}\u{7F}é😀\u{2028}", absent: nil, whole: .min,
                    fraction: -12.063, when: "1970-01-01T00:00:00Z", list: ["x", "y\u{1}"],
                    parts: [.init(flag: true), .init(flag: false)], empty: [], nothing: [:]))
    }

    @Test(arguments: [
        "\u{202E}", "\u{9B}31m", "\u{85}", "\u{200B}", "\u{2066}", "\u{61C}", "\u{FEFF}",
        "\u{2028}",
    ])
    func `what a terminal would obey or hide is escaped, and nothing else`(_ mark: String) throws {
        var writer = JSONWriter(pretty: false)
        writer.array { $0.element("é…€\u{A0}\"\(mark)ﬁ😀") }
        writer.finish()
        let text = String(decoding: writer.bytes, as: UTF8.self)
        let scalar = try #require(mark.unicodeScalars.first)
        #expect(!text.unicodeScalars.contains(scalar))
        #expect(text.hasPrefix("[\"é…€\u{A0}\\\"\\u"), "\(text)")
        #expect(text.contains("ﬁ😀"))
        let decoded = try JSONDecoder().decode([String].self, from: Data(writer.bytes))
        #expect(decoded == ["é…€\u{A0}\"\(mark)ﬁ😀"])
    }

    @Test func `every character survives`() throws {
        struct Text: Decodable { var text: String }
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init)
        let text = String(String.UnicodeScalarView(scalars))
        var writer = JSONWriter()
        writer.object { $0.member("text", text) }
        let decoded = try JSONDecoder().decode(Text.self, from: Data(writer.bytes))
        #expect(decoded.text == text)
        #expect(!writer.bytes.contains { $0 < 0x20 || $0 == 0x7F })
    }

    @Test func `pretty puts each member on a line of its own`() {
        var writer = JSONWriter(pretty: true)
        writer.object { writer in
            writer.member("a", 1)
            writer.array("b") { $0.element("c") }
            writer.object("d") { _ in }
        }
        writer.finish()
        #expect(
            writer.text == """
                {
                  "a": 1,
                  "b": [
                    "c"
                  ],
                  "d": {}
                }

                """)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-0.0001, "0"), (0.5, "0.5"), (0.25, "0.25"), (41.8765, "41.877"),
            (0.001, "0.001"), (-3.1, "-3.1"), (1e12, "1000000000000"), (.infinity, "null"),
            (-.infinity, "null"), (.nan, "null"), (1e300, "null"),
        ] as [(Double, String)])
    func `numbers have three places at most`(number: Double, text: String) {
        var writer = JSONWriter()
        writer.object { $0.member("n", number) }
        #expect(writer.text == "{\"n\":\(text)}")
    }

    @Test func `absent values are null`() {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("a", Int?.none)
            writer.member("b", Double?.none)
            writer.member("c", WallTime?.none)
        }
        #expect(writer.text == #"{"a":null,"b":null,"c":null}"#)
    }
}
