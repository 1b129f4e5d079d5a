import Model

/// The form of the state file that this version writes and reads.
let stateSchema = "credwatch-state/1"

/// Returns the state as JSON; times lose what is below a second.
func encodeState(_ state: RememberedState) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { root in
        root.member("schema", stateSchema)
        root.array("groups") { groups in
            for group in state.groups { groups.object { encode(group, &$0) } }
        }
        root.array("profiles") { profiles in
            for profile in state.profiles { profiles.object { encode(profile, &$0) } }
        }
    }
    writer.finish()
    return writer.bytes
}

private func encode(_ profile: RememberedProfile, _ object: inout JSONWriter) {
    object.member("name", profile.name)
    object.member("state", profile.state.rawValue)
    // With ten thousand profiles the absent members are most of the file.
    if let cause = profile.cause { object.member("cause", cause.rawValue) }
    if let time = profile.since { object.member("since", time) }
    if let time = profile.failingSince { object.member("failing_since", time) }
    if let time = profile.lastSuccessAt { object.member("last_success_at", time) }
    if let time = profile.endsForGood { object.member("ends_for_good_at", time) }
    if let notice = profile.endTold { object.member("end_told", notice.rawValue) }
}

private func encode(_ group: RememberedGroup, _ object: inout JSONWriter) {
    object.member("name", group.name)
    object.member("state", group.state.rawValue)
    object.member("active", group.active)
    if group.recoveryAnnounced { object.member("recovery_announced", true) }
    if let refusals = group.refusals {
        object.object("refusals") { object in
            object.member("count", refusals.count)
            // A number of JSON holds this exactly for the first hundred days of a boot; text always does.
            object.member("first", String(refusals.first.nanoseconds))
            object.member("last", String(refusals.last.nanoseconds))
            object.member("last_at", refusals.lastAt)
            if let key = refusals.accessKeyID { object.member("access_key_id", key) }
        }
    }
    encodeMoves(of: group, &object)
    if let incident = group.incident {
        object.object("incident") { object in
            object.member("id", incident.id)
            object.member("event", incident.event.rawValue)
            object.member("from", incident.from)
            object.member("to", incident.to)
            object.member("cause", incident.cause.rawValue)
            object.member("summary", incident.summary)
            object.member("started_at", incident.startedAt)
            object.member("attempts", incident.attempts)
            object.member("by_hand", incident.byHand)
            if let key = incident.oldKeyID { object.member("old_key_id", key) }
            if incident.isDrill { object.member("drill", true) }
            if incident.hasSwitched { object.member("switched", true) }
        }
    }
    if let hook = group.hook {
        object.object("hook") { object in
            object.member("event", hook.event.rawValue)
            object.member("attempt", hook.attempt)
            object.member("started_at", hook.startedAt)
            if let time = hook.finishedAt { object.member("finished_at", time) }
            if let result = hook.result { object.object("result") { encode(result, &$0) } }
        }
    }
}

private func encode(_ result: HookResult, _ object: inout JSONWriter) {
    switch result {
    case .exited(let code):
        object.member("kind", "exited")
        object.member("code", code)
    case .killed(let signal):
        object.member("kind", "killed")
        object.member("signal", signal)
    case .timedOut:
        object.member("kind", "timed_out")
    case .notStarted(let reason):
        object.member("kind", "not_started")
        object.member("reason", reason)
    case .interrupted:
        object.member("kind", "interrupted")
    case .switchFailed(let reason):
        object.member("kind", "switch_failed")
        object.member("reason", reason)
    case .incomplete(let reason):
        object.member("kind", "incomplete")
        object.member("reason", reason)
    }
}
