import Glibc
import Model
import Support
import Testing

@testable import Reporting

/// What is shipped beside the metrics: the document, the alert rules, the dashboard.
@Suite struct MetricsDocumentTests {
    private static let root =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    private static let document = root + "/docs/metrics.md"
    private static let marks = ("<!-- made by MetricsDocumentTests -->\n", "\n<!-- end -->")

    private static func read(_ path: String) throws -> String {
        String(decoding: try content(of: path), as: UTF8.self)
    }

    @Test func `the document says what the code does`() throws {
        let text = try Self.read(Self.document)
        let start = try #require(text.firstRange(of: Self.marks.0)).upperBound
        let end = try #require(text[start...].firstRange(of: Self.marks.1)).lowerBound
        if getenv("CREDWATCH_WRITE_DOCS") != nil {
            let new = text[..<start] + MetricsDocument.table + text[end...]
            return try put(Array(new.utf8), at: Self.document)
        }
        let isSame = text[start..<end] == MetricsDocument.table
        #expect(
            isSame,
            "docs/metrics.md is not what the code does; write it anew: CREDWATCH_WRITE_DOCS=1 swift test --filter MetricsDocumentTests"
        )
    }

    @Test func `every family has a help that is a sentence, and labels`() {
        #expect(MetricsDocument.families.count > 30)
        for family in MetricsDocument.families {
            #expect(family.help.hasSuffix("."), "\(family.name)")
            #expect(!family.help.contains("|"), "\(family.name)")
            let isAboutOne =
                family.name.hasPrefix("credwatch_profile_")
                ? "profile"
                : family.name.hasPrefix("credwatch_failover_") ? "group" : nil
            if let isAboutOne { #expect(family.labels.first == isAboutOne, "\(family.name)") }
        }
    }

    private static let users = [
        "packaging/prometheus/credwatch.rules.yml", "packaging/prometheus/credwatch.rules.test.yml",
        "packaging/grafana/credwatch.json", "docs/metrics.md", "README.md",
    ]

    /// The words in a text that look like names of ours.
    private static func names(in text: String) -> Set<String> {
        let words = text.utf8.split { byte in
            !((0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F)
        }
        let names = words.compactMap { String($0) }.filter { $0.hasPrefix("credwatch_") }
        // The package has a name of this form too.
        return Set(names).subtracting(["credwatch_VERSION_amd64"])
    }

    @Test(arguments: users)
    func `what is used of metrics exists`(_ path: String) throws {
        let known = Set(MetricsDocument.families.map(\.name))
        let used = try Self.names(in: Self.read(Self.root + "/" + path))
        #expect(!used.isEmpty)
        #expect(used.subtracting(known) == [], "\(path)")
    }

    @Test(arguments: users.prefix(3))
    func `what is asked of labels exists`(_ path: String) throws {
        var known: [String: Set<String>] = [:]
        for family in MetricsDocument.families {
            for (label, values) in family.values { known[label, default: []].formUnion(values) }
        }
        for cause in Cause.allCases { known["cause", default: []].insert(cause.rawValue) }
        let bytes = try Self.read(Self.root + "/" + path).utf8.filter { $0 != UInt8(ascii: "\\") }
        let text = Array(bytes)
        var found = 0
        for label in ["state", "code", "cause", "confidence", "role", "verdict", "result", "file"] {
            for sign in ["=\"", "=~\""] {
                let part = Array("\(label)\(sign)".utf8)
                var place = text.startIndex
                while let start = text[place...].firstIndex(ofBytes: part) {
                    place = start + part.count
                    // A profile is another label than a file.
                    let before = start == 0 ? 0 : text[start - 1]
                    if before == 0x5F || (0x61...0x7A).contains(before) { continue }
                    let value = text[place...].prefix { $0 != UInt8(ascii: "\"") }
                    for word in value.split(separator: UInt8(ascii: "|")) {
                        let word = String(decoding: word, as: UTF8.self)
                        #expect(known[label]?.contains(word) == true, "\(label)=\(word)")
                        found += 1
                    }
                }
            }
        }
        #expect(found > 5, "\(path)")
    }

    // MARK: - The rules

    @Test
    func `every rule has a severity, a summary, and a test in which it fires and one in which not`()
        throws
    {
        let rules = try Self.read(Self.root + "/packaging/prometheus/credwatch.rules.yml")
        let tests = try Self.read(Self.root + "/packaging/prometheus/credwatch.rules.test.yml")
        let alerts = rules.split(separator: "- alert: ").dropFirst()
        #expect(alerts.count >= 20)
        for alert in alerts {
            let name = alert.prefix { $0 != "\n" }
            let severities = ["critical", "warning", "info"].filter {
                alert.contains("labels: {severity: \($0)}")
            }
            #expect(severities.count == 1, "\(name)")
            #expect(alert.contains("summary: ") && alert.contains("description: "), "\(name)")
            #expect(
                tests.contains("alertname: \(name)\n        exp_alerts:\n"), "\(name) never fires")
            #expect(tests.contains("alertname: \(name), exp_alerts: []"), "\(name) always fires")
        }
    }

    @Test(arguments: [
        ["check", "rules", "packaging/prometheus/credwatch.rules.yml"],
        ["test", "rules", "packaging/prometheus/credwatch.rules.test.yml"],
        ["check", "config", "--syntax-only", "packaging/prometheus/scrape.yml"],
    ])
    func `promtool agrees`(_ arguments: [String]) async throws {
        guard try await Subprocess.run("sh", ["-c", "command -v promtool"]).ending == .exited(0)
        else { try Test.cancel("promtool is not installed (Debian's package prometheus)") }
        let outcome = try await Subprocess.run(
            "promtool", arguments.dropLast() + ["\(Self.root)/\(arguments.last ?? "")"])
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("SUCCESS"))
    }

    // MARK: - The dashboard

    @Test func `the dashboard is one of Grafana 9, of any data source`() throws {
        let text = try Self.read(Self.root + "/packaging/grafana/credwatch.json")
        let board = try #require(JSONValue(parsing: Array(text.utf8)))
        #expect(board["uid"]?.text == "credwatch" && board["title"]?.text == "credwatch")
        #expect(text.contains("\"schemaVersion\": 37"))
        guard case .array(let panels) = board["panels"],
            case .array(let variables) = board["templating"]?["list"]
        else {
            Issue.record("no panels or variables")
            return
        }
        #expect(
            variables.compactMap { $0["name"]?.text }
                == ["datasource", "job", "instance", "profile", "group"])
        var kinds: Set<String> = []
        var places: Set<String> = []
        for panel in panels {
            let kind = try #require(panel["type"]?.text)
            kinds.insert(kind)
            let place = ["x", "y"].map { "\(panel["gridPos"]?[$0]?.integer ?? -1)" }
            #expect(places.insert(place.joined(separator: " ")).inserted)
            guard kind != "row" else { continue }
            guard case .array(let targets) = panel["targets"], !targets.isEmpty else {
                Issue.record("a panel that asks nothing: \(panel)")
                continue
            }
            #expect(panel["description"]?.text?.isEmpty == false)
            for target in targets {
                #expect(target["datasource"]?["uid"]?.text == "${datasource}")
                let question = target["expr"]?.text ?? ""
                #expect(question.contains("$job") && question.contains("$instance"))
            }
        }
        #expect(kinds == ["row", "stat", "table", "state-timeline", "timeseries"])
    }
}
