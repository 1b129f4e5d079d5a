package import Model
package import Rotating
import HTTP
import Obtaining
import Probing
import Resolving
import Scheduling

/// The keys of a profile's user.
package struct KeyReport: Sendable {
    package var profile: String
    package var user: String
    package var account: String
    /// The key that the profile uses.
    package var ownKeyID: String
    package var keys: [KeyFacts]
    /// Why the last uses are not known; nil when they are.
    package var missing: String?
}

/// Why nothing was listed or changed; a sentence without secrets.
package struct KeysProblem: Error, Sendable, Hashable {
    package var sentence: String
}

/// Lists the keys of a profile's user: state, age, last use, and where on this host they are configured.
///
/// `asker` asks IAM, else the profile itself.
package func keysOnce(
    of profile: ProfileConfiguration, using asker: ProfileConfiguration?,
    in configuration: Configuration
) async throws(KeysProblem) -> KeyReport {
    try await withRotator(profile, asker, configuration) { rotator async throws(RotationStop) in
        try await rotator.keyReport()
    }
}

/// Activates, deactivates or deletes a key of a profile's user.
///
/// Nothing is done to a key that seems to be in use, unless `isForced`. Returns the sentence that says what
/// was done.
package func changeKey(
    _ id: String, _ change: KeyChange, of profile: ProfileConfiguration,
    using asker: ProfileConfiguration?, isForced: Bool, in configuration: Configuration
) async throws(KeysProblem) -> String {
    try await withRotator(profile, asker, configuration) { rotator async throws(RotationStop) in
        try await rotator.change(id, change, isForced: isForced)
    }
}

private func withRotator<Value: Sendable>(
    _ profile: ProfileConfiguration, _ asker: ProfileConfiguration?,
    _ configuration: Configuration, _ body: (Rotator) async throws(RotationStop) -> Value
) async throws(KeysProblem) -> Value {
    let transport: CurlTransport
    do {
        transport = try makeTransport(for: configuration)
    } catch {
        throw KeysProblem(sentence: "\(error.reason).")
    }
    let obtainer = Obtainer(transport: transport)
    let rotator = Rotator(
        profile, RotationOrder(using: asker), configuration, transport, obtainer, report: { _ in })
    let result: Result<Value, RotationStop>
    do throws(RotationStop) {
        result = .success(try await body(rotator))
    } catch {
        result = .failure(error)
    }
    await obtainer.shutDown()
    transport.shutdown()
    switch result {
    case .success(let value): return value
    case .failure(let stop): throw KeysProblem(sentence: stop.sentence)
    }
}

extension Rotator {
    /// Collects what is known about the keys of the profile's user.
    fileprivate func keyReport() async throws(RotationStop) -> KeyReport {
        let standing = try await standing()
        let refusal = try await refusalOfKey(standing)
        if let refusal, order.using == nil {
            throw RotationStop(
                .refused,
                "AWS refuses the key of \(profile.name) (\(refusal)). --using names a profile that may "
                    + "ask IAM.")
        }
        let calls = calls()
        let user = try await user(of: standing, isRefused: refusal != nil, calls)
        let listed = try await asking { () async throws(KeyTrouble) in
            try await calls.list(user.name)
        }
        var report = KeyReport(
            profile: profile.name, user: user.name, account: user.account,
            ownKeyID: standing.keyID, keys: await keyFacts(listed, standing, calls))
        if let first = listed.first {
            do throws(KeyTrouble) {
                _ = try await calls.lastUse(of: first.id)
            } catch {
                report.missing = error.sentence
            }
        }
        return report
    }

    fileprivate func change(
        _ id: String, _ change: KeyChange, isForced: Bool
    ) async throws(RotationStop) -> String {
        let found = try await keyReport()
        guard let facts = found.keys.first(where: { $0.key.id == id }) else {
            throw RotationStop(.refused, "User \(found.user) has no key \(id).")
        }
        if let reason = objection(to: change, facts, now: SystemClock.wall()), !isForced {
            throw RotationStop(
                .refused, "\(id) was left as it is: \(reason). --force overrides that.")
        }
        let calls = calls()
        try await asking { () async throws(KeyTrouble) in
            switch change {
            case .activate: try await calls.set(id, of: found.user, active: true)
            case .deactivate: try await calls.set(id, of: found.user, active: false)
            case .delete: try await calls.delete(id, of: found.user)
            }
        }
        return switch change {
        case .activate: "\(id) of user \(found.user) is active."
        case .deactivate: "\(id) of user \(found.user) is inactive."
        case .delete: "\(id) of user \(found.user) is deleted."
        }
    }
}
