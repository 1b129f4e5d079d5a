import Model
import Testing

@testable import Switching

/// Files made of fragments by chance.
@Suite struct KeyTextPropertyTests {
    private static let profileFragments = [
        "[app]", "[app]  # c", "[other]", "[ app ]", "[profile app]", "aws_access_key_id = A",
        "aws_secret_access_key=B", "AWS_SESSION_TOKEN\t= C ; c", "aws_security_token = D",
        "region = x", "  continued", "  # comment", "# comment", "", "s3 =", "  a = b",
        "aws_access_key_id =", "x_security_token_expires = E", "\tmore", "; aws_access_key_id = Z",
    ]
    private static let variableFragments = [
        "AWS_ACCESS_KEY_ID=A", "AWS_SECRET_ACCESS_KEY='B'", "export AWS_SESSION_TOKEN=\"C\" # c",
        "AWS_SECURITY_TOKEN=D", "A=1", "B=\"two", "lines\"", "# comment", "", "; comment", "C=3\\",
        " AWS_ACCESS_KEY_ID = A # b", "AWS_CREDENTIAL_EXPIRATION=E", "nothing", "export X=1",
        "AWS_SECRET_KEY=F", "AWS_ACCESS_KEY_ID=", "# c\\",
    ]

    private let keys = [
        WrittenKeys(accessKeyID: "AKIANEW", secretAccessKey: Secret("s/+=")),
        WrittenKeys(
            accessKeyID: "AKIANEW", secretAccessKey: Secret("s/+="), sessionToken: Secret("t=/+")),
    ]

    private func texts(_ fragments: [String], _ count: Int) -> [[UInt8]] {
        var random = Generator(state: 4_711)
        return (0..<count).map { _ in
            let end = Bool.random(using: &random) ? "\n" : "\r\n"
            let lines = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                fragments.randomElement(using: &random) ?? ""
            }
            let mark = Int.random(in: 0..<8, using: &random) == 0 ? "\u{FEFF}" : ""
            let isEnded = Bool.random(using: &random)
            return Array((mark + lines.joined(separator: end) + (isEnded ? end : "")).utf8)
        }
    }

    @Test func `profiles keep every other line`() throws {
        let place = SwitchPlace.credentialsFile("/f", profile: "app")
        try check(texts(Self.profileFragments, 6_000), place) { line in
            let name = line.split(separator: "=").first.map { $0.lowercased() } ?? ""
            return name.hasPrefix("aws_") || name.hasPrefix("x_security")
                || line.hasPrefix(" ") || line.hasPrefix("\t")
        }
    }

    @Test func `variables keep every other line`() throws {
        try check(texts(Self.variableFragments, 6_000), .environmentFile("/f")) { line in
            line.contains("AWS_")
        }
    }

    /// Edits each text that is taken, and compares the lines that are certainly none of the keys.
    private func check(
        _ texts: [[UInt8]], _ place: SwitchPlace, mayChange: (String) -> Bool
    ) throws {
        var edits = 0
        for bytes in texts {
            guard let text = try? KeyText(bytes, of: place) else { continue }
            for keys in keys where !text.holds(keys) {
                guard let edited = try? text.edited(keys, in: place) else { continue }
                edits += 1
                let shown = String(decoding: bytes, as: UTF8.self).debugDescription
                let again = try KeyText(edited, of: place)
                #expect(again.keys == keys, "\(shown)")
                #expect(try again.edited(keys, in: place) == edited, "\(shown)")
                let before = lines(bytes).filter { !mayChange($0) }
                let after = lines(edited).filter { !mayChange($0) }
                #expect(
                    after == before || after == before + ["[app]"]
                        || after == before + ["", "[app]"], "\(shown)")
                #expect(
                    edited.starts(with: [0xEF, 0xBB, 0xBF])
                        == bytes.starts(with: [0xEF, 0xBB, 0xBF]))
            }
        }
        #expect(edits > 300)
    }

    /// The lines without their ends, and without an empty last one.
    private func lines(_ bytes: [UInt8]) -> [String] {
        let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        let text = bytes.dropFirst(isMarked ? 3 : 0).filter { $0 != 0x0D }.split(
            separator: 0x0A, omittingEmptySubsequences: false)
        let lines = text.map { String(decoding: $0, as: UTF8.self) }
        return lines.last?.isEmpty == true ? lines.dropLast() : lines
    }
}

/// A small generator with a seed, so that a failure comes again.
private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
