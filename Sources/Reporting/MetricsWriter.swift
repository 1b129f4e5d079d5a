import Model

/// A writer of metrics: families with their samples, in either form of Prometheus.
///
/// One broken line makes node_exporter drop the whole file, so label values are escaped here and numbers
/// have the forms that its parser reads. Names and labels are the same in both forms, so that rules and
/// dashboards need not know how the metrics came.
struct MetricsWriter {
    /// The types that are used. A state set is a gauge: as OpenMetrics has it, its label would need the
    /// family's name, and be another one than in the text.
    enum Kind {
        case gauge, counter, info

        /// What a sample's name has behind the family's.
        var suffix: StaticString {
            switch self {
            case .gauge: ""
            case .counter: "_total"
            case .info: "_info"
            }
        }
    }

    private(set) var bytes: [UInt8] = []
    private let form: MetricsForm
    private var name: StaticString = ""
    private var suffix: StaticString = ""

    init(_ form: MetricsForm, capacity: Int) {
        self.form = form
        bytes.reserveCapacity(capacity)
    }

    /// Writes a family; `name` comes without the suffix of its kind, `help` holds neither a backslash, nor
    /// a quote, nor a line feed.
    mutating func family(
        _ kind: Kind, _ name: StaticString, _ help: StaticString,
        _ body: (inout MetricsWriter) -> Void
    ) {
        self.name = name
        suffix = kind.suffix
        switch form {
        case .text:
            describe("# HELP ", suffix, help)
            describe("# TYPE ", suffix, kind == .counter ? "counter" : "gauge")
        case .openMetrics:
            describe(
                "# TYPE ", "",
                kind == .counter ? "counter" : kind == .info ? "info" : "gauge")
            if name.ends(with: "_seconds") { describe("# UNIT ", "", "seconds") }
            describe("# HELP ", "", help)
        }
        body(&self)
    }

    private mutating func describe(
        _ what: StaticString, _ suffix: StaticString, _ value: StaticString
    ) {
        add(what)
        add(name)
        add(suffix)
        add(" ")
        add(value)
        add("\n")
    }

    /// Writes a sample of the family at hand.
    mutating func sample(_ labels: MetricsLabels, _ value: Double) {
        add(name)
        add(suffix)
        if labels.bytes.isEmpty {
            add(" ")
        } else {
            add("{")
            bytes.append(contentsOf: labels.bytes)
            add("} ")
        }
        number(value)
        add("\n")
    }

    /// Writes the one sample of a family without labels.
    mutating func sample(_ value: Double) { sample(MetricsLabels(), value) }

    mutating func sample(_ time: WallTime) { sample(Double(time.seconds)) }

    /// Writes what belongs behind the last family.
    mutating func finish() {
        if form == .openMetrics { add("# EOF\n") }
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

    private mutating func add(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }
}

/// The labels of a sample, ready to be written: `profile="app",state="healthy"`.
struct MetricsLabels {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ name: StaticString, _ value: String) {
        add(name, value)
    }

    /// The same with one label more.
    func and(_ name: StaticString, _ value: String) -> MetricsLabels {
        var labels = self
        labels.add(name, value)
        return labels
    }

    /// Adds a label: a backslash, a quote and a line feed have their escapes, no terminal's controls pass,
    /// and what looks like a secret does not either.
    private mutating func add(_ name: StaticString, _ value: String) {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: "=\"".utf8)
        for byte in visible(redacted(value)).utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
            case 0x0A: bytes.append(contentsOf: "\\n".utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension StaticString {
    fileprivate func ends(with suffix: StaticString) -> Bool {
        withUTF8Buffer { text in suffix.withUTF8Buffer { text.suffix($0.count).elementsEqual($0) } }
    }
}
