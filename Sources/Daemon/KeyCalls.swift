import Answers
import Diagnosing
import Dispatch
import HTTP
import Model
import Probing
import Scheduling

/// Why a call about keys came to nothing.
struct KeyTrouble: Error {
    enum Kind: Hashable {
        /// A policy is missing.
        case denied
        /// AWS does not know the key that signs, or not yet.
        case notRecognized
        /// There is no such user or key.
        case absent
        /// The user has as many keys as IAM allows.
        case full
        /// It was never carried out, and another time it may be.
        case passing
        /// It may have been carried out, and nobody knows.
        case unsure
        case other
    }

    var kind: Kind
    /// A sentence.
    var sentence: String
}

/// Who asks IAM about the keys of a user, and changes them: a profile, as it resolves at that moment.
struct KeyCalls: Sendable {
    let identities: SecondIdentities
    /// Whose credentials sign.
    let profile: ProfileConfiguration
    /// How long a call that may be made again is tried.
    let patience: Duration

    private static let mostOfCall = Duration.seconds(10)

    /// Says whose the credentials are that sign.
    func identity() async throws(KeyTrouble) -> CallerIdentity {
        let voice = try await voice()
        switch await identities.identity(of: voice, within: Self.mostOfCall) {
        case .success(let identity): return identity
        case .failure(let silence):
            throw trouble(.other, "cannot be asked who it is: \(silence.what)")
        }
    }

    /// Lists all keys of a user, the oldest first.
    func list(_ user: String) async throws(KeyTrouble) -> [ListedKey] {
        try await listing(user).keys
    }

    /// Lists all keys of a user, the oldest first, and says what AWS's clock said, as in
    /// ``AnswerDetails/skew``.
    func listing(
        _ user: String
    ) async throws(KeyTrouble) -> (keys: [ListedKey], skew: Duration?) {
        var keys: [ListedKey] = []
        var marker: String?
        // Users have two keys, and five pages hold any number that an account was ever granted.
        for _ in 0..<5 {
            let inquiry = Inquiry(.accessKeys, about: user, marker: marker)
            let (body, skew) = try await answer(
                inquiry.action.name, inquiry.parameters, isRepeatable: true)
            guard case .keys(let page, let next)? = InquiryReply(reading: body, to: .accessKeys)
            else { throw unreadable(inquiry.action.name) }
            keys += page
            guard let next else { return (keys, skew) }
            marker = next
        }
        throw trouble(.other, "gets a list of keys without an end")
    }

    /// Says whose a key is and when it was used last; nil when nobody used it yet.
    func lastUse(of id: String) async throws(KeyTrouble) -> (user: String, use: KeyUse?) {
        let inquiry = Inquiry(.accessKeyLastUsed, about: id)
        let (body, _) = try await answer(
            inquiry.action.name, inquiry.parameters, isRepeatable: true)
        guard
            case .lastUsed(let user, let use)? = InquiryReply(
                reading: body, to: .accessKeyLastUsed)
        else { throw unreadable(inquiry.action.name) }
        return (user, use)
    }

    /// Returns the ARN of a user; nil when the answer has none.
    func arn(of user: String) async throws(KeyTrouble) -> String? {
        let inquiry = Inquiry(.user, about: user)
        let (body, _) = try await answer(
            inquiry.action.name, inquiry.parameters, isRepeatable: true)
        guard case .user(_, let arn)? = InquiryReply(reading: body, to: .user) else {
            throw unreadable(inquiry.action.name)
        }
        return arn
    }

    /// Makes a key; `unsure` says that there may be one now whose secret nobody has.
    func create(for user: String) async throws(KeyTrouble) -> CreatedKey {
        let (body, _) = try await answer(
            KeyAction.create.name, [("UserName", user)], isRepeatable: false)
        guard let key = CreatedKey(reading: body) else {
            throw trouble(.unsure, "gets an answer to CreateAccessKey that cannot be read")
        }
        return key
    }

    /// Makes a key active or inactive.
    func set(_ id: String, of user: String, active: Bool) async throws(KeyTrouble) {
        _ = try await answer(
            KeyAction.update.name,
            [
                ("UserName", user), ("AccessKeyId", id),
                ("Status", active ? "Active" : "Inactive"),
            ], isRepeatable: true)
    }

    /// Deletes a key; one that is gone already is as good.
    func delete(_ id: String, of user: String) async throws(KeyTrouble) {
        do {
            _ = try await answer(
                KeyAction.delete.name, [("UserName", user), ("AccessKeyId", id)],
                isRepeatable: true)
        } catch {
            guard error.kind == .absent else { throw error }
        }
    }

    private func voice() async throws(KeyTrouble) -> SecondIdentities.Voice {
        switch await identities.voice(of: profile, within: Self.mostOfCall) {
        case .success(let voice): return voice
        case .failure(let silence):
            throw trouble(.other, "has no credentials: \(silence.what)")
        }
    }

    /// Calls an action of IAM, again and again while that may help.
    private func answer(
        _ action: String, _ parameters: [(name: String, value: String)], isRepeatable: Bool
    ) async throws(KeyTrouble) -> (body: [UInt8], skew: Duration?) {
        let end = SystemClock.moment() + patience
        var next = min(.seconds(1), patience / 8)
        while true {
            let found: KeyTrouble
            do throws(KeyTrouble) {
                return try await answerOnce(action, parameters)
            } catch {
                found = error
            }
            let mayPass =
                switch found.kind {
                case .passing, .notRecognized: true
                case .unsure: isRepeatable
                case .denied, .absent, .full, .other: false
                }
            guard mayPass, SystemClock.moment() + next < end else { throw found }
            await rest(next)
            next = min(next * 2, .seconds(8))
        }
    }

    private func answerOnce(
        _ action: String, _ parameters: [(name: String, value: String)]
    ) async throws(KeyTrouble) -> (body: [UInt8], skew: Duration?) {
        let voice = try await voice()
        let outcome: ServiceCallOutcome
        switch await identities.call(
            action, parameters, of: .iam, voice, within: Self.mostOfCall)
        {
        case .success(let found): outcome = found
        case .failure(let silence):
            throw trouble(.other, "cannot ask IAM: \(silence.what)")
        }
        switch outcome {
        case .answered(let body, let details): return (body, details.skew)
        case .refused(let error, _):
            throw trouble(
                kind(of: error),
                "is answered \(redacted(error.code)) to \(action): \(redacted(error.message))")
        case .notAWS(let what, _):
            throw trouble(.unsure, "gets \(redacted(what)) as the answer to \(action)")
        case .failed(let failure):
            // What was never sent was never done.
            let wasSent = [.send, .wait, .body].contains(failure.phase)
            throw trouble(
                wasSent ? .unsure : .passing,
                "gets no answer to \(action): \(redacted(failure.reason))")
        }
    }

    private func kind(of error: ServiceError) -> KeyTrouble.Kind {
        switch error.code {
        case "LimitExceeded", "LimitExceededException": return .full
        case "NoSuchEntity", "NoSuchEntityException": return .absent
        default: break
        }
        return switch refusal(error, to: .assumeRole) {
        case .throttled: .passing
        case .outage: .unsure
        case .keyNotRecognized: .notRecognized
        case .roleDenied, .accessDenied, .needsPerson: .denied
        default: .other
        }
    }

    private func unreadable(_ action: String) -> KeyTrouble {
        trouble(.other, "gets an answer to \(action) that cannot be read")
    }

    private func trouble(_ kind: KeyTrouble.Kind, _ what: String) -> KeyTrouble {
        let text = "\(profile.name) \(what)"
        return KeyTrouble(kind: kind, sentence: text.hasSuffix(".") ? text : text + ".")
    }
}

/// Waits on Dispatch's timer, holding no thread up.
func rest(_ duration: Duration) async {
    await withUnsafeContinuation { continuation in
        rests.asyncAfter(deadline: .now() + .nanoseconds(Int(max(0, duration.nanoseconds)))) {
            continuation.resume()
        }
    }
}

private let rests = DispatchQueue(label: "credwatch.rotations")
