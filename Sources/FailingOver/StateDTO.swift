import Model

// The shapes of the state file as JSON has it, apart from the Model's own, so that a property which is
// renamed there keeps its name on disk.

struct StateDTO: Decodable {
    var value: RememberedState

    private enum Key: String, CodingKey {
        case schema, groups, profiles
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let schema = try values.decode(String.self, forKey: .schema)
        // Before anything else: of a later form nothing else may be as expected.
        guard schema == stateSchema else {
            throw StateFormatProblem(
                reason: "its schema is \(quoted(schema)) and this version reads only \(stateSchema)"
            )
        }
        value = RememberedState(
            profiles: try values.decode([ProfileDTO].self, forKey: .profiles).map(\.value),
            groups: try values.decode([GroupDTO].self, forKey: .groups).map(\.value))
    }
}

struct ProfileDTO: Decodable {
    var value: RememberedProfile

    private enum Key: String, CodingKey {
        case name, state, cause, since
        case failingSince = "failing_since"
        case lastSuccessAt = "last_success_at"
        case endsForGood = "ends_for_good_at"
        case endTold = "end_told"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        value = RememberedProfile(
            name: try values.text(.name), state: try values.choice(.state),
            cause: try values.choiceIfPresent(.cause), since: try values.timeIfPresent(.since),
            failingSince: try values.timeIfPresent(.failingSince),
            lastSuccessAt: try values.timeIfPresent(.lastSuccessAt),
            endsForGood: try values.timeIfPresent(.endsForGood),
            endTold: try values.choiceIfPresent(.endTold))
    }
}

struct GroupDTO: Decodable {
    var value: RememberedGroup

    private enum Key: String, CodingKey {
        case name, state, active, incident, hook
        case recoveryAnnounced = "recovery_announced"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        value = RememberedGroup(
            name: try values.text(.name), state: try values.choice(.state),
            active: try values.text(.active),
            incident: try values.decodeIfPresent(IncidentDTO.self, forKey: .incident)?.value,
            hook: try values.decodeIfPresent(HookDTO.self, forKey: .hook)?.value,
            recoveryAnnounced: try values.decodeIfPresent(Bool.self, forKey: .recoveryAnnounced)
                ?? false)
    }
}

struct IncidentDTO: Decodable {
    var value: Incident

    private enum Key: String, CodingKey {
        case id, event, from, to, cause, summary, attempts
        case startedAt = "started_at"
        case byHand = "by_hand"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        value = Incident(
            id: try values.text(.id), event: try values.choice(.event),
            from: try values.text(.from), to: try values.text(.to),
            cause: try values.choice(.cause),
            summary: try values.decode(String.self, forKey: .summary),
            startedAt: try values.time(.startedAt),
            attempts: try values.number(.attempts, in: 0...1_000_000),
            byHand: try values.decode(Bool.self, forKey: .byHand))
    }
}

struct HookDTO: Decodable {
    var value: HookRecord

    private enum Key: String, CodingKey {
        case event, attempt, result
        case startedAt = "started_at"
        case finishedAt = "finished_at"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        value = HookRecord(
            event: try values.choice(.event),
            attempt: try values.number(.attempt, in: 1...1_000_000),
            startedAt: try values.time(.startedAt),
            finishedAt: try values.timeIfPresent(.finishedAt),
            result: try values.decodeIfPresent(ResultDTO.self, forKey: .result)?.value)
    }
}

struct ResultDTO: Decodable {
    var value: HookResult

    private enum Key: String, CodingKey {
        case kind, code, signal, reason
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.text(.kind) {
        case "exited": value = .exited(code: try values.number(.code, in: 0...255))
        case "killed": value = .killed(signal: try values.number(.signal, in: 0...255))
        case "timed_out": value = .timedOut
        case "not_started": value = .notStarted(try values.decode(String.self, forKey: .reason))
        case "interrupted": value = .interrupted
        case let kind: throw values.fault(.kind, "\(quoted(kind)) is not known")
        }
    }
}

extension KeyedDecodingContainer {
    func fault(_ key: Key, _ reason: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: self, debugDescription: reason)
    }

    /// Decodes a text that is not empty.
    func text(_ key: Key) throws -> String {
        let text = try decode(String.self, forKey: key)
        guard !text.isEmpty else { throw fault(key, "must not be empty") }
        return text
    }

    func number(_ key: Key, in range: ClosedRange<Int>) throws -> Int {
        let number = try decode(Int.self, forKey: key)
        guard range.contains(number) else { throw fault(key, "\(number) is out of range") }
        return number
    }

    func choice<Value: RawRepresentable<String>>(_ key: Key) throws -> Value {
        let text = try decode(String.self, forKey: key)
        guard let value = Value(rawValue: text) else {
            throw fault(key, "\(quoted(text)) is not known")
        }
        return value
    }

    func choiceIfPresent<Value: RawRepresentable<String>>(_ key: Key) throws -> Value? {
        contains(key) ? try choice(key) : nil
    }

    func time(_ key: Key) throws -> WallTime {
        let text = try decode(String.self, forKey: key)
        guard let time = WallTime(parsing: text) else {
            throw fault(key, "\(quoted(text)) is not a time")
        }
        return time
    }

    func timeIfPresent(_ key: Key) throws -> WallTime? {
        contains(key) ? try time(key) : nil
    }
}
