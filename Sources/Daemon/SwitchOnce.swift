import HTTP
package import Model
import Obtaining
import Reporting
import Scheduling

/// What `credwatch switch` came to.
package struct SwitchReport: Sendable {
    package var group: String
    package var profile: String
    package var isDryRun: Bool
    package var steps: [MoveStep]
    package var outcome: MoveOutcome

    /// The report as JSON, without secrets.
    package var json: [UInt8] {
        var json = JSONWriter(pretty: true)
        json.object { json in
            json.member("group", group)
            json.member("profile", profile)
            json.member("dry_run", isDryRun)
            outcome.write(to: &json)
            json.array("steps") { list in
                for step in steps { list.object { step.write(to: &$0) } }
            }
        }
        json.finish()
        return json.bytes
    }
}

/// Writes a profile's keys where a group's applications take theirs, or only says what would be written.
///
/// Everything is done with the rights of this process, or those of the privileged half.
package func switchOnce(
    _ group: String, to profile: String, in configuration: Configuration, isDryRun: Bool,
    report: @escaping @Sendable (MoveStep) -> Void
) async throws(TransportFailure) -> SwitchReport {
    let transport = try makeTransport(for: configuration)
    let obtainer = Obtainer(transport: transport)
    let pipeline = makePipeline(for: configuration, transport, obtainer)
    let steps = Gathering<MoveStep>()
    let outcome = await carryOut(
        MoveRequest(isDryRun ? .plan : .move, group: group, profile: profile), configuration,
        pipeline
    ) { step in
        steps.add(step)
        report(step)
    }
    await obtainer.shutDown()
    transport.shutdown()
    return SwitchReport(
        group: group, profile: profile, isDryRun: isDryRun, steps: steps.all, outcome: outcome)
}

/// The profile that a group's applications should use by the status file; nil when that is not to be had,
/// or says nothing of the group.
package func profileInUse(by group: String, _ configuration: Configuration) -> String? {
    let read = try? readStatus(path: configuration.statusFile)
    return read?.document.groups.first { $0.name == group }?.active
}
