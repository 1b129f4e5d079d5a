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

    private func samples(_ document: StatusDocument) throws -> [Sample] {
        let text = String(decoding: renderMetrics(document), as: UTF8.self)
        #expect(text.last == "\n")
        return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            try #require(Sample($0), "\($0)")
        }
    }

    private func value(_ name: String, _ labels: [String: String], in list: [Sample]) -> Double? {
        list.first { $0.name == name && $0.labels == labels }?.value
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

    @Test func everyFamilyHasItsTypeOnce() {
        let text = String(decoding: renderMetrics(Samples.fullDocument), as: UTF8.self)
        var names: Set<Substring> = []
        for line in text.split(separator: "\n") where line.hasPrefix("# TYPE ") {
            let words = line.split(separator: " ")
            #expect(words.count == 4 && words[3] == "gauge")
            #expect(names.insert(words[2]).inserted, "\(line)")
        }
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" && $0 != " " }
            #expect(names.contains(name), "\(line)")
        }
    }

    @Test func prometheusReadsIt() async throws {
        let tool = try? await Subprocess.run("promtool", ["--version"])
        try #require(tool?.ending == .exited(0) || tool == nil)
        guard tool != nil else { return }
        let outcome = try await Subprocess.run(
            "promtool", ["check", "metrics"], input: renderMetrics(Samples.fullDocument))
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
    }
}
