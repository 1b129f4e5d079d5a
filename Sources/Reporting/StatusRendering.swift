package import Model

/// The version of the status file's form; readers refuse another one.
package let statusSchema = "credwatch-status/1"

/// Renders the status file.
///
/// All keys are always there; what is absent is null. Up to a hundred profiles each member has a line of
/// its own, beyond that the file is compact.
package func renderStatus(_ document: StatusDocument) -> [UInt8] {
    var writer = JSONWriter(
        pretty: document.profiles.count <= 100, capacity: 1_024 * (document.profiles.count + 1))
    writer.object { writer in
        writer.member("schema", statusSchema)
        writer.member("generated_at", document.generatedAt)
        writer.member("valid_until", document.validUntil)
        writer.member("overall", document.overall.rawValue)
        writer.object("daemon") { writer in
            writer.member("version", document.daemon.version)
            writer.member("pid", Int(document.daemon.pid))
            writer.member("started_at", document.daemon.startedAt)
            writer.member("host", document.daemon.host)
        }
        write(document.clock, to: &writer)
        write(document.journal, to: &writer)
        write(document.heartbeat, to: &writer)
        write(document.advisories, to: &writer)
        writer.array("profiles") { writer in
            // Read where they lie: a copy of each would count some twenty references.
            document.profiles.withUnsafeBufferPointer { profiles in
                for index in profiles.indices { write(profiles[index], to: &writer) }
            }
        }
        writer.array("groups") { writer in
            for group in document.groups { write(group, to: &writer) }
        }
    }
    writer.finish()
    return writer.bytes
}

/// Writes one profile as an object, the form that the status file and `credwatch check --json` share.
package func write(_ profile: ProfileStatus, to writer: inout JSONWriter) {
    writer.object { writer in
        writer.member("name", profile.name)
        writer.member("state", profile.state.rawValue)
        writer.member("since", profile.since)
        write(profile.diagnosis, to: &writer)
        write(profile.identity, to: &writer)
        writer.member("access_key_id", profile.accessKeyID)
        writer.member("source", profile.source)
        writer.member("last_attempt_at", profile.lastAttemptAt)
        writer.member("last_success_at", profile.lastSuccessAt)
        writer.member("failing_since", profile.failingSince)
        writer.member("consecutive_failures", profile.consecutiveFailures)
        writer.member("latency_ms", profile.latency?.inMilliseconds)
        writer.member("expires_at", profile.expiresAt)
        writer.member("ends_for_good_at", profile.endsForGood)
        writer.member("next_check_at", profile.nextCheckAt)
        writer.member("history", profile.history)
        write(profile.advisories, to: &writer)
    }
}

/// Writes one group as an object.
func write(_ group: GroupStatus, to writer: inout JSONWriter) {
    writer.object { writer in
        writer.member("name", group.name)
        writer.member("primary", group.primary)
        writer.array("backups") { writer in
            for backup in group.backups { writer.element(backup) }
        }
        writer.member("active", group.active)
        writer.member("state", group.state.rawValue)
        writer.member("detail", redacted(group.detail))
        writer.member("moved_by", group.means.rawValue)
        if let incident = group.incident {
            write(incident, to: &writer)
        } else {
            writer.member("incident", nil as String?)
        }
        if let hook = group.hook {
            write(hook, to: &writer)
        } else {
            writer.member("hook", nil as String?)
        }
        if let drill = group.drill {
            writer.object("last_drill") { writer in
                writer.member("started_at", drill.startedAt)
                writer.member("finished_at", drill.finishedAt)
                writer.member("outcome", drill.outcome?.rawValue)
            }
        } else {
            writer.member("last_drill", nil as String?)
        }
        write(group.advisories, to: &writer)
        write(group.staleUsers, to: &writer)
    }
}

/// Writes the member `stale_users`.
private func write(_ stale: StaleUsers?, to writer: inout JSONWriter) {
    guard let stale else { return writer.member("stale_users", nil as String?) }
    writer.object("stale_users") { writer in
        writer.member("profile", stale.profile)
        writer.member("access_key_id", shownKeyID(stale.accessKeyID))
        writer.member("since", stale.since)
        writer.member("looked_at", stale.lookedAt)
        stale.report.write(to: &writer) { redacted($0) }
    }
}

/// Writes a diagnosis as members of the object at hand.
func write(_ diagnosis: Diagnosis?, to writer: inout JSONWriter) {
    writer.member("cause", diagnosis?.cause.rawValue)
    writer.member("verdict", diagnosis?.verdict.rawValue)
    writer.member("confidence", diagnosis?.confidence.rawValue)
    writer.member("summary", diagnosis.map { redacted($0.summary) })
    writer.member("remedy", diagnosis.map { redacted($0.remedy) })
    write(diagnosis?.commands ?? [], as: "commands", to: &writer)
    writer.array("evidence") { writer in
        for evidence in diagnosis?.evidence ?? [] { write(evidence, to: &writer) }
    }
    writer.array("others") { writer in
        for other in diagnosis?.others ?? [] {
            writer.object { writer in
                writer.member("cause", other.cause.rawValue)
                writer.member("what", redacted(other.what))
                writer.member("test", redacted(other.test))
            }
        }
    }
}

/// Writes the member `identity`.
func write(_ identity: CallerIdentity?, to writer: inout JSONWriter) {
    guard let identity else { return writer.member("identity", nil as String?) }
    writer.object("identity") { writer in
        writer.member("account", identity.account)
        writer.member("arn", identity.arn)
        writer.member("user_id", identity.userID)
    }
}

/// Writes texts as an array, each redacted.
func write(_ texts: [String], as key: StaticString, to writer: inout JSONWriter) {
    writer.array(key) { writer in
        for text in texts { writer.element(redacted(text)) }
    }
}

/// Writes the member `clock`.
package func write(_ clock: ClockStatus?, to writer: inout JSONWriter) {
    guard let clock else { return writer.member("clock", nil as String?) }
    writer.object("clock") { writer in
        writer.member("skew_ms", clock.skew.inMilliseconds.rounded())
        writer.member("measured_at", clock.measuredAt)
    }
}

/// Writes the member `journal`.
private func write(_ journal: JournalStatus, to writer: inout JSONWriter) {
    writer.object("journal") { writer in
        writer.member("reachable", journal.isReachable)
        writer.member("waiting", journal.waiting)
        writer.member("dropped", journal.dropped)
    }
}

/// Writes the member `heartbeat`.
private func write(_ heartbeat: HeartbeatStatus?, to writer: inout JSONWriter) {
    guard let heartbeat else { return writer.member("heartbeat", nil as String?) }
    writer.object("heartbeat") { writer in
        writer.member("host", heartbeat.host)
        writer.member("last_success_at", heartbeat.lastSuccessAt)
        writer.member("failing_since", heartbeat.failingSince)
        writer.member("failure", heartbeat.failure.map { redacted($0) })
    }
}

/// Writes the warnings as the member `warnings`.
package func write(_ advisories: [Advisory], to writer: inout JSONWriter) {
    writer.array("warnings") { writer in
        for advisory in advisories {
            writer.object { writer in
                writer.member("code", advisory.kind.rawValue)
                writer.member("message", redacted(advisory.message))
                write(advisory.commands, as: "commands", to: &writer)
                writer.member("since", advisory.since)
            }
        }
    }
}

private func write(_ incident: Incident, to writer: inout JSONWriter) {
    writer.object("incident") { writer in
        writer.member("id", incident.id)
        writer.member("event", incident.event.rawValue)
        writer.member("from", incident.from)
        writer.member("to", incident.to)
        writer.member("cause", incident.cause.rawValue)
        writer.member("summary", redacted(incident.summary))
        writer.member("started_at", incident.startedAt)
        writer.member("attempts", incident.attempts)
        writer.member("by_hand", incident.byHand)
        writer.member("drill", incident.isDrill)
    }
}

private func write(_ hook: HookRecord, to writer: inout JSONWriter) {
    var code: Int?
    var signal: Int?
    var reason: String?
    switch hook.result {
    case .exited(let value): code = value
    case .killed(let value): signal = value
    case .notStarted(let value), .switchFailed(let value), .incomplete(let value):
        reason = redacted(value)
    case .timedOut, .interrupted, nil: break
    }
    writer.object("hook") { writer in
        writer.member("event", hook.event.rawValue)
        writer.member("result", hook.result.map(name(of:)))
        writer.member("exit_code", code)
        writer.member("signal", signal)
        writer.member("reason", reason)
        writer.member("attempts", hook.attempt)
        writer.member("started_at", hook.startedAt)
        writer.member("finished_at", hook.finishedAt)
    }
}
