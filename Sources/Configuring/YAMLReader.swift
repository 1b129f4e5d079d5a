import CYaml

/// A reader of one YAML document into a tree with marks, by libyaml's events.
///
/// Bounded in all directions: at most ``deepest`` levels, and aliases may repeat at most
/// ``mostAliasNodes`` nodes in all, so that no small text becomes a large tree.
struct YAMLReader {
    static let deepest = 32
    static let mostAliasNodes = 100_000

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>
    private var anchors: [String: YAMLNode] = [:]
    private var aliasNodes = 0
    /// What is wrong with the text although the tree can be read.
    private(set) var problems: [YAMLProblem] = []

    /// Reads the one document of a text; nil when it has no content.
    ///
    /// A text that cannot be read throws; duplicate keys and the like are returned beside the tree.
    static func read(
        _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(YAMLProblem) -> (root: YAMLNode?, problems: [YAMLProblem]) {
        // libyaml counts a byte order mark as a column, and aborts on a text without an address.
        let mark = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
        let bytes = UnsafeBufferPointer(rebasing: bytes[mark...])
        guard !bytes.isEmpty else { return (nil, []) }
        try checkText(bytes)
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLProblem(
                mark: Mark(line: 1, column: 1), rule: "syntax-error",
                message: "there is no memory for the YAML parser")
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
        var reader = YAMLReader(parser: parser, bytes: bytes)
        let root = try reader.document()
        return (root, reader.problems)
    }

    private init(parser: UnsafeMutablePointer<yaml_parser_t>, bytes: UnsafeBufferPointer<UInt8>) {
        self.parser = parser
        self.bytes = bytes
    }

    private mutating func document() throws(YAMLProblem) -> YAMLNode? {
        guard try next().kind == .streamStart else { return nil }
        guard try next().kind == .documentStart else { return nil }
        let root = try node(next(), level: 1)
        _ = try next()
        let end = try next()
        guard end.kind == .streamEnd else {
            throw YAMLProblem(
                mark: end.mark, rule: "multiple-documents",
                message: "a second document begins here; the config is a single one")
        }
        return root
    }

    private mutating func node(_ event: YAMLEvent, level: Int) throws(YAMLProblem) -> YAMLNode {
        guard level <= Self.deepest else { throw tooDeep(event.mark) }
        if event.hasTag {
            problems.append(
                YAMLProblem(
                    mark: event.mark, rule: "tag",
                    message: "tags (words that begin with !) are not used in this config"))
        }
        var node = YAMLNode(mark: event.mark, content: .sequence([]))
        switch event.kind {
        case .scalar(let text, let isPlain):
            node.content = .scalar(text, isPlain: isPlain)
        case .sequenceStart:
            try fillSequence(&node, level: level)
        case .mappingStart:
            try fillMapping(&node, level: level)
        case .alias(let name):
            return try repeated(name, at: event.mark, level: level)
        default:
            throw YAMLProblem(
                mark: event.mark, rule: "syntax-error", message: "a value is expected here")
        }
        if let anchor = event.anchor { anchors[anchor] = node }
        return node
    }

    private mutating func fillSequence(
        _ node: inout YAMLNode, level: Int
    ) throws(YAMLProblem) {
        var elements: [YAMLNode] = []
        while true {
            let event = try next()
            if event.kind == .sequenceEnd { break }
            let element = try self.node(event, level: level + 1)
            node.count += element.count
            node.depth = max(node.depth, element.depth + 1)
            elements.append(element)
        }
        node.content = .sequence(elements)
    }

    private mutating func fillMapping(_ node: inout YAMLNode, level: Int) throws(YAMLProblem) {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try next()
            if event.kind == .mappingEnd { break }
            guard case .scalar(let key, _) = event.kind, !event.hasTag, event.anchor == nil else {
                throw YAMLProblem(
                    mark: event.mark, rule: "wrong-type",
                    message: "a key must be a word, without tag, anchor or alias")
            }
            let value = try self.node(next(), level: level + 1)
            node.count += value.count
            node.depth = max(node.depth, value.depth + 1)
            if let line = lines.updateValue(event.mark.line, forKey: key) {
                lines[key] = line
                problems.append(
                    YAMLProblem(
                        mark: event.mark, rule: "duplicate-key",
                        message: "the key \(shownKey(key)) stands in line \(line) already"))
            } else if key == "<<" {
                problems.append(
                    YAMLProblem(
                        mark: event.mark, rule: "merge-key",
                        message: "merge keys (<<) are not supported; `defaults` holds for all "
                            + "profiles, and *alias repeats a whole value"))
            } else {
                entries.append(YAMLEntry(key: key, keyMark: event.mark, value: value))
            }
        }
        node.content = .mapping(entries)
    }

    private mutating func repeated(
        _ name: String, at mark: Mark, level: Int
    ) throws(YAMLProblem) -> YAMLNode {
        guard let node = anchors[name] else {
            throw YAMLProblem(
                mark: mark, rule: "unknown-anchor",
                message: "the alias *\(name) has no anchor &\(name) above it")
        }
        aliasNodes += node.count
        guard aliasNodes <= Self.mostAliasNodes else {
            throw YAMLProblem(
                mark: mark, rule: "alias-bomb",
                message: "aliases repeat more than \(Self.mostAliasNodes) values in all")
        }
        guard level + node.depth - 1 <= Self.deepest else { throw tooDeep(mark) }
        return node
    }

    private func tooDeep(_ mark: Mark) -> YAMLProblem {
        YAMLProblem(
            mark: mark, rule: "too-deep",
            message: "values are nested more than \(Self.deepest) levels deep")
    }

    private func next() throws(YAMLProblem) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        return YAMLEvent(event)
    }

    private func syntaxError() -> YAMLProblem {
        let state = parser.pointee
        let mark = Mark(state.problem_mark)
        if hasTabInIndentation(bytes, line: mark.line) {
            return YAMLProblem(
                mark: mark, rule: "tab",
                message: "a tab stands in the indentation; YAML wants spaces")
        }
        var message = state.problem.map { String(cString: $0) } ?? "the text is not YAML"
        if let context = state.context {
            message += ", " + String(cString: context)
            let start = Mark(state.context_mark)
            if start.line != mark.line { message += " that begins in line \(start.line)" }
        }
        return YAMLProblem(mark: mark, rule: "syntax-error", message: "not YAML: \(message)")
    }
}
