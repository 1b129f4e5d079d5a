package import Model

extension InquiryReply {
    /// Reads the answer to an action; nil when it lacks what was asked for.
    ///
    /// Texts that are no plain ASCII are taken for none: names of users, key ids and policies are.
    package init?(reading body: [UInt8], to action: InquiryAction) {
        let reply: InquiryReply? =
            switch action {
            case .accessKeyInfo: Self.account(body)
            case .accessKeyLastUsed: Self.lastUsed(body)
            case .user: Self.user(body)
            case .accessKeys: Self.keys(body)
            case .attachedPolicies: Self.policies(body)
            }
        guard let reply else { return nil }
        self = reply
    }

    private static func account(_ body: [UInt8]) -> InquiryReply? {
        let records = XMLRecords(body, names: ["Account"])
        guard let account = records.top.plain(0), account.utf8.count == 12,
            account.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return .account(account)
    }

    private static func lastUsed(_ body: [UInt8]) -> InquiryReply? {
        let names: [StaticString] = ["UserName", "LastUsedDate", "ServiceName", "Region"]
        let records = XMLRecords(body, names: names)
        guard let user = records.top.plain(0) else { return nil }
        // A key that was never used has no date, and `N/A` for the others.
        guard let date = records.top.plain(1), let time = WallTime(parsing: date) else {
            return .lastUsed(user: user, nil)
        }
        func known(_ index: Int) -> String? {
            records.top.plain(index).flatMap { $0 == "N/A" ? nil : $0 }
        }
        return .lastUsed(user: user, KeyUse(at: time, service: known(2), region: known(3)))
    }

    private static func user(_ body: [UInt8]) -> InquiryReply? {
        let records = XMLRecords(body, names: ["UserName", "Arn"])
        guard let name = records.top.plain(0) else { return nil }
        return .user(name: name, arn: records.top.plain(1, limit: 2_048))
    }

    private static func keys(_ body: [UInt8]) -> InquiryReply? {
        let names: [StaticString] = [
            "AccessKeyId", "Status", "CreateDate", "IsTruncated", "Marker",
        ]
        let records = XMLRecords(body, names: names)
        guard let next = next(records, 3, 4) else { return nil }
        let keys = records.members.compactMap { member -> ListedKey? in
            guard let id = member.plain(0), let status = member.plain(1) else { return nil }
            return ListedKey(
                id: id, isActive: status == "Active",
                createdAt: member.plain(2).flatMap { WallTime(parsing: $0) })
        }
        // A key that cannot be read may be the one that is looked for.
        guard keys.count == records.members.count else { return nil }
        return .keys(keys, next: next)
    }

    private static func policies(_ body: [UInt8]) -> InquiryReply? {
        let records = XMLRecords(body, names: ["PolicyName", "IsTruncated", "Marker"])
        guard let next = next(records, 1, 2) else { return nil }
        return .policies(records.members.compactMap { $0.plain(0) }, next: next)
    }

    /// Where the next page begins, or no next page; nil for a list that is cut off without saying where.
    private static func next(
        _ records: XMLRecords, _ isTruncated: Int, _ marker: Int
    ) -> String?? {
        guard records.top.plain(isTruncated) == "true" else { return .some(nil) }
        return records.top.plain(marker, limit: 2_048).map { .some($0) } ?? nil
    }
}
