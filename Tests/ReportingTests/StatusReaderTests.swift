import Glibc
import Model
import Testing

@testable import Reporting

@Suite struct StatusReaderTests {
    @Test func readsBackWhatWasWritten() throws {
        var document = Samples.document
        document.groups =
            Samples.hookResults.map { result in
                var group = Samples.group
                group.hook?.result = result
                return group
            } + [Samples.quietGroup]
        let folder = try TemporaryFolder()
        let path = folder.file("status.json")
        for document in [document, Samples.emptyDocument, Samples.fullDocument] {
            let bytes = renderStatus(document)
            try StatusFile(path: path).write(bytes)
            let contents = try readStatus(path: path)
            #expect(contents.document == document)
            #expect(contents.bytes == bytes)
        }
    }

    @Test func readsCausesAndStatesOfAllKinds() throws {
        var document = Samples.emptyDocument
        for cause in Cause.allCases {
            for state in ProfileState.allCases {
                let diagnosis = Diagnosis(
                    cause: cause, verdict: .bad, confidence: .likely, summary: "s", remedy: "r",
                    commands: ["a", ""], others: [Candidate(cause, "w", test: "t")])
                document.profiles.append(
                    ProfileStatus(name: "\"\\\n\u{1}é", state: state, diagnosis: diagnosis))
            }
        }
        #expect(try decodeStatus(renderStatus(document), path: "x") == document)
    }

    @Test func saysWhatIsMissing() {
        let problem = #expect(throws: StatusReadProblem.self) {
            try readStatus(path: "/nonexistent/status.json")
        }
        #expect(problem == .missing(path: "/nonexistent/status.json"))
        #expect(problem?.description.contains("is credwatch running") == true)
    }

    @Test func neitherADirectoryNorAFIFOHoldsItUp() throws {
        let folder = try TemporaryFolder()
        mkfifo(folder.file("fifo"), 0o644)
        for path in [folder.file("fifo"), folder.path, "/dev/null"] {
            #expect(
                throws: StatusReadProblem.unreadable(path: path, reason: "it is not a regular file")
            ) {
                try readStatus(path: path)
            }
        }
    }

    @Test func refusesTooLargeAFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("status.json")
        try put([], at: path)
        truncate(path, 65 * 1_048_576)
        let problem = #expect(throws: StatusReadProblem.self) { try readStatus(path: path) }
        #expect(problem == .tooLarge(path: path, limit: 64 * 1_048_576))
        // One that grows while it is read is refused as well; /proc says 0 for the size of its files.
        #expect(throws: StatusReadProblem.tooLarge(path: "/proc/cpuinfo", limit: 10)) {
            try readBounded(path: "/proc/cpuinfo", limit: 10)
        }
    }

    @Test(arguments: [
        ("", "", "it is not valid JSON"),
        ("{", "", "it is not valid JSON"),
        ("[]", "", "it has the wrong type"),
        ("{}", "", "\"schema\" is missing"),
        ("{\"schema\": 1}", "schema", "it has the wrong type"),
        ("{\"schema\": \"credwatch-status/1\"}", "", "\"daemon\" is missing"),
    ])
    func namesThePlaceOfWhatIsMalformed(text: String, place: String, what: String) {
        #expect(throws: StatusReadProblem.malformed(path: "x", place: place, what: what)) {
            try decodeStatus(Array(text.utf8), path: "x")
        }
    }

    @Test(arguments: [
        (
            "\"state\": \"unknown\"", "\"state\": \"odd\"", "profiles[3].state",
            "\"odd\" is not known"
        ),
        ("\"cause\": \"network_dns\"", "\"cause\": null", "", ""),
        (
            "\"cause\": \"network_dns\"", "\"cause\": \"odd\"", "profiles[3].cause",
            "\"odd\" is not known"
        ),
        (
            "\"pid\": 123", "\"pid\": 99999999999", "daemon.pid",
            "it is not a number, or not one that fits"
        ),
        ("\"pid\": 123", "\"pid\": 1.5", "daemon.pid", ""),
        (
            "\"generated_at\": \"2026-11-22T14:03:06Z\"", "\"generated_at\": \"soon\"",
            "generated_at", "\"soon\" is not a time of RFC 3339"
        ),
        (
            "\"generated_at\": \"2026-11-22T14:03:06Z\"",
            "\"generated_at\": \"9999-13-01T00:00:00Z\"",
            "generated_at", "\"9999-13-01T00:00:00Z\" is not a time of RFC 3339"
        ),
        (
            "\"kind\": \"http_status\"", "\"kind\": \"odd\"", "profiles[1].evidence[1].kind",
            "\"odd\" is not known"
        ),
        (
            "\"question\": \"main_region\"", "\"question\": \"odd\"",
            "profiles[1].evidence[6].question", "\"odd\" is not known"
        ),
        (
            "\"origin\": \"built_in\"", "\"origin\": \"odd\"", "profiles[1].evidence[12].origin",
            "\"odd\" is not known"
        ),
        (
            "\"result\": \"succeeded\"", "\"result\": \"odd\"", "groups[1].hook.result",
            "\"odd\" is not known"
        ),
        ("\"backups\": [", "\"backups\": [1,", "groups[0].backups[0]", "it has the wrong type"),
        (
            "\"latency_ms\": 41.25", "\"latency_ms\": \"fast\"", "profiles[1].latency_ms",
            "it has the wrong type"
        ),
        ("\"latency_ms\": 41.25", "\"latency_ms\": 1e308", "", ""),
        (
            "\"latency_ms\": 41.25", "\"latency_ms\": 1e400", "profiles[1].latency_ms",
            "it is not a number, or not one that fits"
        ),
        ("\"skew_ms\": -301500", "\"skew_ms\": -1e300", "", ""),
        (
            "\"confidence\": \"possible\"", "\"confidence\": \"odd\"", "profiles[1].confidence",
            "\"odd\" is not known"
        ),
        (
            "\"cause\": \"key_deleted\"", "\"cause\": \"odd\"", "profiles[1].others[0].cause",
            "\"odd\" is not known"
        ),
        (
            "\"code\": \"quotes-kept\"", "\"code\": \"odd\"", "profiles[1].evidence[18].code",
            "\"odd\" is not known"
        ),
        (
            "\"code\": \"key_old\"", "\"code\": \"odd\"", "warnings[0].code",
            "\"odd\" is not known"
        ),
        (
            "\"measured_at\": \"2026", "\"measured_at\": \"soon", "clock.measured_at", ""
        ),
        ("\"skew_ms\": -125250", "\"skew_ms\": null", "clock.skew_ms", ""),
    ])
    func namesThePlaceInALargeFile(old: String, new: String, place: String, what: String) throws {
        var sample = Samples.document
        sample.clock = Samples.fullDocument.clock
        sample.advisories = Samples.advisories
        let text = String(decoding: renderStatus(sample), as: UTF8.self)
        let changed = text.replacing(old, with: new)
        try #require(changed != text)
        do throws(StatusReadProblem) {
            let document = try decodeStatus(Array(changed.utf8), path: "x")
            #expect(place == "", "was accepted")
            // What was accepted can be shown as well.
            #expect(!renderTable(document, style: TableStyle(), now: Samples.now).isEmpty)
        } catch {
            guard case .malformed(_, let foundPlace, let foundWhat) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(foundPlace == place)
            #expect(what.isEmpty || foundWhat == what)
        }
    }

    @Test func refusesAnotherVersion() {
        let text = "{\"schema\": \"credwatch-status/2\\u001b[2J\"}"
        let problem = #expect(throws: StatusReadProblem.self) {
            try decodeStatus(Array(text.utf8), path: "x")
        }
        #expect(problem == .unsupportedSchema(path: "x", found: "credwatch-status/2\u{1B}[2J"))
        #expect(problem?.description.contains("credwatch-status/2\\x1b[2J") == true)
    }

    @Test func holdsOnDamagedBytes() throws {
        let whole = renderStatus(Samples.fullDocument)
        var generator = Xorshift(state: 11)
        for length in stride(from: 0, to: whole.count, by: 397) {
            #expect(throws: StatusReadProblem.self) {
                try decodeStatus(Array(whole[..<length]), path: "x")
            }
        }
        for _ in 0..<300 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
                    UInt8.random(in: 0...255, using: &generator)
            }
            // Whether it can be read depends on what was hit; that it neither traps nor hangs is what counts.
            if let document = try? decodeStatus(bytes, path: "x") {
                #expect(!renderTable(document, style: TableStyle(), now: Samples.now).isEmpty)
            }
        }
        let deep = String(repeating: "[", count: 200_000)
        #expect(throws: StatusReadProblem.self) { try decodeStatus(Array(deep.utf8), path: "x") }
    }

    @Test(arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    func showsTimesFromTheEndsOfTheRange(time: String) throws {
        let text = String(decoding: renderStatus(Samples.fullDocument), as: UTF8.self)
            .replacing(/"20\d\d-[^"]*Z"/, with: "\"\(time)\"")
        let document = try decodeStatus(Array(text.utf8), path: "x")
        #expect(renderTable(document, style: TableStyle(), now: Samples.now).contains("failing"))
        #expect(sentence(for: document).contains("4 failing"))
        #expect(decodes(renderStatus(document)))
    }

    private func decodes(_ bytes: [UInt8]) -> Bool {
        (try? decodeStatus(bytes, path: "x")) != nil
    }
}
