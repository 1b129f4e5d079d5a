import Model

/// A writer of Prometheus' text format: families of gauges with their samples.
///
/// One broken line makes node_exporter drop the whole file, so label values are escaped here and numbers
/// have the forms that its parser reads.
struct MetricsWriter {
    private(set) var bytes: [UInt8] = []
    private var name: StaticString = ""

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes a family of gauges; `help` holds neither a backslash nor a line feed.
    mutating func family(
        _ name: StaticString, _ help: StaticString, _ body: (inout MetricsWriter) -> Void
    ) {
        self.name = name
        add("# HELP ")
        add(name)
        add(" ")
        add(help)
        add("\n# TYPE ")
        add(name)
        add(" gauge\n")
        body(&self)
    }

    /// Writes a sample of the family at hand.
    mutating func sample(_ labels: [(name: StaticString, value: String)], _ value: Double) {
        add(name)
        for (index, label) in labels.enumerated() {
            add(index == 0 ? "{" : ",")
            add(label.name)
            add("=\"")
            escape(label.value)
            add("\"")
        }
        add(labels.isEmpty ? " " : "} ")
        number(value)
        add("\n")
    }

    mutating func sample(_ labels: [(name: StaticString, value: String)], _ time: WallTime) {
        sample(labels, Double(time.seconds))
    }

    private mutating func number(_ value: Double) {
        if value.isNaN { return add("NaN") }
        if value.isInfinite { return add(value < 0 ? "-Inf" : "+Inf") }
        if let whole = Int64(exactly: value) {
            bytes.append(contentsOf: String(whole).utf8)
        } else {
            bytes.append(contentsOf: value.description.utf8)
        }
    }

    /// Writes a label's value: a backslash, a quote and a line feed have their escapes, no terminal's
    /// controls pass, and what looks like a secret does not either.
    private mutating func escape(_ text: String) {
        for byte in visible(redacted(text)).utf8 {
            switch byte {
            case UInt8(ascii: "\\"): add("\\\\")
            case UInt8(ascii: "\""): add("\\\"")
            case 0x0A: add("\\n")
            default: bytes.append(byte)
            }
        }
    }

    private mutating func add(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}
