import Model

/// How far the server's clock may be from ours before signatures fail, by AWS's rule.
let allowedSkew = Duration.seconds(300)

extension Answer {
    /// The server's clock minus ours: by the `Date` header, else by what the error prints.
    var observedSkew: Duration? {
        if let skew = outcome.details?.skew { return skew }
        guard case .refused(let error, _) = outcome else { return nil }
        return skew(printedIn: error.message)
    }

    /// Whether AWS itself answered, and its clock is too far from ours for any answer to count as bad.
    var clockIsWrong: Bool {
        guard let details = outcome.details, details.requestID != nil, let observedSkew else {
            return false
        }
        return observedSkew.magnitude > allowedSkew
    }
}

/// Reads the skew from a text like `Signature expired: 20261122T140310Z is now earlier than
/// 20261122T141810Z (20261122T142310Z - 5 min.)`: the third time is the server's, the first one ours.
func skew(printedIn message: String) -> Duration? {
    let times = message.prefix(1_000).split { !$0.isLetter && !$0.isNumber }
        .filter { $0.utf8.count == 16 }.compactMap { WallTime(parsing: $0) }
    guard times.count >= 3 else { return nil }
    return times[2] - times[0]
}

/// The summary of a wrong clock, as far as the skew is known.
func clockSummary(_ skew: Duration?) -> String {
    guard let skew else {
        return "This machine's clock differs from AWS's; the credential is not judged."
    }
    guard skew.magnitude > allowedSkew else {
        return
            "AWS refuses the date of the request, though the clocks differ by only \(skew.magnitude.rough): it was held up on its way; the credential is not judged."
    }
    let side = skew > .zero ? "behind" : "ahead of"
    return
        "This machine's clock is \(skew.magnitude.rough) \(side) AWS's; the credential is not judged."
}
