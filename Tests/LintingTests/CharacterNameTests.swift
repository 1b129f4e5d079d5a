import Linting
import Testing

@Suite struct CharacterNameTests {
    @Test(
        arguments: [
            ("A", "U+0041 LATIN CAPITAL LETTER A"), ("\u{200B}", "U+200B ZERO WIDTH SPACE"),
            ("\r", "U+000D CARRIAGE RETURN"), ("\u{80}", "U+0080"), ("\u{1F511}", "U+1F511 KEY"),
            ("\u{E000}", "U+E000"),
        ] as [(Unicode.Scalar, String)])
    func `a character has a code point and perhaps a name`(scalar: Unicode.Scalar, name: String) {
        #expect(characterName(scalar) == name)
    }

    @Test func `what nobody sees is told from what can be seen`() {
        for scalar
            in "\u{0}\u{7F}\u{85}\u{A0}\u{AD}\u{34F}\u{200B}\u{200E}\u{2028}\u{3164}\u{FE0F}\u{FEFF}"
            .unicodeScalars
        {
            #expect(isInvisible(scalar), "\(characterName(scalar))")
        }
        for scalar in " a\u{E4}\u{201C}-\u{1F511}".unicodeScalars {
            #expect(!isInvisible(scalar), "\(characterName(scalar))")
        }
    }

    @Test func `a comment begins behind a blank`() {
        #expect(commentStart(in: Array("ab #c".utf8)) == 3)
        #expect(commentStart(in: Array("ab#c".utf8)) == nil)
        #expect(commentStart(in: Array("#c".utf8)) == nil)
    }
}
