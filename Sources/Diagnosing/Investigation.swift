package import Model

/// What to do next in an investigation.
package enum InquiryStep: Sendable, Hashable {
    case ask(Inquiry)
    case done
}

/// How many pages of one list are read; a user has two keys and ten policies, unless AWS allows more.
private let mostPages = 5

/// Decides what is asked next about a key: one more question, or nothing more.
///
/// Pure; `answers` are those so far, in order. A question is never asked twice, and at most three users
/// are asked about, so a dozen questions are enough for a key whatever IAM answers.
package func nextInquiry(about key: KeyCase, after answers: [InquiryAnswer]) -> InquiryStep {
    guard let asker = key.asker.identity else { return .done }
    func replies(_ action: InquiryAction, _ subject: String) -> [InquiryReply] {
        answers.filter { $0.inquiry.action == action && $0.inquiry.subject == subject }.map(\.reply)
    }
    if isKeyID(key.accessKeyID) {
        if key.account == nil, replies(.accessKeyInfo, key.accessKeyID).isEmpty {
            return .ask(Inquiry(.accessKeyInfo, about: key.accessKeyID))
        }
        // IAM knows the keys of its own account only.
        let account = key.account ?? answers.account
        if account == nil || account == asker.account,
            replies(.accessKeyLastUsed, key.accessKeyID).isEmpty
        {
            return .ask(Inquiry(.accessKeyLastUsed, about: key.accessKeyID))
        }
    }
    for user in users(of: key, after: answers) {
        let lists = replies(.accessKeys, user.name)
        let keys = lists.flatMap(\.keys)
        let isFound = keys.contains { $0.id == key.accessKeyID }
        if lists.isEmpty { return .ask(Inquiry(.accessKeys, about: user.name)) }
        if !isFound, lists.count < mostPages, let next = lists.last?.next,
            !answers.contains(where: { $0.inquiry.marker == next })
        {
            return .ask(Inquiry(.accessKeys, about: user.name, marker: next))
        }
        // A list that was refused leaves open whether there is such a user.
        if keys.isEmpty, !lists.contains(where: \.isList), user.basis != .backup,
            replies(.user, user.name).isEmpty
        {
            return .ask(Inquiry(.user, about: user.name))
        }
        let isGone = (lists + replies(.user, user.name)).contains { $0.isNotFound }
        if !isGone, user.basis != .backup {
            let policies = replies(.attachedPolicies, user.name)
            if policies.isEmpty { return .ask(Inquiry(.attachedPolicies, about: user.name)) }
            if policies.count < mostPages, let next = policies.last?.next,
                !answers.contains(where: {
                    $0.inquiry.marker == next && $0.inquiry.action == .attachedPolicies
                })
            {
                return .ask(Inquiry(.attachedPolicies, about: user.name, marker: next))
            }
        }
        if isFound || keys.contains(where: { typo(in: key.accessKeyID, for: $0.id) != nil }) {
            return .done
        }
    }
    return .done
}

/// The users whose keys are looked at, the surest first: at most three, all of the asker's account.
func users(of key: KeyCase, after answers: [InquiryAnswer]) -> [UserCandidate] {
    guard let asker = key.asker.identity else { return [] }
    var candidates = key.candidates
    for answer in answers {
        if case .lastUsed(let user, _) = answer.reply {
            candidates.append(UserCandidate(name: user, account: asker.account, basis: .named))
        }
    }
    var users: [UserCandidate] = []
    for candidate in candidates.sorted(by: { $0.basis < $1.basis })
    where candidate.account == asker.account && isNameInIAM(candidate.name)
        && !users.contains(where: { $0.name == candidate.name })
    {
        users.append(candidate)
    }
    // Who is known to have the key leaves no room for others.
    if let first = users.first, first.basis <= .named { return [first] }
    return Array(users.prefix(3))
}

/// Whether STS and IAM take a text as a key id; what they do not take they call a malformed request.
private func isKeyID(_ text: String) -> Bool {
    (16...128).contains(text.utf8.count)
        && text.utf8.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_")
        }
}

extension UserCandidate {
    /// Reads the user of an ARN; nil for any other ARN, and for one with a `*` in it.
    package init?(arn: String, basis: Basis) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "iam", parts[5].hasPrefix("user/"),
            let name = parts[5].split(separator: "/").last, !arn.utf8.contains(UInt8(ascii: "*"))
        else { return nil }
        self.init(name: String(name), account: String(parts[4]), basis: basis)
    }
}

extension [InquiryAnswer] {
    /// The account that STS has named.
    var account: String? {
        for answer in self { if case .account(let account) = answer.reply { return account } }
        return nil
    }
}

extension InquiryReply {
    var keys: [ListedKey] { if case .keys(let keys, _) = self { keys } else { [] } }

    /// Where the next page begins.
    var next: String? {
        switch self {
        case .keys(_, let next), .policies(_, let next): next
        case .account, .lastUsed, .user, .refused, .unusable, .failed, .leftOut: nil
        }
    }

    var isList: Bool { if case .keys = self { true } else { false } }

    var isNotFound: Bool {
        if case .refused(let error, _) = self { error.code == "NoSuchEntity" } else { false }
    }
}
