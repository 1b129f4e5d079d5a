/// An action that a second identity calls to learn about a key; `packaging/iam` allows just these.
package enum InquiryAction: String, Sendable, Hashable, CaseIterable {
    /// The account of a key id, whatever its state.
    case accessKeyInfo = "sts:GetAccessKeyInfo"
    /// The user of a key id, and its last use.
    case accessKeyLastUsed = "iam:GetAccessKeyLastUsed"
    case user = "iam:GetUser"
    case accessKeys = "iam:ListAccessKeys"
    case attachedPolicies = "iam:ListAttachedUserPolicies"

    package var service: AWSQueryService {
        switch self {
        case .accessKeyInfo: .sts
        case .accessKeyLastUsed, .user, .accessKeys, .attachedPolicies: .iam
        }
    }

    /// The name without its service: `GetUser`.
    package var name: String { String(rawValue.dropFirst(4)) }
}

/// One question to IAM or STS.
package struct Inquiry: Sendable, Hashable {
    package var action: InquiryAction
    /// The key id or the user that it is about.
    package var subject: String
    /// Where the page before ended, for a list that has several.
    package var marker: String?

    package init(_ action: InquiryAction, about subject: String, marker: String? = nil) {
        self.action = action
        self.subject = subject
        self.marker = marker
    }

    /// The parameters of the call.
    package var parameters: [(name: String, value: String)] {
        let isOfKey = action == .accessKeyInfo || action == .accessKeyLastUsed
        let own = [(name: isOfKey ? "AccessKeyId" : "UserName", value: subject)]
        return own + (marker.map { [("Marker", $0)] } ?? [])
    }
}

/// What a question came to, read and bounded.
package enum InquiryReply: Sendable, Hashable {
    case account(String)
    case lastUsed(user: String, KeyUse?)
    case user(name: String, arn: String?)
    /// A page of the list; `next` is where another one begins.
    case keys([ListedKey], next: String?)
    /// Names of policies.
    case policies([String], next: String?)
    /// The message is not redacted yet.
    case refused(ServiceError, AnswerDetails)
    /// Something that cannot be read; a clause: `an HTML page`.
    case unusable(String)
    case failed(TransportFailure)
    /// It was not asked; a clause says why.
    case leftOut(String)
}

/// One question with its answer.
package struct InquiryAnswer: Sendable, Hashable {
    package var inquiry: Inquiry
    package var reply: InquiryReply
    package var requestID: String?

    package init(_ inquiry: Inquiry, _ reply: InquiryReply, requestID: String? = nil) {
        self.inquiry = inquiry
        self.reply = reply
        self.requestID = requestID
    }
}

/// When, where and for what a key was used last.
package struct KeyUse: Sendable, Hashable {
    package var at: WallTime
    package var service: String?
    package var region: String?

    package init(at: WallTime, service: String? = nil, region: String? = nil) {
        self.at = at
        self.service = service
        self.region = region
    }
}

/// An access key as IAM lists it.
package struct ListedKey: Sendable, Hashable {
    package var id: String
    package var isActive: Bool
    package var createdAt: WallTime?

    package init(id: String, isActive: Bool, createdAt: WallTime? = nil) {
        self.id = id
        self.isActive = isActive
        self.createdAt = createdAt
    }
}
