import Model

/// A line that GitHub's runner obeys: `::error title=…,file=…,line=4::message`.
struct WorkflowCommand {
    var name: StaticString
    /// In their order; their values may be any text.
    var properties: [(name: StaticString, value: String)] = []
    /// Any text; its line feeds are a part of the message.
    var message = ""

    /// The line, without a line feed, as the runner reads it back.
    var line: String {
        var text = "::\(name)"
        for (index, property) in properties.enumerated() {
            text += "\(index == 0 ? " " : ",")\(property.name)="
            text += Self.escaped(property.value, isProperty: true)
        }
        return text + "::" + Self.escaped(message, isProperty: false)
    }

    /// Writes what would end the line, the value or the properties as the runner's own `%0A`, and the sign of
    /// that, so that a `%0A` of the text stays one.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where isProperty: result += "%3A"
            case "," where isProperty: result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension WorkflowCommand {
    /// Annotates the run with a finding, at its place in the repository.
    init(_ finding: CIFinding) {
        switch finding.level {
        case .error: name = "error"
        case .warning: name = "warning"
        case .notice: name = "notice"
        }
        properties = [("title", "credwatch: \(finding.title)")]
        if let place = finding.place {
            properties.append(("file", place.file))
            if place.line > 0 { properties.append(("line", "\(place.line)")) }
            if place.line > 0, place.column > 0 { properties.append(("col", "\(place.column)")) }
        }
        message = finding.lines.joined(separator: "\n")
    }
}

/// Returns the annotations of findings: ten of each level, of which GitHub shows no more in a step, the last
/// saying how many others there are. `told` warnings were annotated before.
func annotations(of findings: [CIFinding], afterWarnings told: Int = 0) -> [WorkflowCommand] {
    CIFinding.Level.allCases.flatMap { level -> [WorkflowCommand] in
        let room = level == .warning ? 10 - told : 10
        let all = findings.filter { $0.level == level }
        guard all.count > room else { return all.map { WorkflowCommand($0) } }
        let rest = all.dropFirst(room - 1)
        let sum = CIFinding(
            level: level, subject: "", code: "", title: "and \(rest.count) more",
            lines: rest.prefix(20).map(\.title) + (rest.count > 20 ? ["…"] : []), place: nil)
        return (all.prefix(room - 1) + [sum]).map { WorkflowCommand($0) }
    }
}
