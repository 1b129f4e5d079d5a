import Model
import Testing

@testable import Switching

@Suite struct KeyTextTests {
    private static let keys = WrittenKeys(
        accessKeyID: "AKIANEW", secretAccessKey: Secret("new/secret+="))

    /// Text, profile, result.
    private static let credentials: [(String, String)] = [
        (
            "[app]\naws_access_key_id = A\naws_secret_access_key = B",
            "[app]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+="
        ),
        ("[app]", "[app]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+=\n"),
        ("", "[app]\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+=\n"),
    ]

    @Test(arguments: credentials)
    func `a profile gets its keys`(before: String, after: String) throws {
        let place = SwitchPlace.credentialsFile("/f", profile: "app")
        let text = try KeyText(Array(before.utf8), of: place)
        let edited = try text.edited(Self.keys, in: place)
        #expect(String(decoding: edited, as: UTF8.self) == after)
    }
}
