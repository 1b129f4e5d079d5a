package import Model

/// Fits a text into a screen that is redrawn in place: cut to its rows, the last one for the footer, each
/// row cleared to its end.
package func renderFrame(_ text: String, footer: String, rows: Int, columns: Int) -> String {
    let columns = max(1, columns)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    var shown: [(text: Substring, width: Int)] = []
    var used = 0
    for line in lines {
        let width = columnCount(of: line)
        // A command to copy is never cut, so it may take several rows.
        let height = max(1, (width + columns - 1) / columns)
        guard used + height <= rows - 1 else { break }
        used += height
        shown.append((line, width))
    }
    let hidden = lines.count - shown.count
    let last = (hidden > 0 ? "… \(hidden) more lines do not fit here; " : "") + footer
    var frame = ""
    for line in shown {
        frame += line.text
        // Behind a row that is full, the order to clear would take its last sign.
        if line.width == 0 || line.width % columns != 0 { frame += "\u{1B}[K" }
        frame += "\r\n"
    }
    frame += truncated(last, to: columns - 1)
    return frame + "\u{1B}[K"
}

/// The columns that a line takes, its colours not counted.
private func columnCount(of line: Substring) -> Int {
    guard line.utf8.contains(0x1B) else { return displayWidth(line) }
    var plain = ""
    var isEscape = false
    for scalar in line.unicodeScalars {
        if isEscape {
            isEscape = scalar != "m"
        } else if scalar == "\u{1B}" {
            isEscape = true
        } else {
            plain.unicodeScalars.append(scalar)
        }
    }
    return displayWidth(plain)
}

/// What of a status is worth another block of text when it is watched: the states, not the times.
package struct StatusDigest: Sendable, Hashable {
    private struct Part: Sendable, Hashable {
        var name: String
        var state: String
        var detail: String
    }

    private var overall: String
    private var isStale = false
    private var parts: [Part] = []

    package init(_ contents: Result<StatusDocument, StatusReadProblem>, now: WallTime) {
        switch contents {
        case .failure(let problem): overall = problem.description
        case .success(let document):
            overall = document.overall.rawValue
            isStale = document.validUntil < now
            parts = document.profiles.map {
                Part(
                    name: $0.name, state: $0.state.rawValue,
                    detail: $0.diagnosis?.cause.rawValue ?? "")
            }
            parts += document.groups.map {
                Part(name: $0.name, state: $0.state.rawValue, detail: $0.active)
            }
            let warnings =
                document.advisories + document.profiles.flatMap(\.advisories)
                + document.groups.flatMap(\.advisories)
            parts += warnings.map {
                Part(name: $0.kind.rawValue, state: "warning", detail: $0.message)
            }
        }
    }
}

/// Whether the language settings of the environment say UTF-8.
package func localeIsUTF8(variable: (String) -> String? = environmentVariable) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"]
    let setting = names.lazy.compactMap(variable).first { !$0.isEmpty } ?? ""
    let plain = setting.lowercased().filter { $0 != "-" }
    return plain.hasSuffix("utf8") || plain.holds("utf8@")
}
