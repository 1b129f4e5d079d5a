/// A line below a row of a table.
struct Note: ExpressibleByStringLiteral {
    var text: String
    /// How far it is indented, in steps of four columns, or two on a narrow terminal.
    var depth = 1
    /// Whether it is for copying, and so never broken or cut.
    var isWhole = false

    init(_ text: String, depth: Int = 1, isWhole: Bool = false) {
        self.text = text
        self.depth = depth
        self.isWhole = isWhole
    }

    init(stringLiteral text: String) {
        self.init(text)
    }

    func lines(within width: Int) -> [String] {
        let indent = String(repeating: " ", count: (width < 40 ? 2 : 4) * depth)
        let text = redacted(text)
        return isWhole ? [indent + visible(text)] : wrapped(text, to: width, indent: indent)
    }
}

/// A table of text with aligned columns, notes below its rows, and a state in colour.
struct TextTable {
    private struct Line {
        var cells: [String]
        var color: String
        var notes: [Note]
        var paint: Paint?
    }

    /// Puts colours into a cell other than the second one.
    struct Paint {
        var column: Int
        var apply: (String) -> String
    }

    private let titles: [String]
    /// The column that gives way when the terminal is narrow.
    private let flexible: Int
    private var lines: [Line] = []

    init(_ titles: [String], flexible: Int) {
        self.titles = titles
        self.flexible = flexible
    }

    /// Adds a row; the second cell is the one in colour. Control characters are made visible, and what
    /// looks like a secret is taken out, in the notes as well.
    mutating func add(
        _ cells: [String], color: String, notes: [Note], paint: Paint? = nil
    ) {
        lines.append(
            Line(
                cells: cells.map { visible(redacted($0)) }, color: color, notes: notes,
                paint: paint))
    }

    mutating func add(_ cells: [String], color: String, notes: [String]) {
        add(cells, color: color, notes: notes.map { Note($0) })
    }

    /// Renders the table without a line feed at its end.
    func render(_ style: TableStyle) -> String {
        let widths = widths(within: style.width)
        var output = [join(titles, widths, color: "", nil, within: style.width)]
        for line in lines {
            let color = style.color ? line.color : ""
            let paint = style.color ? line.paint : nil
            output.append(join(line.cells, widths, color: color, paint, within: style.width))
            for note in line.notes { output += note.lines(within: style.width) }
        }
        return output.joined(separator: "\n")
    }

    private func widths(within limit: Int) -> [Int] {
        var widths = titles.map { displayWidth($0) }
        for line in lines {
            for (column, cell) in line.cells.enumerated() where column < widths.count {
                widths[column] = max(widths[column], displayWidth(cell))
            }
        }
        guard limit < total(widths) else { return widths }
        // The flexible column gives first, then the names.
        for column in [flexible, 0, 2] where total(widths) > limit {
            widths[column] = max(10, widths[column] - (total(widths) - limit))
        }
        return widths
    }

    private func total(_ widths: [Int]) -> Int {
        widths.reduce(2 * (widths.count - 1), +)
    }

    private func join(
        _ cells: [String], _ widths: [Int], color: String, _ paint: Paint?, within limit: Int
    ) -> String {
        var plain = zip(cells, widths).map { padded(truncated($0, to: $1), to: $1) }
        while let last = plain.last, last.allSatisfy({ $0 == " " }) { plain.removeLast() }
        if let last = plain.popLast() {
            var trimmed = last[...]
            while trimmed.last == " " { trimmed.removeLast() }
            plain.append(String(trimmed))
        }
        // A terminal too narrow even for that: cut, without colour that the cut could leave open.
        guard total(widths) <= limit else {
            return truncated(plain.joined(separator: "  "), to: limit)
        }
        if !color.isEmpty, plain.count > 1 { plain[1] = "\(color)\(plain[1])\u{1B}[0m" }
        if let paint, paint.column < plain.count {
            plain[paint.column] = paint.apply(plain[paint.column])
        }
        return plain.joined(separator: "  ")
    }
}

/// Breaks a text at its spaces into lines of at most `width` columns; a longer word is cut with `…`.
func wrapped(_ text: String, to width: Int, indent: String = "") -> [String] {
    let text = visible(text)
    let room = width == .max ? .max : max(10, width - indent.utf8.count)
    guard displayWidth(text) > room else { return [indent + text] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ") {
        let length = displayWidth(word)
        if !line.isEmpty, used + 1 + length > room {
            lines.append(line)
            line = ""
            used = 0
        }
        if !line.isEmpty {
            line += " "
            used += 1
        }
        line += word
        used += length
    }
    lines.append(line)
    return lines.map { indent + truncated($0, to: room) }
}
