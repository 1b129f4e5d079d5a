import Diagnosing
import Glibc
import Model
import Probing
import Resolving
import Rotating
import Scheduling
import Switching

/// How a rotation begins: who has the key, which keys there are, and whether there is room for another.
extension Rotator {
    /// Collects what has to be known; nil, with a word about it, when nothing is due.
    func start() async throws(RotationStop) -> (RotationRecord, StartFacts)? {
        let standing = try await standing()
        if let expected = order.expectedKeyID, standing.keyID != expected {
            throw RotationStop(
                .refused,
                "\(standing.title) has \(standing.keyID), and the daemon checks \(expected): they read "
                    + "other files. `aws: {credentials_file: …}` in the config says which.")
        }
        let refusal = try await refusalOfKey(standing)
        if refusal != nil, order.using == nil {
            throw RotationStop(
                .refused,
                "AWS refuses the key of \(profile.name) (\(refusal ?? "")), so it cannot make itself a "
                    + "new one. --using names a profile that may.")
        }
        do throws(SwitchProblem) {
            _ = try files.inspect(standing.place)
        } catch {
            throw RotationStop(.refused, "\(error.description).")
        }
        let calls = calls()
        let user = try await user(of: standing, isRefused: refusal != nil, calls)
        let (listed, skew) = try await asking { () async throws(KeyTrouble) in
            try await calls.listing(user.name)
        }
        // The dates of keys are AWS's, and so is the time that they are held against.
        let awsTime = SystemClock.wall() + (skew ?? .zero)
        if let age = order.minimumAge, !isDue(standing.keyID, listed, age, at: awsTime) {
            return nil
        }
        let facts = StartFacts(
            user: user.name, keyInFile: standing.keyID, isRefused: refusal != nil,
            keys: await keyFacts(listed, standing, calls), now: awsTime)
        var replaced: String?
        switch decideStart(facts, replacing: order.replacing, isForced: order.isForced) {
        case .create: break
        case .replace(let id): replaced = id
        case .refused(let sentence): throw RotationStop(.refused, sentence)
        }
        let record = RotationRecord(
            stage: replaced == nil ? .creating : .replacing, profile: profile.name,
            user: user.name, account: user.account, place: standing.place,
            oldKeyID: standing.keyID, oldKeyWasGood: refusal == nil,
            keysBefore: listed.map(\.id).filter { $0 != replaced }, replacedKeyID: replaced,
            using: order.using?.name, deleteAfter: order.deleteAfter, startedAt: facts.now)
        return (record, facts)
    }

    /// Prints what a rotation would do.
    func dryRun() async throws(RotationStop) -> RotationResult {
        if let open = try openRotation() {
            let text = "A rotation of \(profile.name) began at \(open.startedAt.rfc3339): "
            let keys = open.newKeyID.map { "\($0) in place of \(open.oldKeyID)" }
            report(
                text + (keys ?? "\(open.oldKeyID) is to be replaced")
                    + " (\(open.stage.rawValue)). A run without --dry-run goes on with it.")
            return .done
        }
        guard let (record, facts) = try await start() else { return .done }
        for key in facts.keys { report("User \(record.user) has \(described(key, facts)).") }
        if let id = record.replacedKeyID { report("Would delete \(id), to make room.") }
        report(
            "Would make a key for user \(record.user), asking as \(speaker(record).name), and write it "
                + "to \(record.place).")
        report(
            "Would wait for \(order.pace.count) good answers in a row over \(order.pace.span.text)."
        )
        let held = try await applications(.replacing).filter { $0.value.contains(record.oldKeyID) }
        for group in held.keys.sorted() {
            report(
                "Would write it for the applications of group \(group), and restart their units.")
        }
        if facts.keys.contains(where: { $0.key.id == record.oldKeyID }) {
            let end = record.deleteAfter.map { "and delete it after \($0.text)" } ?? "and keep it"
            report("Would deactivate \(record.oldKeyID), \(end).")
        }
        report("Nothing was changed.")
        return .done
    }

    /// Reads what the journal knows, where there is one.
    private func openRotation() throws(RotationStop) -> RotationRecord? {
        // Opening it makes its directory.
        guard access(configuration.stateDirectory + "/rotations", F_OK) == 0 else { return nil }
        return try RotationJournal(profile.name, configuration).load()
    }

    func begun(_ record: RotationRecord, _ facts: StartFacts) -> String {
        "Rotating \(record.oldKeyID) of user \(record.user), which stands in \(record.place)."
    }

    /// Asks AWS whether the key in the file is good, at its endpoint and at the main region's.
    ///
    /// Nil when it is; a code when both refuse it. Throws when nobody knows.
    func refusalOfKey(_ standing: StandingKeys) async throws(RotationStop) -> String? {
        var refusal: String?
        for endpoint in endpoints(of: standing.resolved) {
            let outcome = await prober.probe(
                standing.resolved.credentials, at: endpoint, timeout: profile.timeout)
            switch verdict(of: outcome, at: endpoint) {
            case .good: return nil
            case .refused(let reason): refusal = reason
            case .unknown(let reason):
                throw RotationStop(.refused, "Whether the key works is not known: \(reason).")
            }
        }
        return refusal
    }

    /// Finds the user whose key it is.
    func user(
        of standing: StandingKeys, isRefused: Bool, _ calls: KeyCalls
    ) async throws(RotationStop) -> RotatedUser {
        guard isRefused else {
            let own = try await asking { () async throws(KeyTrouble) in
                try await self.calls(by: profile).identity()
            }
            let user = try rotatable { () throws(NotRotatable) in try rotatedUser(ofARN: own.arn) }
            if order.using != nil { try await checkAccount(user, calls) }
            return user
        }
        let asker = try await asking { () async throws(KeyTrouble) in try await calls.identity() }
        let named = try? await calls.lastUse(of: standing.keyID).user
        var expected: RotatedUser?
        if let arn = profile.expected.arn, !arn.utf8.contains(UInt8(ascii: "*")) {
            expected = try rotatable { () throws(NotRotatable) in try rotatedUser(ofARN: arn) }
        }
        guard let name = named ?? expected?.name, isNameOfUser(name) else {
            throw RotationStop(
                .refused,
                "Nobody knows whose key \(standing.keyID) was. `expect: {arn: …}` of the profile tells."
            )
        }
        if let expected, expected.name != name || expected.account != asker.account {
            throw RotationStop(
                .refused,
                "The profile expects user \(expected.name) of account \(expected.account); "
                    + "\(standing.keyID) is of user \(name), and \(calls.profile.name) asks in account "
                    + "\(asker.account).")
        }
        _ = try await asking { () async throws(KeyTrouble) in try await calls.arn(of: name) }
        return RotatedUser(name: name, account: asker.account)
    }

    private func checkAccount(_ user: RotatedUser, _ calls: KeyCalls) async throws(RotationStop) {
        let asker = try await asking { () async throws(KeyTrouble) in try await calls.identity() }
        guard asker.account == user.account else {
            throw RotationStop(
                .refused,
                "\(calls.profile.name) is of account \(asker.account), user \(user.name) of "
                    + "\(user.account).")
        }
    }

    /// Puts together what is known of each key.
    func keyFacts(
        _ listed: [ListedKey], _ standing: StandingKeys, _ calls: KeyCalls
    ) async -> [KeyFacts] {
        let places = await resolver.keyPlaces(of: configuration.profiles, within: .seconds(5))
        var facts: [KeyFacts] = []
        for key in listed {
            facts.append(
                KeyFacts(
                    key: key, lastUse: try? await calls.lastUse(of: key.id).use,
                    places: places.filter { $0.accessKeyID == key.id }.map(\.title),
                    isOwn: key.id == standing.keyID))
        }
        return facts
    }

    private func isDue(
        _ id: String, _ listed: [ListedKey], _ age: Duration, at time: WallTime
    ) -> Bool {
        guard let made = listed.first(where: { $0.id == id })?.createdAt else { return false }
        return time - made >= age
    }

    /// Runs a call about keys; what fails before anything is changed is a refusal.
    func asking<Value: Sendable>(
        _ body: () async throws(KeyTrouble) -> Value
    ) async throws(RotationStop) -> Value {
        do throws(KeyTrouble) {
            return try await body()
        } catch {
            throw RotationStop(.refused, error.sentence)
        }
    }

    private func rotatable<Value>(
        _ body: () throws(NotRotatable) -> Value
    ) throws(RotationStop) -> Value {
        do throws(NotRotatable) {
            return try body()
        } catch {
            throw RotationStop(.refused, error.sentence)
        }
    }
}
