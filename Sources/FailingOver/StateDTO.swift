import Model

// The shapes of the state file as JSON has it, apart from the Model's own, so that a property which is
// renamed there keeps its name on disk.

func rememberedState(_ row: JSONRow) throws(JSONFault) -> RememberedState {
    RememberedState(
        profiles: try row.rows("profiles").map(profile),
        groups: try row.rows("groups").map(group))
}

private func profile(_ row: JSONRow) throws(JSONFault) -> RememberedProfile {
    RememberedProfile(
        name: try row.text("name"), state: try row.choice("state"),
        cause: try row.choiceIfPresent("cause"), since: try row.timeIfPresent("since"),
        failingSince: try row.timeIfPresent("failing_since"),
        lastSuccessAt: try row.timeIfPresent("last_success_at"),
        endsForGood: try row.timeIfPresent("ends_for_good_at"),
        endTold: try row.choiceIfPresent("end_told"))
}

private func group(_ row: JSONRow) throws(JSONFault) -> RememberedGroup {
    var group = RememberedGroup(
        name: try row.text("name"), state: try row.choice("state"),
        active: try row.text("active"),
        incident: try row.optionalRow("incident").map(incident),
        hook: try row.optionalRow("hook").map(hook),
        recoveryAnnounced: try row.optionalTruth("recovery_announced") ?? false,
        refusals: try row.optionalRow("refusals").map(refusals))
    try decodeMoves(row, into: &group)
    return group
}

private func refusals(_ row: JSONRow) throws(JSONFault) -> RememberedRefusals {
    RememberedRefusals(
        count: try row.number("count", in: 1...1_000_000_000),
        first: try row.moment("first"), last: try row.moment("last"),
        lastAt: try row.time("last_at"), accessKeyID: try row.optionalString("access_key_id"))
}

private func incident(_ row: JSONRow) throws(JSONFault) -> Incident {
    var incident = Incident(
        id: try row.text("id"), event: try row.choice("event"),
        from: try row.text("from"), to: try row.text("to"),
        cause: try row.choice("cause"), summary: try row.string("summary"),
        startedAt: try row.time("started_at"),
        attempts: try row.number("attempts", in: 0...1_000_000),
        byHand: try row.truth("by_hand"), oldKeyID: try row.optionalString("old_key_id"))
    incident.isDrill = try row.optionalTruth("drill") ?? false
    incident.hasSwitched = try row.optionalTruth("switched") ?? false
    return incident
}

private func hook(_ row: JSONRow) throws(JSONFault) -> HookRecord {
    HookRecord(
        event: try row.choice("event"),
        attempt: try row.number("attempt", in: 1...1_000_000),
        startedAt: try row.time("started_at"),
        finishedAt: try row.timeIfPresent("finished_at"),
        result: try row.optionalRow("result").map(result))
}

private func result(_ row: JSONRow) throws(JSONFault) -> HookResult {
    switch try row.text("kind") {
    case "exited": .exited(code: try row.number("code", in: 0...255))
    case "killed": .killed(signal: try row.number("signal", in: 0...255))
    case "timed_out": .timedOut
    case "not_started": .notStarted(try row.string("reason"))
    case "interrupted": .interrupted
    case "switch_failed": .switchFailed(try row.string("reason"))
    case "incomplete": .incomplete(try row.string("reason"))
    case let kind: throw row.fault("kind", .invalid("\(quoted(kind)) is not known"))
    }
}

extension JSONRow {
    /// A text that is not empty.
    func text(_ name: String) throws(JSONFault) -> String {
        let text = try string(name)
        guard !text.isEmpty else { throw fault(name, .invalid("must not be empty")) }
        return text
    }

    func number<Number: FixedWidthInteger>(
        _ name: String, in range: ClosedRange<Number>
    ) throws(JSONFault) -> Number {
        let number: Number = try number(name)
        guard range.contains(number) else {
            throw fault(name, .invalid("\(number) is out of range"))
        }
        return number
    }

    /// A point on the boot clock, as text.
    func moment(_ name: String) throws(JSONFault) -> Moment {
        let text = try string(name)
        guard let nanoseconds = Int64(text), nanoseconds >= 0 else {
            throw fault(name, .invalid("\(quoted(text)) is no time since boot"))
        }
        return Moment(nanoseconds: nanoseconds)
    }

    func choice<Value: RawRepresentable<String>>(
        _ name: String
    ) throws(JSONFault) -> Value {
        let text = try string(name)
        guard let value = Value(rawValue: text) else {
            throw fault(name, .invalid("\(quoted(text)) is not known"))
        }
        return value
    }

    func choiceIfPresent<Value: RawRepresentable<String>>(
        _ name: String
    ) throws(JSONFault) -> Value? {
        has(name) ? try choice(name) : nil
    }

    func time(_ name: String) throws(JSONFault) -> WallTime {
        let text = try string(name)
        guard let time = WallTime(parsing: text) else {
            throw fault(name, .invalid("\(quoted(text)) is not a time"))
        }
        return time
    }

    func timeIfPresent(_ name: String) throws(JSONFault) -> WallTime? {
        has(name) ? try time(name) : nil
    }
}
