import Linting
import Model
import Support
import Testing

@Suite struct FormHintsTests {
    @Test(
        arguments: [
            (Sample.keyID, Sample.secret, []),
            (
                "AKIAQNCLJ0YSAZAAN74C", Sample.secret,
                [
                    "U+0030 DIGIT ZERO at position 10, which AWS puts into no access key id; perhaps O is meant"
                ]
            ),
            (
                "AKIAQNCLJ1YSAZAAN74C", Sample.secret,
                [
                    "U+0031 DIGIT ONE at position 10, which AWS puts into no access key id; perhaps I or L is meant"
                ]
            ),
            ("AKIAQNCLJ8YSAZAAN74C", Sample.secret, ["perhaps B is meant"]),
            ("AKIAQNCLJ9YSAZAAN74C", Sample.secret, ["perhaps G is meant"]),
            ("AKIAQNCLJgYSAZAAN74C", Sample.secret, ["perhaps G is meant"]),
            ("akiaqncljgysazaan74c", Sample.secret, ["small letters from position 1"]),
            ("AKIAQNCLJGYSAZAAN74", Sample.secret, ["has 19 characters, and those of AWS have 20"]),
            (
                Sample.keyID, String(Sample.secret.dropLast()),
                ["has 39 characters, and those of AWS have 40"]
            ),
            (Sample.keyID, "-" + Sample.secret.dropFirst(), ["U+002D HYPHEN-MINUS at position 1"]),
            ("AROAQNCLJGYSAZAAN74CA", Sample.secret, ["the id of a role (AROA…)"]),
            (
                Sample.secret, Sample.keyID,
                ["the form of a secret access key, and the other way round"]
            ),
            ("local", Sample.secret, ["is a made-up key as emulators take it"]),
            ("DO00XQ7VPN3KE2TRB8WL", Sample.secret, ["begins with neither AKIA nor ASIA"]),
        ] as [(String, String, [String])])
    func `a refused key gets the hints that its form gives`(
        id: String, secret: String, texts: [String]
    ) {
        let found = hints(about: Sample.credentials(keyID: id, secret: secret))
        #expect(found.count == texts.count, "\(found)")
        for (finding, text) in zip(found, texts) {
            #expect(finding.message.contains(text), "\(finding.message)")
            #expect(!finding.message.contains(secret) && !finding.message.contains(id))
        }
    }

    @Test func `the place is where the value came from`() {
        let credentials = Sample.credentials(keyID: "AKIAQNCLJ0YSAZAAN74C")
        #expect(hints(about: credentials).map(\.place) == [Sample.place])
    }

    @Test func `certain faults are no hints`() {
        let credentials = Sample.credentials(keyID: Sample.keyID + "\u{200B}")
        #expect(hints(about: credentials) == [])
    }
}
