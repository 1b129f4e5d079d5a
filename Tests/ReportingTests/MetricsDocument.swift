import Model

@testable import Reporting

/// The table of docs/metrics.md: each family as the renderer writes it.
struct MetricsDocument {
    /// One family of metrics.
    struct Family: Hashable {
        /// As rules and dashboards name it.
        var name: String
        /// `gauge`, `counter` or `info`.
        var kind: String
        var help: String
        /// In their order, without `profile` and `group` where all of the kind have them.
        var labels: [String] = []
        /// What each label can be, by the full sample.
        var values: [String: Set<String>] = [:]
    }

    static let families: [Family] = {
        let text = String(
            decoding: renderMetrics(
                Samples.fullDocument, Samples.daemonMetrics, as: .openMetrics),
            as: UTF8.self)
        var families: [Family] = []
        for line in text.split(separator: "\n") where line != "# EOF" {
            let words = line.split(separator: " ", maxSplits: 3)
            if line.hasPrefix("# TYPE ") {
                let suffix = ["counter": "_total", "info": "_info"][words[3]] ?? ""
                families.append(
                    Family(name: words[2] + suffix, kind: String(words[3]), help: ""))
            } else if line.hasPrefix("# HELP ") {
                families[families.count - 1].help = String(words[3])
            } else if !line.hasPrefix("#") {
                add(line, to: &families[families.count - 1])
            }
        }
        return families
    }()

    /// Takes a sample's labels in; none of the sample document has a quote in its value.
    private static func add(_ line: Substring, to family: inout Family) {
        guard let start = line.firstIndex(of: "{"), let end = line.lastIndex(of: "}") else {
            return
        }
        let pieces = line[line.index(after: start)..<end].split(
            separator: "\"", omittingEmptySubsequences: false)
        for (name, value) in zip(
            stride(from: 0, to: pieces.count, by: 2), stride(from: 1, to: pieces.count, by: 2))
        {
            let label = String(pieces[name].filter { $0 != "," && $0 != "=" })
            if !family.labels.contains(label) { family.labels.append(label) }
            family.values[label, default: []].insert(String(pieces[value]))
        }
    }

    /// The table, between its marks.
    static let table: String = {
        let rows = families.map { family in
            let labels = family.labels.map { label in
                guard let values = closed(label, of: family) else { return "`\(label)`" }
                return "`\(label)`: " + values.map { "`\($0)`" }.joined(separator: ", ")
            }
            return
                "| `\(family.name)` | \(family.kind) | \(labels.joined(separator: "; ")) | \(family.help) |"
        }
        return """
            | series | type | labels | what |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))
            """
    }()

    /// The values of a label that has few; nil for one with many.
    private static func closed(_ label: String, of family: Family) -> [String]? {
        switch label {
        case "state":
            switch family.name {
            case "credwatch_overall_state": Overall.allCases.map(\.rawValue)
            case "credwatch_failover_state": GroupState.allCases.map(\.rawValue)
            default: ProfileState.allCases.map(\.rawValue)
            }
        case "confidence": Confidence.allCases.map(\.rawValue)
        case "role", "verdict", "result", "file": family.values[label]?.sorted()
        default: nil
        }
    }
}
