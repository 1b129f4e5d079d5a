import Model
import Support
import Testing

@testable import Reporting

@Suite struct MetricsRenderingTests {
    /// One sample as its parts; nil for a line that Prometheus would not read.
    private struct Sample: Hashable {
        var name: String
        var labels: [String: String] = [:]
        var value: Double

        init?(_ line: Substring) {
            guard let space = line.lastIndex(of: " "),
                let value = Self.number(line[line.index(after: space)...])
            else { return nil }
            self.value = value
            var rest = line[..<space]
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
            self.name = String(name)
            rest = rest.dropFirst(name.count)
            guard !rest.isEmpty else { return }
            guard rest.popFirst() == "{" else { return nil }
            while true {
                let label = rest.prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
                rest = rest.dropFirst(label.count)
                guard !label.isEmpty, rest.hasPrefix("=\"") else { return nil }
                rest = rest.dropFirst(2)
                var text = ""
                while let character = rest.popFirst(), character != "\"" {
                    guard character == "\\" else {
                        text.append(character)
                        continue
                    }
                    switch rest.popFirst() {
                    case "n": text.append("\n")
                    case "\\": text.append("\\")
                    case "\"": text.append("\"")
                    default: return nil
                    }
                }
                labels[String(label)] = text
                let next = rest.popFirst()
                if next == "}" { break }
                guard next == "," else { return nil }
            }
            guard rest.isEmpty else { return nil }
        }

        private static func number(_ text: Substring) -> Double? {
            switch text {
            case "NaN": .nan
            case "+Inf": .infinity
            default: Double(text)
            }
        }

        /// The series that it belongs to.
        var series: String { "\(name)\(labels.sorted { $0.key < $1.key })" }
    }

    private func samples(
        _ document: StatusDocument, _ daemon: DaemonMetrics = Samples.daemonMetrics,
        as form: MetricsForm = .text
    ) throws -> [Sample] {
        let text = String(decoding: renderMetrics(document, daemon, as: form), as: UTF8.self)
        #expect(text.last == "\n")
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            try #require(Sample($0), "\($0)")
        }
    }

    private func value(_ name: String, _ labels: [String: String], in list: [Sample]) -> Double? {
        list.first { $0.name == name && $0.labels == labels }?.value
    }

    @Test func `a duration has the digits that were measured, and no more`() throws {
        var document = Samples.fullDocument
        document.profiles[0].latency = .microseconds(927)
        let text = String(decoding: renderMetrics(document, Samples.daemonMetrics), as: UTF8.self)
        #expect(text.contains("\"} 0.000927\n"))
    }

    @Test func saysWhatTheStatusSays() throws {
        let list = try samples(Samples.fullDocument)
        let document = Samples.fullDocument
        #expect(Set(list.map(\.series)).count == list.count)
        for profile in document.profiles {
            let name = ["profile": profile.name]
            #expect(
                value("credwatch_profile_healthy", name, in: list)
                    == (profile.state == .healthy ? 1 : 0))
            #expect(
                value("credwatch_profile_last_success_timestamp_seconds", name, in: list)
                    == profile.lastSuccessAt.map { Double($0.seconds) } ?? 0)
            #expect(
                value("credwatch_profile_credential_expiry_timestamp_seconds", name, in: list)
                    == profile.expiresAt.map { Double($0.seconds) } ?? .infinity)
            let cause = name.merging([
                "cause": profile.diagnosis?.cause.rawValue ?? "",
                "confidence": profile.diagnosis?.confidence.rawValue ?? "",
            ]) { $1 }
            #expect(value("credwatch_profile_failure_info", cause, in: list) == 1)
            #expect(
                value("credwatch_profile_warnings", name, in: list)
                    == Double(profile.advisories.count))
        }
        for group in document.groups {
            #expect(
                value(
                    "credwatch_failover_active_info",
                    ["group": group.name, "profile": group.active], in: list) == 1)
        }
        #expect(
            value("credwatch_status_valid_until_timestamp_seconds", [:], in: list)
                == Double(document.validUntil.seconds))
    }

    @Test(arguments: ProfileState.allCases)
    func aSeriesStaysWhateverTheState(_ state: ProfileState) throws {
        var document = Samples.fullDocument
        func series(_ document: StatusDocument) throws -> Set<String> {
            // What a cause or a warning is called is a label of an info metric, which comes and goes.
            Set(try samples(document).filter { !$0.name.hasSuffix("_info") }.map(\.series))
        }
        let before = try series(document)
        for index in document.profiles.indices {
            let name = document.profiles[index].name
            document.profiles[index] = ProfileStatus(name: name, state: state)
        }
        for index in document.groups.indices { document.groups[index].hook = nil }
        #expect(try series(document) == before)
    }

    @Test(arguments: [
        "a\"b", "a\\b", "a\nb", "\\\"\n", "a}b", "{a=\"b\"} 1", "東京", "a\u{1B}[2Jb", "\\n",
    ])
    func aNameCannotBreakALine(_ name: String) throws {
        var document = Samples.fullDocument
        document.profiles = [ProfileStatus(name: name, state: .failing)]
        let list = try samples(document)
        let found = list.filter { $0.name == "credwatch_profile_healthy" }
        #expect(found.count == 1)
        #expect(found.first?.value == 0)
        #expect(found.first?.labels["profile"] == visible(name))
    }

    @Test func `keys, checks, hooks and the config have their figures`() throws {
        var document = Samples.document
        document.profiles[0].keyCreatedAt = Samples.now + .seconds(-86_400)
        let list = try samples(document)
        func found(_ name: String, _ labels: [String: String] = [:]) -> Double? {
            value(name, labels, in: list)
        }
        let key = "credwatch_profile_key_created_timestamp_seconds"
        #expect(found(key, ["profile": "app-backup"]) == Double(Samples.now.seconds - 86_400))
        #expect(found(key, ["profile": "app"])?.isNaN == true)
        #expect(found("credwatch_checks_total", ["verdict": "good"]) == 2)
        #expect(found("credwatch_checks_total", ["verdict": "bad"]) == 1)
        #expect(found("credwatch_checks_total", ["verdict": "unknown"]) == 0)
        let runs = "credwatch_failover_hook_runs_total"
        #expect(found(runs, ["group": "app", "result": "succeeded"]) == 1)
        #expect(found(runs, ["group": "app", "result": "failed"]) == 2)
        #expect(found(runs, ["group": "batch", "result": "failed"]) == 0)
        #expect(
            found("credwatch_failover_hook_last_run_timestamp_seconds", ["group": "app"])
                == Double(Samples.now.seconds - 29))
        #expect(
            found("credwatch_failover_hook_last_run_timestamp_seconds", ["group": "batch"]) == 0)
        #expect(
            found(
                "credwatch_failover_member_info",
                ["group": "app", "profile": "app-backup", "role": "backup"]) == 1)
        #expect(found("credwatch_config_last_reload_successful") == 0)
        #expect(
            found("credwatch_config_last_reload_success_timestamp_seconds")
                == Double(Samples.now.seconds - 60))
        #expect(found("credwatch_file_failing", ["file": "status"]) == 1)
        #expect(found("credwatch_file_failing", ["file": "state"]) == 0)
    }

    @Test func `a rotation is told of profiles that have one, and of no other`() throws {
        let list = try samples(Samples.document)
        for (name, at, failing) in [
            ("app", Double(Samples.now.seconds), 1), ("app-backup", Double(Samples.now.seconds), 0),
            ("batch", 0, Double.nan),
        ] {
            let labels = ["profile": name]
            #expect(
                value("credwatch_rotation_last_run_timestamp_seconds", labels, in: list) == at)
            let found = try #require(value("credwatch_rotation_failing", labels, in: list))
            #expect(found == failing || found.isNaN && failing.isNaN)
        }
        #expect(value("credwatch_rotation_failing", ["profile": "later"], in: list) == nil)
    }

    @Test(arguments: zip(DrillOutcome.allCases, [1, 0, Double.nan]))
    func `only what could not be moved is a drill without success`(
        outcome: DrillOutcome, expected: Double
    ) throws {
        var document = Samples.document
        for isOver in [true, false] {
            document.groups[1].drill = Drill(
                startedAt: Samples.now, finishedAt: isOver ? Samples.now : nil, outcome: outcome)
            let found = try #require(
                value(
                    "credwatch_failover_last_drill_success", ["group": "app"],
                    in: try samples(document)))
            let wanted = isOver ? expected : .nan
            #expect(found == wanted || found.isNaN && wanted.isNaN)
        }
    }

    @Test func `both forms have the same series`() throws {
        let text = try samples(Samples.fullDocument)
        let open = try samples(Samples.fullDocument, as: .openMetrics)
        #expect(text.map(\.series) == open.map(\.series))
        #expect(text.filter { !$0.value.isNaN } == open.filter { !$0.value.isNaN })
    }

    @Test func `names that are the same without a secret are told apart`() throws {
        let secrets = [
            "u3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9Xy", "Zk3Vx0Hq/8mJtYb2+LkWn5RzPc7QfDgEs1AiTo9X",
            "<redacted> 2",
        ]
        var document = Samples.emptyDocument
        document.profiles = secrets.map { ProfileStatus(name: $0, state: .healthy) }
        document.groups = [
            GroupStatus(
                name: "g", primary: secrets[1], backups: [secrets[0]], active: secrets[1],
                state: .ready)
        ]
        let list = try samples(document)
        #expect(Set(list.map(\.series)).count == list.count)
        let names = list.filter { $0.name == "credwatch_profile_healthy" }.compactMap {
            $0.labels["profile"]
        }
        #expect(names == ["<redacted>", "<redacted> 2", "<redacted> 2 2"])
        #expect(
            value(
                "credwatch_failover_active_info", ["group": "g", "profile": "<redacted> 2"],
                in: list) == 1)
    }

    @Test(arguments: MetricsForm.allCases)
    func everyFamilyHasItsTypeOnce(_ form: MetricsForm) {
        let text = String(
            decoding: renderMetrics(Samples.fullDocument, Samples.daemonMetrics, as: form),
            as: UTF8.self)
        var kinds: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            #expect(words.count == 4)
            #expect(kinds.updateValue(words[3], forKey: words[2]) == nil, "\(line)")
        }
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            let suffix = ["_total", "_info"].first { name.hasSuffix($0) } ?? ""
            switch form {
            case .text:
                #expect(kinds[name] == (suffix == "_total" ? "counter" : "gauge"), "\(line)")
            case .openMetrics:
                let kind = ["_total": "counter", "_info": "info", "": "gauge"][suffix]
                #expect(
                    kinds[name.dropLast(suffix.count)].map(String.init) == kind, "\(line)")
            }
        }
        let units = text.split(separator: "\n").filter { $0.hasPrefix("# UNIT ") }
        #expect(units.allSatisfy { $0.hasSuffix("_seconds seconds") })
        #expect(units.isEmpty == (form == .text))
        #expect(text.hasSuffix("# EOF\n") == (form == .openMetrics))
    }

    /// Documents that a reader might stumble over.
    private static let hostile: [StatusDocument] = {
        var names = Samples.fullDocument
        names.profiles += [
            "a\"b", "a\\b", "a\nb", "{a=\"b\"} 1", "東京", "a\u{1B}[2Jb", "\\n", "# EOF", "",
        ].map { ProfileStatus(name: $0, state: .failing) }
        names.groups += names.profiles.map {
            GroupStatus(
                name: $0.name + " group", primary: $0.name, backups: [], active: $0.name,
                state: .confirming)
        }
        return [Samples.document, Samples.emptyDocument, Samples.fullDocument, names]
    }()

    @Test(arguments: hostile.indices)
    func `promtool has nothing to complain about`(_ index: Int) async throws {
        guard try await Subprocess.run("sh", ["-c", "command -v promtool"]).ending == .exited(0)
        else { try Test.cancel("promtool is not installed (Debian's package prometheus)") }
        let outcome = try await Subprocess.run(
            "promtool", ["check", "metrics"],
            input: renderMetrics(Self.hostile[index], Samples.daemonMetrics))
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText + outcome.errorText == "")
    }

    @Test(
        arguments: hostile.indices,
        [(MetricsForm.text, "parser"), (.openMetrics, "openmetrics.parser")])
    func `Prometheus' own strict parsers read both forms`(
        _ index: Int, _ reader: (form: MetricsForm, module: String)
    ) async throws {
        let module = "prometheus_client.\(reader.module)"
        guard try await Subprocess.run("python3", ["-c", "import \(module)"]).ending == .exited(0)
        else { try Test.cancel("the Python package prometheus_client is not installed") }
        let document = Self.hostile[index]
        let outcome = try await Subprocess.run(
            "python3",
            [
                "-c",
                """
                import sys, \(module) as reader
                text = sys.stdin.buffer.read().decode()
                for family in reader.text_string_to_metric_families(text):
                    for sample in family.samples:
                        print(sample.name)
                """,
            ], input: renderMetrics(document, Samples.daemonMetrics, as: reader.form))
        #expect(outcome.ending == .exited(0), "\(outcome.errorText)")
        let names = try samples(document, as: reader.form).map(\.name)
        #expect(outcome.outputText.split(separator: "\n").map(String.init) == names)
    }
}
