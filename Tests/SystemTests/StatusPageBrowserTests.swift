import Model
import Reporting
import Support
import Testing

/// The page in real headless Chromium: what it shows fits, asks for nothing and lets nothing run.
///
/// `CREDWATCH_SHOTS=DIRECTORY` leaves screenshots of it there: phone and desktop, light and dark.
@Suite(.timeLimit(.minutes(2)))
struct StatusPageBrowserTests {
    private static let script =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2)
        .joined(separator: "/") + "/Browser/look"

    private static let needs: Comment =
        "there is no chromium-headless-shell and no chromium on this machine"

    private static func browser() async -> String? {
        for name in ["chromium-headless-shell", "chromium", "google-chrome"] {
            let found = try? await Subprocess.run("sh", ["-c", "command -v \(name)"])
            guard let found, found.ending == .exited(0) else { continue }
            return found.outputText.split(separator: "\n").first.map(String.init)
        }
        return nil
    }

    /// A status with something in each of its places; each text is as hostile, or as long, as it says.
    private func document(_ text: String) -> StatusDocument {
        let now = WallTime(seconds: 1_795_356_190)
        let warning = Advisory(.keyOld, text, commands: [text], since: now)
        let diagnosis = Diagnosis(
            cause: .keyNotRecognized, verdict: .bad, confidence: .likely, summary: text,
            remedy: text, commands: [text, "aws iam create-access-key --user-name app"],
            evidence: [.note(text), .serviceError(code: text, message: text)],
            others: [Candidate(.keyDeleted, text, test: text)])
        let states: [ProfileState] = [.failing, .unknown, .pending, .healthy]
        let profiles = states.map { state in
            ProfileStatus(
                name: "\(text) \(state.rawValue)", state: state, since: now + .seconds(-4_000),
                diagnosis: state == .pending ? nil : diagnosis,
                identity: CallerIdentity(account: text, arn: text, userID: text),
                accessKeyID: text, source: text, lastSuccessAt: now, endsForGood: now,
                nextCheckAt: now, advisories: [warning],
                history: History(letters: "hhhhuuff-hhf") ?? History())
        }
        let incident = Incident(
            id: text, event: .failover, from: text, to: text, cause: .keyNotRecognized,
            summary: text, startedAt: now, attempts: 1, byHand: false)
        return StatusDocument(
            generatedAt: now, validUntil: now + .seconds(60), overall: .failing,
            daemon: DaemonStatus(version: text, pid: 1, startedAt: now, host: text),
            clock: ClockStatus(skew: .seconds(90), measuredAt: now), advisories: [warning],
            profiles: profiles,
            groups: [
                GroupStatus(
                    name: text, primary: text, backups: [text, text], active: text,
                    state: .failedOver, detail: text, incident: incident,
                    hook: HookRecord(
                        event: .failover, attempt: 1, startedAt: now,
                        result: .notStarted(text)), advisories: [warning])
            ])
    }

    @Test(arguments: [
        "app",
        "</title></style></code><script>window.pwned=1</script><img src=http://127.0.0.1:1/x onerror=window.pwned=1>",
        "\" onmouseover=\"window.pwned=1\" style=\"width:5000px\" x='",
        "<meta http-equiv=refresh content=\"0;url=http://127.0.0.1:1/\"><base href=//x><svg onload=window.pwned=1>",
        String(repeating: "wwwwwwwwww", count: 60),
        "東京\u{202E}\u{200B}ليل" + String(repeating: "長", count: 200),
    ])
    func `it fits a phone, asks for nothing, and nothing in it runs`(text: String) async throws {
        guard let browser = await Self.browser() else { try Test.cancel(Self.needs) }
        let folder = try makeFolder()
        defer { removeFolder(folder) }
        let page = "\(folder)/page.html"
        try writeText(
            page, mode: 0o644, String(decoding: renderPage(document(text), .daemon), as: UTF8.self))
        let shots =
            Subprocess.inheritedEnvironment["CREDWATCH_SHOTS"].map { ["--shots", $0] } ?? []
        let outcome = try await Subprocess.run(
            "python3", [Self.script, browser, page] + (text == "app" ? shots : []),
            timeLimit: .seconds(90))
        try #require(outcome.ending == .exited(0), "\(outcome.errorText)")
        guard case .object(let looks)? = JSONValue(parsing: outcome.standardOutput) else {
            Issue.record("\(outcome.outputText)")
            return
        }
        #expect(looks.count == 4)
        var backgrounds: Set<String> = []
        for (name, value) in looks {
            let look = try JSONRow(value)
            #expect(try look.number("width") == look.number("viewport") as Int, "\(name)")
            #expect(try look.strings("wide") == [], "\(name)")
            #expect(try look.strings("requests") == [], "\(name)")
            #expect(try look.strings("console") == [], "\(name)")
            #expect(try look.number("scripts") == 0 && look.number("handlers") == 0, "\(name)")
            #expect(try !look.truth("ran"), "\(name)")
            // The style is let in by its hash.
            #expect(try look.string("styled") == "solid", "\(name)")
            #expect(
                try Set(look.strings("names")).isDisjoint(with: [
                    "script", "img", "base", "a", "iframe",
                ]))
            backgrounds.insert(try look.string("background"))
        }
        // Light and dark.
        #expect(backgrounds.count == 2)
    }
}
