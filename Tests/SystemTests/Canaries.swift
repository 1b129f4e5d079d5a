import FoundationEssentials
import Model
import Sandbox

/// What must be found nowhere.
enum Canaries {
    static let secret = "cAnArY7/Qz+Lk3Vd9Rx2WtB5nHsJ8uEg4iMoTfPy"
    static let token =
        "IQoJb3JpZ2luX2VjEJr//////////wEaCWV1LXdlc3QtMSJIMEYCIQDcanaryTOKEN7"
        + "kQ9zXw3Vb5Nm1Lk2Jh4Gf6Ds8Aq0Po+Iu9Yt7Re5Wc3Xe1Zr/Tb2Yn4Mu6Ki8Lo0Pj"
        + "h5Gg7Ff9Dd1Ss3Aa5Qq7Ww9Ee2Rr4Tt6Yy8Uu0Ii1Oo3Pp5Ll7Kk9Jj2Hh4Gg6Ff8=="

    /// The canaries, and the secrets of the site's own keys.
    static func all(of site: Site) -> [String] {
        [secret, token, site.primary.secret.reveal(), site.backup.secret.reveal()]
    }

    /// Names the forms in which a text holds a part of a secret: twelve characters of it and more.
    static func leaks(in text: String, of secrets: [String] = [secret, token]) -> [String] {
        let bytes = Array(text.utf8)
        // Every place of twelve bytes that are of a text without blanks, looked up at once.
        var windows: Set<[UInt8]> = []
        var start = 0
        while start + width <= bytes.count {
            windows.insert(Array(bytes[start..<(start + width)]))
            start += 1
        }
        return secrets.flatMap { secret in
            forms(of: secret).compactMap { name, form in
                let form = Array(form.utf8)
                let isFound = (0...(form.count - width)).contains {
                    windows.contains(Array(form[$0..<($0 + width)]))
                }
                return isFound ? "\(secret.prefix(6))… as \(name)" : nil
            }
        }
    }

    private static let width = 12

    private static func forms(of secret: String) -> [(String, String)] {
        let bytes = Array(secret.utf8)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let percent = secret.reduce(into: "") { text, character in
            switch character {
            case "/": text += "%2F"
            case "+": text += "%2B"
            case "=": text += "%3D"
            default: text.append(character)
            }
        }
        return [
            ("it is", secret), ("base64", Data(bytes).base64EncodedString()),
            ("hex", hex), ("hex in capitals", hex.uppercased()), ("percent-encoding", percent),
            ("JSON", secret.replacing("/", with: "\\/")),
        ]
    }
}
