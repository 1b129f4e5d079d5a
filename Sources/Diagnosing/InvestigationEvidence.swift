package import Model

extension Investigation {
    /// What was asked and answered, for a diagnosis; each question that stayed open says why.
    package func evidence(expecting account: String?) -> [Evidence] {
        var list: [Evidence] = []
        if let problem {
            return [.note("\(asker.profile) could not be asked about the key: \(problem)")]
        }
        let name = asker.identity.map { "\(asker.profile) (\($0.arn))" } ?? asker.profile
        list.append(.note("IAM was asked as \(redacted(name))"))
        if let account, let found = self.account, account != found {
            list.append(.expectation(field: "account of the key", expected: account, actual: found))
        }
        return list
            + records.map { .inquiry(action: $0.action.rawValue, clause(for: $0)) }
    }

    /// How one question ended, as the rest of a sentence that begins with the action.
    private func clause(for record: InquiryRecord) -> String {
        let subject = record.action == .accessKeyInfo || record.action == .accessKeyLastUsed
        let what = subject ? "the key" : "user \(record.subject)"
        let id = record.requestID.map { " (request id \(redacted($0)))" } ?? ""
        switch record.outcome {
        case .answered: return answer(to: record)
        case .notFound: return "does not know \(what)\(id)"
        case .denied:
            return "is denied to \(asker.identity.map { redacted($0.arn) } ?? asker.profile)\(id)"
        case .deniedOrUnknown:
            let account = asker.identity.map { " in account \($0.account)" } ?? ""
            return
                "gives no answer: the key is unknown\(account), or the permission is missing\(id)"
        case .throttled: return "was throttled by AWS\(id)"
        case .failed(let reason): return "failed: \(reason)\(id)"
        case .leftOut(let reason): return "was not asked: \(reason)"
        }
    }

    private func answer(to record: InquiryRecord) -> String {
        let user = users.first { $0.name == record.subject }
        switch record.action {
        case .accessKeyInfo: return "says that the key is of account \(account ?? "unknown")"
        case .accessKeyLastUsed:
            let name = users.first { $0.basis <= .named }?.name ?? "a user"
            guard let lastUse else { return "names user \(name); the key was never used" }
            return "names user \(name); \(lastUse.clause)"
        case .user: return "knows user \(record.subject)"
        case .accessKeys:
            let keys = user?.keys ?? []
            if let key = keys.first(where: { $0.id == accessKeyID }) {
                let date = key.createdAt.map { ", created \($0.rfc3339)" } ?? ""
                return
                    "lists the key of user \(record.subject) as \(key.isActive ? "Active" : "Inactive")\(date)"
            }
            if user?.keysAreComplete == false {
                return
                    "has more keys of user \(record.subject) than were read; the key is not among the first \(keys.count)"
            }
            if keys.isEmpty { return "lists no key of user \(record.subject)" }
            let others = keys.prefix(3).map { "\($0.id) \($0.isActive ? "Active" : "Inactive")" }
            return
                "does not list the key of user \(record.subject), but \(others.joined(separator: ", "))"
        case .attachedPolicies:
            let names = user?.quarantine ?? []
            return names.isEmpty
                ? "shows no quarantine by AWS on user \(record.subject)"
                : "shows \(names.joined(separator: ", ")) on user \(record.subject)"
        }
    }
}

extension KeyUse {
    /// `last used 2026-11-26T16:49:04Z for sts in us-east-1`.
    var clause: String {
        let service = service.map { " for \($0)" } ?? ""
        let region = region.map { " in \($0)" } ?? ""
        return "last used \(at.rfc3339)\(service)\(region)"
    }
}
