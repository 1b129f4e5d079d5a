package import Model
package import Rotating
import FailingOver
import Glibc
import Reporting
import HTTP
import Obtaining
import Probing
import Resolving
import Scheduling
import Switching

/// What somebody wants of a rotation.
package struct RotationOrder: Sendable {
    /// The profile that asks IAM; nil for the profile itself.
    package var using: ProfileConfiguration?
    /// Nil keeps the old key, inactive.
    package var deleteAfter: Duration?
    /// The key that may go where the user has two.
    package var replacing: String?
    /// Whether what speaks for keeping a key is overridden.
    package var isForced: Bool
    /// Whether only the plan is wanted.
    package var isDryRun: Bool
    /// Begin only when the key is as old as this; nil begins at once.
    package var minimumAge: Duration?
    package var pace: ProofPace
    /// The key that has to stand in the file when a rotation begins; nil for any.
    package var expectedKeyID: String?
    /// Who keeps the journal.
    var keeper = RotationJournal.Keeper.runner
    /// Writes the profile's keys for a group's applications; nil does it as `credwatch switch` does.
    package var refresh: (@Sendable (MoveRequest) async -> MoveOutcome)?
    /// Asks the daemon for a check of the profile; nil waits for the next one.
    package var askForCheck: (@Sendable () async -> Void)?

    package init(
        using: ProfileConfiguration? = nil,
        deleteAfter: Duration? = RotationRule.defaultDeleteAfter, replacing: String? = nil,
        isForced: Bool = false, isDryRun: Bool = false, minimumAge: Duration? = nil,
        pace: ProofPace = usualPace()
    ) {
        self.using = using
        self.deleteAfter = deleteAfter
        self.replacing = replacing
        self.isForced = isForced
        self.isDryRun = isDryRun
        self.minimumAge = minimumAge
        self.pace = pace
    }
}

/// The pace at which new keys prove themselves; tests of debug builds have no quarter of a minute for each crash.
package func usualPace() -> ProofPace {
    #if DEBUG
        if let text = environmentVariable("CREDWATCH_PROOF_SPAN"),
            let span = Duration(parsing: text)
        {
            return ProofPace(span: span)
        }
    #endif
    return ProofPace()
}

/// How far a run has come; the raw value is the exit code.
package enum RotationResult: Int32, Sendable, Hashable {
    /// All is done that can be done now.
    case done = 0
    /// The user has a working key in the file, and the next run has to go on.
    case unfinished = 1
    /// Nothing was changed, or all of it was undone.
    case refused = 2
}

/// Rotates the access key of a profile, or goes on with a rotation that was interrupted.
///
/// `report` is told what happens, a sentence at a time, without secrets. One rotation of a profile runs at a
/// time, whoever started it. It blocks where it writes files.
package func rotateOnce(
    _ profile: ProfileConfiguration, _ order: RotationOrder, in configuration: Configuration,
    report: @escaping @Sendable (String) -> Void
) async -> RotationResult {
    let transport: CurlTransport
    do {
        transport = try makeTransport(for: configuration)
    } catch {
        report("\(error.reason).")
        return .refused
    }
    let obtainer = Obtainer(transport: transport)
    let rotator = Rotator(
        profile, order, configuration, transport, obtainer, report: report)
    let result: RotationResult
    do throws(RotationStop) {
        result = try await rotator.run()
    } catch {
        report(error.sentence)
        result = error.result
    }
    await obtainer.shutDown()
    transport.shutdown()
    return result
}

/// Asks the running daemon to check a profile at once.
///
/// One that does not run, or takes no orders of ours, checks it at its own time.
package func askForCheck(of profile: String, at path: String) async {
    _ = await BlockingLine().run(within: .seconds(5)) { try? send(.check(profile), to: path) }
}

/// Why a run of a rotation ends before its end.
struct RotationStop: Error {
    var result: RotationResult
    /// A sentence or more.
    var sentence: String

    init(_ result: RotationResult, _ sentence: String) {
        self.result = result
        self.sentence = sentence
    }
}

/// One run of a rotation: asks what `Rotating` decides on, and does it.
struct Rotator: Sendable {
    let profile: ProfileConfiguration
    let order: RotationOrder
    let configuration: Configuration
    let resolver: Resolver
    let prober: Prober
    let identities: SecondIdentities
    let transport: any Transport
    let obtainer: Obtainer
    let files = FileSwitcher()
    let report: @Sendable (String) -> Void

    init(
        _ profile: ProfileConfiguration, _ order: RotationOrder, _ configuration: Configuration,
        _ transport: any Transport, _ obtainer: Obtainer,
        report: @escaping @Sendable (String) -> Void
    ) {
        self.profile = profile
        self.order = order
        self.configuration = configuration
        self.report = report
        self.transport = transport
        self.obtainer = obtainer
        resolver = Resolver(environment: .current(), overrides: configuration.aws)
        prober = Prober(transport: transport, clock: SystemClock.wall)
        identities = SecondIdentities(resolver, obtainer, prober, transport)
    }

    /// Begins a rotation, or goes on with the one that the journal knows.
    func run() async throws(RotationStop) -> RotationResult {
        if order.isDryRun { return try await dryRun() }
        let journal = try RotationJournal(profile.name, configuration, by: order.keeper)
        if let record = try await unfinished(journal) {
            // With everything done but the deletion, a new rotation may be wanted.
            let isWaiting = record.stage == .deactivated && order.minimumAge == nil
            guard isWaiting, order.replacing != nil else {
                if record.stage != .deactivated {
                    report("A rotation of \(profile.name) was interrupted; it goes on.")
                }
                return try await goOn(with: record, journal)
            }
        }
        guard let (record, facts) = try await start() else { return .done }
        try journal.save(record)
        report(begun(record, facts))
        return try await goOn(with: record, journal)
    }

    /// Reads what is open, if it is to be gone on with.
    private func unfinished(
        _ journal: RotationJournal
    ) async throws(RotationStop) -> RotationRecord? {
        guard let record = try journal.load() else { return nil }
        // Before it says in whose name anything is asked.
        try await check(record, isRoots: journal.isRoots)
        return try await isGivenUp(record, journal) ? nil : record
    }

    /// Closes a rotation whose new key somebody has deleted since, when that is ordered by `--force`.
    ///
    /// What it would still do is to retire the old key, which then is as good as any.
    private func isGivenUp(
        _ record: RotationRecord, _ journal: RotationJournal
    ) async throws(RotationStop) -> Bool {
        guard order.isForced, try await isNewKeyGone(record) else { return false }
        try journal.remove()
        report(
            "\(record.newKeyID ?? "The new key") was deleted, so the rotation that made it is given up; "
                + "\(record.oldKeyID) is left as it is.")
        return true
    }

    /// Who asks IAM on behalf of a rotation.
    func calls(_ record: RotationRecord? = nil) -> KeyCalls {
        calls(by: speaker(record))
    }

    func calls(by speaker: ProfileConfiguration) -> KeyCalls {
        KeyCalls(
            identities: identities, profile: speaker, patience: min(.seconds(60), order.pace.limit))
    }

    func speaker(_ record: RotationRecord?) -> ProfileConfiguration {
        if let using = order.using { return using }
        guard let name = record?.using else { return profile }
        return configuration.profiles.first { $0.name == name } ?? ProfileConfiguration(name: name)
    }

    /// The profile's keys as they stand now.
    func standing() async throws(RotationStop) -> StandingKeys {
        do throws(NotRotatable) {
            // One that has read nothing yet: right after a write, what was kept may be the file before.
            let fresh = Resolver(environment: .current(), overrides: configuration.aws)
            return try await fresh.standingKeys(of: profile, configuration.aws)
        } catch {
            throw RotationStop(.refused, error.sentence)
        }
    }

    /// Refuses a journal that is not of this profile as it is configured now: its directory may belong to
    /// a user with fewer rights.
    private func check(
        _ record: RotationRecord, isRoots: Bool
    ) async throws(RotationStop) {
        let standing = try await standing()
        guard record.profile == profile.name, record.place == standing.place,
            isNameOfUser(record.user)
        else {
            throw RotationStop(
                .refused,
                "The journal of the last rotation is about \(record.place), but the keys of "
                    + "\(profile.name) stand in \(standing.place).")
        }
        if let kept = record.switchedFile {
            let prefix = kept.realPath + ".credwatch-"
            let isCopy =
                kept.keptPath.map {
                    $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).utf8.contains(0x2F)
                } ?? false
            guard isCopy else {
                throw RotationStop(.refused, "The journal of the last rotation is damaged.")
            }
        }
        if let using = record.using, order.using == nil {
            // Root has profiles of its own, which a journal of somebody else's must not make use of.
            let isKnown = configuration.profiles.contains { $0.name == using }
            guard isKnown || isRoots || geteuid() != 0 else {
                throw RotationStop(
                    .refused,
                    "The rotation began with \(using), which is no profile of the config: give --using "
                        + "\(using) again.")
            }
            report("\(using) asks IAM, as when the rotation began.")
        }
    }
}
