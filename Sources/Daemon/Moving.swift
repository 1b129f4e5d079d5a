import Diagnosing
import Faults
import Model
import Obtaining
import Probing
import Resolving
import Scheduling
import SystemBus

/// Whoever brings applications to use a profile: files, then units, then a look at their processes.
///
/// Doing it again changes only what is not so yet, so an attempt that a crash cut short is repeated.
struct Mover: Sendable {
    let configuration: Configuration
    let pipeline: CheckPipeline
    let writer: any KeyWriter
    let restarts: UnitRestarts
    /// How long a disk may take for one file.
    var fileLimit = Duration.seconds(30)

    /// Why a move ends before anything is changed, or after everything was put back; a clause.
    struct Failure: Error {
        var reason: String
    }

    /// A move under way.
    private struct Course: Sendable {
        var request: MoveRequest
        var group: GroupConfiguration
        var profile: ProfileConfiguration
        let line = BlockingLine()
        var report: @Sendable (MoveStep) -> Void
    }

    /// Does what is asked, and reports each step as it is done.
    func carryOut(
        _ request: MoveRequest, report: @escaping @Sendable (MoveStep) -> Void
    ) async -> MoveOutcome {
        guard let group = configuration.groups.first(where: { $0.name == request.group }) else {
            return MoveOutcome(.failed("the config has no group \(request.group)"))
        }
        guard !group.switchTargets.isEmpty else {
            return MoveOutcome(.failed("group \(group.name) has no files to switch"))
        }
        guard ([group.primary] + group.backups).contains(request.profile),
            let profile = configuration.profiles.first(where: { $0.name == request.profile })
        else {
            return MoveOutcome(.failed("group \(group.name) has no member \(request.profile)"))
        }
        let course = Course(request: request, group: group, profile: profile, report: report)
        do throws(Failure) {
            return try await carryOut(course)
        } catch {
            return MoveOutcome(.failed(error.reason))
        }
    }

    private func carryOut(_ course: Course) async throws(Failure) -> MoveOutcome {
        let request = course.request
        let present = try await look(course)
        if request.purpose == .look { return MoveOutcome(.done) }
        let resolved = try await keys(course)
        let keys = WrittenKeys(resolved.credentials)
        let expiresAt = resolved.credentials.expiresAt?.value
        if request.purpose == .plan {
            await plan(course, keys.accessKeyID, present)
            return MoveOutcome(.done, keyID: keys.accessKeyID, expiresAt: expiresAt)
        }
        faultPoint("move.begun")
        let files = try await write(keys, course)
        try await probe(files, resolved, course)
        faultPoint("move.probed")
        let failures = await restart(files, keys, course)
        faultPoint("move.restarted")
        return MoveOutcome(
            failures.isEmpty ? .done : .incomplete(failures.joined(separator: "; ")),
            keyID: keys.accessKeyID, expiresAt: expiresAt)
    }

    // MARK: Before anything is changed

    /// Looks whether every place could be written; returns the key id that stands in each.
    private func look(_ course: Course) async throws(Failure) -> [String?] {
        var found: [String?] = []
        var reasons: [String] = []
        for target in course.group.switchTargets {
            let (writer, place) = (writer, target.place)
            switch await course.line.run(within: fileLimit, { inspected(place, by: writer) }) {
            case .success(let keyID)?:
                found.append(keyID)
                if course.request.purpose == .look {
                    course.report(MoveStep(.writable, place: place, previousKeyID: keyID))
                }
            case .failure(let problem)?: reasons.append(problem.description)
            case nil: reasons.append(slow(place))
            }
        }
        guard reasons.isEmpty else { throw Failure(reason: reasons.joined(separator: "; ")) }
        return found
    }

    /// Finds the keys that are to be used.
    ///
    /// Keys that stand in a file have to be those that were proven, else they are proven now. A session is
    /// begun anew, so that it has all of its life before it.
    private func keys(_ course: Course) async throws(Failure) -> ResolvedProfile {
        let profile = course.profile
        let resolution: Resolution
        do {
            resolution = try await pipeline.resolver.resolve(profile)
        } catch {
            throw Failure(reason: clause(diagnosis(of: error, profile: profile.name)))
        }
        switch resolution {
        case .ready(let resolved):
            guard let proven = course.request.keyID,
                proven != resolved.credentials.accessKeyID.value
            else { return resolved }
            let result = await pipeline.check(resolution, for: profile, since: SystemClock.now())
            guard result.diagnosis.verdict == .good else {
                throw Failure(
                    reason:
                        "\(profile.name) has another key than the \(proven) that was accepted: \(clause(result.diagnosis))"
                )
            }
            return resolved
        case .planned(let plan):
            if course.request.purpose != .plan { pipeline.obtainer.invalidate(plan.steps) }
            do throws(ObtainProblem) {
                let obtained = try await pipeline.obtainer.obtain(
                    plan.steps, within: profile.timeout)
                return ResolvedProfile(plan, with: obtained.credentials)
            } catch {
                throw Failure(reason: clause(diagnosis(of: error, profile: profile.name)))
            }
        }
    }

    private func plan(_ course: Course, _ keyID: String, _ present: [String?]) async {
        for (target, previous) in zip(course.group.switchTargets, present) {
            course.report(
                MoveStep(
                    previous == keyID ? .unchanged : .writable, place: target.place, keyID: keyID,
                    previousKeyID: previous))
        }
        let needs = unitNeeds(of: course.group.switchTargets, [])
        let (restarts, report) = (restarts, course.report)
        _ = await course.line.run(within: .seconds(60)) { restarts.plan(needs, report: report) }
    }

    // MARK: Files

    /// Writes all places, and reads each again; when one fails, those before it are put back.
    private func write(_ keys: WrittenKeys, _ course: Course) async throws(Failure)
        -> [SwitchedFile]
    {
        var files: [SwitchedFile] = []
        for target in course.group.switchTargets {
            let (writer, place) = (writer, target.place)
            let reason: String
            switch await course.line.run(
                within: fileLimit, { written(keys, to: place, by: writer) }
            ) {
            case .success(let file)?:
                files.append(file)
                faultPoint("move.written")
                guard let difference = await difference(at: place, from: keys) else {
                    course.report(
                        MoveStep(
                            file.isChanged ? .written : .unchanged, place: place,
                            keyID: keys.accessKeyID, previousKeyID: file.previousKeyID,
                            keptPath: file.keptPath))
                    continue
                }
                reason = "\(place) reads otherwise than it was written: \(difference)"
            case .failure(let problem)?: reason = problem.description
            case nil: reason = slow(place)
            }
            await putBack(files, course)
            throw Failure(reason: reason)
        }
        return files
    }

    /// Asks AWS about what stands on the disk now; what it refuses is put back.
    ///
    /// No answer refuses nothing: the keys are those that were accepted a moment ago, byte for byte.
    private func probe(
        _ files: [SwitchedFile], _ resolved: ResolvedProfile, _ course: Course
    ) async throws(Failure) {
        var profile = course.profile
        profile.canary = nil
        for file in files {
            let standing: Credentials?
            do {
                standing = try await credentials(at: file.place)
            } catch {
                standing = nil
            }
            guard let standing else { continue }
            let read = ResolvedProfile(
                credentials: standing, region: resolved.region, endpoint: resolved.endpoint,
                mainEndpoint: resolved.mainEndpoint, source: file.place.description)
            let result = await pipeline.check(
                .ready(read), for: profile, since: SystemClock.now())
            switch result.diagnosis.verdict {
            case .good: continue
            case .unknown:
                // The others would wait as long, for the same.
                course.report(
                    MoveStep(
                        .unanswered, place: file.place, keyID: standing.accessKeyID.value,
                        detail: clause(result.diagnosis)))
                return
            case .bad:
                await putBack(files, course)
                throw Failure(
                    reason: "AWS refuses what was written to \(file.place): "
                        + clause(result.diagnosis))
            }
        }
    }

    /// Puts back what was changed, the last one first.
    private func putBack(_ files: [SwitchedFile], _ course: Course) async {
        for file in files.reversed() where file.isChanged {
            let writer = writer
            let problem = await course.line.run(within: fileLimit) { restored(file, by: writer) }
            let reason = problem.map { $0?.description } ?? slow(file.place)
            course.report(
                MoveStep(
                    reason == nil ? .restored : .notRestored, place: file.place, detail: reason))
        }
    }

    // MARK: Units

    private func restart(
        _ files: [SwitchedFile], _ keys: WrittenKeys, _ course: Course
    ) async -> [String] {
        var needs = unitNeeds(of: course.group.switchTargets, files)
        // SDKs read a session's file again or do not, whatever is done; only an environment never changes.
        if course.request.purpose == .refresh, keys.sessionToken != nil {
            needs.removeAll { !$0.readsEnvironment }
        }
        guard !needs.isEmpty else { return [] }
        let (restarts, report, wanted) = (restarts, course.report, needs)
        let keyID = keys.accessKeyID
        let failures = await course.line.run(within: restarts.patience) {
            restarts.bring(wanted, to: keyID, report: report)
        }
        return failures ?? ["systemd did not answer in time"]
    }

    private func slow(_ place: SwitchPlace) -> String {
        "\(place.path) was not switched: the disk did not answer within \(fileLimit.rough)"
    }
}

/// A diagnosis as a clause, without its full stop.
func clause(_ diagnosis: Diagnosis) -> String {
    let text = diagnosis.summary
    return text.hasSuffix(".") ? String(text.dropLast()) : text
}

// Typed throws do not pass through generic closures, so results do.

private func inspected(_ place: SwitchPlace, by writer: any KeyWriter)
    -> Result<String?, SwitchProblem>
{
    do throws(SwitchProblem) {
        return .success(try writer.inspect(place))
    } catch {
        return .failure(error)
    }
}

private func written(_ keys: WrittenKeys, to place: SwitchPlace, by writer: any KeyWriter)
    -> Result<SwitchedFile, SwitchProblem>
{
    do throws(SwitchProblem) {
        return .success(try writer.write(keys, to: place, now: SystemClock.wall()))
    } catch {
        return .failure(error)
    }
}

private func restored(_ file: SwitchedFile, by writer: any KeyWriter) -> SwitchProblem? {
    do throws(SwitchProblem) {
        try writer.restore(file)
        return nil
    } catch {
        return error
    }
}
