import Answers
import HTTP
package import Model
import Obtaining
import Resolving
import Scheduling

/// What `credwatch doctor` is asked for.
package struct DoctorOrder: Sendable {
    package var profile: ProfileConfiguration
    /// How long all of it may take.
    package var limit: Duration
    /// Whether nothing may be asked or run.
    package var isOffline: Bool
    /// The command that asks for the same again.
    package var command: String

    package init(
        _ profile: ProfileConfiguration, limit: Duration = .seconds(30), isOffline: Bool = false,
        command: String
    ) {
        self.profile = profile
        self.limit = limit
        self.isOffline = isOffline
        self.command = command
    }
}

/// How far a report is.
package enum DoctorProgress: Sendable, Hashable {
    case began(DoctorPart)
    case ended(DoctorPart, DoctorState)
}

/// Examines one profile as an expert would, part by part, and never longer than the order's limit.
///
/// What has no time left, or hangs, is left out of the report, which says so. Nothing is written.
package func examineOnce(
    _ order: DoctorOrder, in configuration: Configuration,
    progress: @escaping @Sendable (DoctorProgress) -> Void = { _ in }
) async throws(TransportFailure) -> DoctorReport {
    let start = SystemClock.now()
    let curl = try makeTransport(for: configuration, measuringPhases: true)
    let transport = RecordingTransport(curl, clock: SystemClock.wall) { response in
        guard !(200..<300).contains(response.status) else { return nil }
        return ServiceDocument(response.body).error?.code
            ?? JSONErrorBody.decoded(response.body)?.error?.code
    }
    let obtainer = Obtainer(transport: transport)
    let canaries = CanaryMemory()
    // The end of it takes a moment too: programs that run are ended, and the report is written.
    let reserve = min(order.limit / 10, .seconds(1))
    let doctor = Doctor(
        order: order, configuration: configuration,
        pipeline: makePipeline(for: configuration, transport, obtainer, remembering: canaries),
        canaries: canaries, transport: transport, environment: .current(),
        deadline: start.moment + (order.limit - reserve), progress: progress)
    var report = DoctorReport(
        profile: order.profile.name, startedAt: start.wall, limit: order.limit)
    await doctor.examine(&report)
    report.requests = doctor.signed(transport.records, report)
    report.requestsLeftOut = transport.leftOut
    curl.shutdown()
    _ = await within(reserve / 2, on: curl) { await obtainer.shutDown(grace: reserve / 4) }
    report.duration = SystemClock.moment() - start.moment
    return report
}

/// One examination under way.
struct Doctor: Sendable {
    let order: DoctorOrder
    let configuration: Configuration
    let pipeline: CheckPipeline
    /// What the canaries of the checks came to.
    let canaries: CanaryMemory
    let transport: RecordingTransport
    /// Whose keys have signed.
    let signers = DoctorSigners()
    /// Our own environment, whatever the profile's is.
    let environment: AWSEnvironment
    let deadline: Moment
    let progress: @Sendable (DoctorProgress) -> Void

    /// The profile with limits that fit the whole.
    var profile: ProfileConfiguration {
        var profile = order.profile
        profile.timeout = min(profile.timeout, order.limit / 3)
        return profile
    }

    /// The time that is left.
    var left: Duration { max(deadline - SystemClock.moment(), .zero) }

    /// What a part may take at most of the whole, so that one that hangs leaves time for the others.
    func share(_ part: Int, of whole: Int) -> Duration {
        min(left, order.limit * part / whole)
    }

    /// Goes through all parts in their order.
    func examine(_ report: inout DoctorReport) async {
        report.configuration = await part(.configuration) { await configurationPart() }
        report.lint = await part(.lint) { await lintPart() }
        if report.lint.content?.findings.isEmpty == false {
            // The same and more stands among the findings, with how much it matters.
            report.configuration.content?.notes = []
        }
        report.identity = await part(.identity) { await identityPart() }
        let result = report.identity.content?.result
        if let result { signers.note(result) }
        let examined = await examineUser(result)
        report.user = examined.section
        let plan = report.configuration.content?.plan
        report.precedence = await part(.precedence) {
            await precedencePart(plan, result: examined.result)
        }
        report.network = await part(.network) { await networkPart(plan, examined.result) }
        report.verdict = await part(.verdict) {
            verdictPart(examined.result, report.identity, report.configuration.content)
        }
        report.keyUsers = await keyUsersPart(examined.result)
        report.pipeline = advice(for: report)
        report.remedies = remedies(for: report, in: environment, asking: order.command)
    }

    /// Examines one part, and tells of it.
    func part<Content: Sendable>(
        _ part: DoctorPart, _ body: () async -> DoctorSection<Content>
    ) async -> DoctorSection<Content> {
        progress(.began(part))
        let section = left > .zero ? await body() : .notAsked(DoctorReport.noTime)
        progress(.ended(part, section.state))
        return section
    }
}
