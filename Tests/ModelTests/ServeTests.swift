import Testing

@testable import Model

@Suite struct ServeTests {
    private static let now = WallTime(seconds: 1_795_356_190)
    private static let incident = Incident(
        id: "i", event: .failover, from: "app", to: "spare", cause: .keyNotRecognized, summary: "",
        startedAt: now)

    @Test(
        arguments: [
            // Keys without an end: as long as the duration says.
            (nil, 900, 900), (nil, 60, 60),
            // A session: never beyond its own end.
            (3_600, 900, 900), (900, 900, 900), (899, 900, 899), (1, 900, 1), (-5, 900, -5),
        ] as [(Int?, Int, Int)])
    func `a client comes back before the credentials end`(_ own: Int?, _ duration: Int, _ end: Int)
    {
        let ownEnd = own.map { Self.now + .seconds($0) }
        #expect(
            servedUntil(ownEnd, for: .seconds(duration), at: Self.now) == Self.now + .seconds(end))
    }

    @Test func `an end beyond all dates stops at the last one`() {
        let last = WallTime(seconds: .max)
        #expect(servedUntil(nil, for: .seconds(900), at: last) == last)
    }

    @Test(
        arguments: [
            (.ready, ["app"]), (.confirming, ["app"]), (.failingOver, ["spare", "app"]),
            (.failedOver, ["app"]), (.failoverFailed, ["app", "spare"]),
        ] as [(GroupState, [String])])
    func `the target is served while a group moves`(_ state: GroupState, _ wanted: [String]) {
        #expect(profilesToServe(state: state, active: "app", incident: Self.incident) == wanted)
        #expect(profilesToServe(state: state, active: "app", incident: nil) == ["app"])
    }

    private func credentials(token: String?) -> Credentials {
        let place = Provenance.builtIn("a test")
        return Credentials(
            accessKeyID: Sourced("AKIAIOSFODNN7EXAMPLE", from: place),
            secretAccessKey: Sourced(Secret("se\"cret"), from: place),
            sessionToken: token.map { Sourced(Secret($0), from: place) },
            expiresAt: Sourced(Self.now + .seconds(3_600), from: place), accountID: "123456789012")
    }

    @Test func `keys without a token have an empty one where the SDKs insist on it`() {
        let container = String(
            decoding: credentials(token: nil).containerForm(endingAt: Self.now), as: UTF8.self)
        #expect(
            container == """
                {"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"se\\"cret","Token":"","Expiration":"2026-11-22T14:03:10Z","AccountId":"123456789012"}

                """)
        let process = String(
            decoding: credentials(token: nil).processForm(endingAt: nil), as: UTF8.self)
        #expect(!process.contains("Token") && !process.contains("Expiration"))
        #expect(process.hasPrefix("{\"Version\":1,"))
    }

    @Test func `a session's token has the name that each form gives it`() {
        let credentials = credentials(token: "token")
        let container = String(
            decoding: credentials.containerForm(endingAt: Self.now), as: UTF8.self)
        #expect(container.contains("\"Token\":\"token\""))
        let process = String(
            decoding: credentials.processForm(endingAt: Self.now, pretty: true), as: UTF8.self)
        #expect(process.contains("\"SessionToken\": \"token\""))
        #expect(process.contains("\"Expiration\": \"2026-11-22T14:03:10Z\""))
    }

    @Test(
        arguments: [
            .notServed(group: "g"), .refused(group: "g", profile: "p"),
            .unproven(group: "g", profile: "p"), .stopping,
        ] as [ServingGap])
    func `each gap has a code and a sentence`(_ gap: ServingGap) {
        #expect(!gap.code.isEmpty && !gap.code.contains(" "))
        #expect(gap.message.hasSuffix("."))
    }
}
