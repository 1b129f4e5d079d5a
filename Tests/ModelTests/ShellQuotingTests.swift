import Model
import Support
import Testing

@Suite struct ShellQuotingTests {
    @Test(arguments: [
        ("app", "app"), ("/home/app/.aws/credentials", "/home/app/.aws/credentials"),
        ("https://sts.eu-west-1.amazonaws.com:443", "https://sts.eu-west-1.amazonaws.com:443"),
        ("", "''"), ("two words", "'two words'"), ("it's", #"'it'\''s'"#), ("=ls", "'=ls'"),
        ("~root", "'~root'"), ("$(reboot)", "'$(reboot)'"), ("a;b", "'a;b'"), ("#a", "'#a'"),
        ("büro", "'büro'"), ("a\nb", #"$'a\012b'"#), ("a'\u{1B}[0m\\", #"$'a\047\033[0m\134'"#),
        ("a\u{200B}b", #"$'a\342\200\213b'"#), ("a\u{A0}b", #"$'a\302\240b'"#), ("a\0b", "$'a?b'"),
    ])
    func `a text is one word`(text: String, word: String) {
        #expect(shellQuoted(text) == word)
    }

    @Test(arguments: [
        ("--profile", "app", "--profile app"), ("--profile", "-x", "--profile=-x"),
        ("--profile", "a b", "--profile 'a b'"), ("--profile", "-x y", "--profile='-x y'"),
    ])
    func `a value is no option`(name: String, value: String, words: String) {
        #expect(shellOption(name, value) == words)
    }

    @Test func `a path is no option`() {
        #expect(shellQuoted(path: "-rf") == "./-rf")
        #expect(shellQuoted(path: "/a b") == "'/a b'")
    }

    /// What an attacker would write into a file, and each character of the first planes now and then.
    private static let texts: [String] = {
        var generator = SeededGenerator(seed: 4)
        let marks = Array(
            "'\"\\$`!;&|<>(){}[]*?~#=%\n\r\t\u{1}\u{1B}\u{7F}\u{85}\u{200B}\u{202E} aé")
        return ["$(id)", "`id`", "';id;'", "\\';id;\\'", "\u{1B}[201~\nid\n", "!!", "-n", "$'\\''"]
            + (0..<200).map { _ in
                String((0..<12).map { _ in marks.randomElement(using: &generator) ?? "a" })
            }
    }()

    @Test func `a shell reads each word as the text that it was`() async throws {
        let script = Self.texts.map { "printf '%s\\0' \(shellQuoted($0))\n" }.joined()
        let outcome = try await Subprocess.run(
            "bash", ["-c", script], environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        let read = outcome.standardOutput.split(separator: 0, omittingEmptySubsequences: false)
            .dropLast().map { String(decoding: $0, as: UTF8.self) }
        #expect(read == Self.texts)
        #expect(outcome.errorText.isEmpty)
    }

    @Test func `no word holds what a terminal obeys`() {
        for text in Self.texts {
            let word = shellQuoted(text)
            #expect(word.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        }
    }
}
