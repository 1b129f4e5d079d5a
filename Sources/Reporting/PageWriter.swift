import Model

/// A writer of HTML into a byte buffer: the template's own text as it is, every other text escaped.
///
/// Only what stands in the source of this program is markup; a foreign text can add none, whether it stands
/// between tags or in a quoted attribute. What would be hidden, or turn the direction, can be seen.
struct PageWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// Writes a part of the template.
    mutating func markup(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes a text, without what looks like a secret.
    mutating func text(_ text: String) {
        var text = visible(redacted(text))
        text.withUTF8 { utf8 in
            for byte in utf8 {
                switch byte {
                case 0x26: markup("&amp;")
                case 0x3C: markup("&lt;")
                case 0x3E: markup("&gt;")
                case 0x22: markup("&quot;")
                case 0x27: markup("&#39;")
                default: bytes.append(byte)
                }
            }
        }
    }

    mutating func number(_ number: Int) {
        bytes.append(contentsOf: String(number).utf8)
    }

    /// Writes a time for people and for machines: `2026-11-22 14:03:10 UTC`.
    mutating func time(_ time: WallTime) {
        let text = time.rfc3339
        markup("<time datetime=\"")
        bytes.append(contentsOf: text.utf8)
        markup("\">")
        bytes.append(contentsOf: text.utf8.prefix { $0 != 0x54 })
        markup(" ")
        bytes.append(contentsOf: text.utf8.drop { $0 != 0x54 }.dropFirst().prefix { $0 != 0x5A })
        markup(" UTC</time>")
    }

    /// Writes a paragraph.
    mutating func paragraph(_ text: String) {
        markup("<p>")
        self.text(text)
        markup("</p>\n")
    }

    /// Writes a name with what it stands for, inside of a list of such.
    mutating func fact(_ name: StaticString, _ body: (inout PageWriter) -> Void) {
        markup("<div><dt>")
        markup(name)
        markup("</dt><dd>")
        body(&self)
        markup("</dd></div>\n")
    }

    /// Writes commands, each to be selected and copied as a whole.
    mutating func commands(_ commands: [String]) {
        for command in commands {
            markup("<pre><code>")
            text(command)
            markup("</code></pre>\n")
        }
    }

    /// Writes a state as a word with a sign and a colour.
    mutating func badge(_ state: PageState, _ word: String) {
        markup("<span class=\"badge ")
        markup(state.name)
        markup("\"><span aria-hidden=\"true\">")
        markup(state.sign)
        markup("</span> ")
        text(word)
        markup("</span>")
    }
}

/// What the colours and signs of the page stand for.
enum PageState {
    case healthy, degraded, failing, unknown, pending

    init(_ state: Overall) {
        self =
            switch state {
            case .healthy: .healthy
            case .degraded: .degraded
            case .failing: .failing
            case .unknown: .unknown
            }
    }

    init(_ state: ProfileState) {
        self =
            switch state {
            case .healthy: .healthy
            case .failing: .failing
            case .unknown: .unknown
            case .pending: .pending
            }
    }

    init(_ state: GroupState) {
        self =
            switch state {
            case .ready: .healthy
            case .confirming, .failingOver, .failedOver: .degraded
            case .failoverFailed: .failing
            }
    }

    /// The class in the style sheet.
    var name: StaticString {
        switch self {
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .failing: "failing"
        case .unknown: "unknown"
        case .pending: "pending"
        }
    }

    var sign: StaticString {
        switch self {
        case .healthy: "✓"
        case .degraded: "!"
        case .failing: "✕"
        case .unknown: "?"
        case .pending: "…"
        }
    }
}
