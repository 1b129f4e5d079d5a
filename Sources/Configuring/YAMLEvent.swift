import CYaml

/// One event of libyaml with its texts copied.
struct YAMLEvent {
    enum Kind: Equatable {
        case streamStart, streamEnd
        case documentStart, documentEnd
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case scalar(String, isPlain: Bool)
        case alias(String)
        case nothing
    }

    var kind: Kind
    var mark: Mark
    var anchor: String?
    var hasTag = false

    init(_ event: yaml_event_t) {
        mark = Mark(event.start_mark)
        switch event.type {
        case YAML_STREAM_START_EVENT: kind = .streamStart
        case YAML_STREAM_END_EVENT: kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            anchor = event.data.sequence_start.anchor.map { String(cString: $0) }
            hasTag = event.data.sequence_start.tag != nil
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            anchor = event.data.mapping_start.anchor.map { String(cString: $0) }
            hasTag = event.data.mapping_start.tag != nil
        case YAML_ALIAS_EVENT:
            kind = .alias(event.data.alias.anchor.map { String(cString: $0) } ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            // The text may hold NUL, by an escape, so the length counts.
            let text = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(
                String(decoding: text, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            anchor = scalar.anchor.map { String(cString: $0) }
            hasTag = scalar.tag != nil
        default: kind = .nothing
        }
    }
}

extension Mark {
    /// Takes over a mark of libyaml, which counts from 0.
    init(_ mark: yaml_mark_t) {
        line = Int(clamping: mark.line) &+ 1
        column = Int(clamping: mark.column) &+ 1
    }
}
