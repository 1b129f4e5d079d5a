import Diagnosing
import Model
import Probing
import Resolving
import Rotating
import Scheduling

/// How a new key proves itself.
extension Rotator {
    /// The profile's own endpoint, that of its region, and the main region's.
    func endpoints(of resolved: ResolvedProfile) -> [Endpoint] {
        let others = resolved.opinionEndpoints
        var endpoints = [resolved.endpoint.value]
        for endpoint in [others.regional, others.main] {
            if let endpoint, !endpoints.contains(endpoint) { endpoints.append(endpoint) }
        }
        return endpoints
    }

    /// Says what an answer means for the key that signed.
    func verdict(of outcome: ProbeOutcome, at endpoint: Endpoint) -> ProofAnswer {
        switch outcome {
        case .identity(_, let details) where details.requestID != nil: return .good
        case .identity: return .unknown("something else than AWS answers at \(endpoint.url)")
        case .refused(let error, _):
            let code = redacted(error.code)
            return switch refusal(error, to: .getCallerIdentity) {
            case .keyNotRecognized, .signatureMismatch, .malformedKeyID: .refused(code)
            default: .unknown("\(endpoint.url) answers \(code)")
            }
        case .notAWS(let what, _): return .unknown("\(endpoint.url) answers \(redacted(what))")
        case .failed(let failure): return .unknown(redacted(failure.reason))
        }
    }

    /// Asks AWS with what stands in the file until it is proven, refused for good, or the time is over.
    func prove(_ record: RotationRecord) async throws(RotationStop) -> ProofRow.Standing {
        var row = ProofRow(order.pace, at: SystemClock.moment())
        while true {
            let start = SystemClock.moment()
            let standing = row.add(try await ask(record), at: start)
            guard standing == .going else { return standing }
            await rest(order.pace.pause - (SystemClock.moment() - start))
        }
    }

    /// Asks all endpoints once, with the file read anew.
    private func ask(_ record: RotationRecord) async throws(RotationStop) -> ProofAnswer {
        let standing = try await standing()
        guard standing.keyID == record.newKeyID else {
            throw RotationStop(
                .unfinished,
                "\(record.place) holds \(standing.keyID) now, and not the new key \(record.newKeyID ?? "")."
            )
        }
        var found = ProofAnswer.good
        for endpoint in endpoints(of: standing.resolved) {
            let outcome = await prober.probe(
                standing.resolved.credentials, at: endpoint, timeout: profile.timeout)
            if case .identity(let identity, _) = outcome {
                guard let user = try? rotatedUser(ofARN: identity.arn), user.name == record.user,
                    user.account == record.account
                else {
                    throw RotationStop(
                        .unfinished,
                        "The new key is \(identity.arn)'s, and not user \(record.user)'s.")
                }
            }
            switch verdict(of: outcome, at: endpoint) {
            case .good: break
            case .refused(let reason): return .refused("\(endpoint.url) answers \(reason)")
            case .unknown(let reason): found = .unknown(reason)
            }
        }
        return found
    }

    /// Whether AWS accepts what stands in the file at all of the endpoints, now.
    func isAccepted(_ record: RotationRecord, as id: String) async throws(RotationStop) -> Bool {
        let standing = try await standing()
        guard standing.keyID == id else { return false }
        for endpoint in endpoints(of: standing.resolved) {
            let outcome = await prober.probe(
                standing.resolved.credentials, at: endpoint, timeout: profile.timeout)
            guard verdict(of: outcome, at: endpoint) == .good else { return false }
        }
        return true
    }
}
