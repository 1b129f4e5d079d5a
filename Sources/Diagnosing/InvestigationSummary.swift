package import Model

/// Sums up what was learnt by the answers to the questions of ``nextInquiry(about:after:)``.
package func investigation(of key: KeyCase, from answers: [InquiryAnswer]) -> Investigation {
    var result = Investigation(accessKeyID: key.accessKeyID, asker: key.asker)
    result.account = key.account
    result.users = users(of: key, after: answers).map {
        InvestigatedUser(name: $0.name, basis: $0.basis)
    }
    for answer in answers {
        note(answer.reply, to: answer.inquiry, &result)
        record(answer, &result)
    }
    // Users that nothing is known of were not asked about.
    result.users.removeAll { user in
        !answers.contains { $0.inquiry.subject == user.name }
    }
    return result
}

/// Takes over what a reply says.
private func note(_ reply: InquiryReply, to inquiry: Inquiry, _ result: inout Investigation) {
    let user = result.users.firstIndex { $0.name == inquiry.subject }
    switch reply {
    case .account(let account): result.account = account
    case .lastUsed(_, let use): result.lastUse = use
    case .user:
        if let user { result.users[user].exists = true }
    case .keys(let keys, let next):
        guard let user else { return }
        result.users[user].exists = true
        result.users[user].keys = (result.users[user].keys ?? []) + keys
        result.users[user].keysAreComplete = next == nil
    case .policies(let names, _):
        guard let user else { return }
        result.users[user].exists = true
        result.users[user].quarantine =
            (result.users[user].quarantine ?? [])
            + names.filter { $0.hasPrefix("AWSCompromisedKeyQuarantine") }
    case .refused:
        if let user, reply.isNotFound, inquiry.action != .attachedPolicies {
            result.users[user].exists = false
        }
    case .unusable, .failed, .leftOut: break
    }
}

/// Notes how a question ended; the pages of a list are one question, and a page that fails counts.
private func record(_ answer: InquiryAnswer, _ result: inout Investigation) {
    let record = InquiryRecord(
        answer.inquiry.action, about: answer.inquiry.subject,
        outcome(of: answer.reply, to: answer.inquiry.action), requestID: answer.requestID)
    let same = result.records.firstIndex {
        $0.action == record.action && $0.subject == record.subject
    }
    if let same {
        if record.outcome != .answered { result.records[same] = record }
    } else {
        result.records.append(record)
    }
}

private func outcome(
    of reply: InquiryReply, to action: InquiryAction
) -> InquiryRecord.Outcome {
    switch reply {
    case .account, .lastUsed, .user, .keys, .policies: return .answered
    case .unusable(let what): return .failed("answered with \(redacted(what))")
    case .failed(let failure): return .failed(redacted(failure.reason))
    case .leftOut(let reason): return .leftOut(reason)
    case .refused(let error, _):
        switch refusal(error, to: .assumeRole) {
        case .throttled: return .throttled
        case .roleDenied, .accessDenied:
            // With the permission missing, the message says which kind of policy it is that does not allow.
            let isReasoned =
                error.message.holds("because ") || error.message.holds("explicit deny")
            return action == .accessKeyLastUsed && !isReasoned ? .deniedOrUnknown : .denied
        default: break
        }
        if error.code == "NoSuchEntity" { return .notFound }
        let message = redacted(error.message)
        return .failed("answered \(redacted(error.code))\(message.isEmpty ? "" : ": \(message)")")
    }
}
