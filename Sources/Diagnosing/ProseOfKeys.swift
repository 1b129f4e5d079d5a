import Model

/// The causes that lie in the key, its secret or its session.
extension Subject {
    private var key: String { "access key \(shownKeyID)" }

    func proseOfUnknownKey(_ showing: Showing) -> Prose {
        let isTemporary = keyID.hasPrefix("ASIA") || hasToken
        var others = isTemporary ? candidatesForSession : candidatesForKey
        let place = resolved.credentials.accessKeyID.provenance
        if hints.contains(where: { $0.place == place }),
            let index = others.firstIndex(where: { $0.cause == .keyMistyped })
        {
            // What shows in the id's own text makes this the likeliest.
            others.insert(others.remove(at: index), at: 0)
        }
        var addition = ""
        if let accounts = foreignAccount {
            addition =
                " The id itself is of account \(accounts.found), expected is \(accounts.expected)."
            others.insert(
                Candidate(
                    .wrongIdentity,
                    "the key is of account \(accounts.found), so another profile's key stands here",
                    test: "sts:GetAccessKeyInfo names the account of a key id."), at: 0)
        }
        if Partition(ofHost: String(host(of: showing.url))) == nil {
            others.append(
                Candidate(
                    .badSetting, "the endpoint is not AWS's, and has keys of its own",
                    test: "Without the endpoint URL AWS itself is asked."))
        }
        let reasons =
            isTemporary
            ? "its session token is another one's or cut off, its user or role was deleted, or its id is mistyped"
            : "it was deactivated or deleted, or its id is mistyped"
        if let hint = hints.first(where: { $0.place == place && $0.saysNoKey }) {
            return Prose(
                summary: "AWS does not recognise \(key). \(hint.message)\(addition)",
                remedy: hint.remedy.isEmpty ? "Put the id of an access key there." : hint.remedy,
                commands: commandsToEdit(place) + [commandToExplain(profile)],
                confidence: .likely, others: candidatesForNoKey)
        }
        if let hint = hints.first(where: { $0.place == place }) { addition += " \(hint.message)" }
        return Prose(
            summary: "AWS does not recognise \(key): \(reasons).\(addition)",
            remedy: isTemporary
                ? "Fetch new temporary credentials, and put all three values of one set into \(credentialsPlace)."
                : "Let an administrator look the key up; activate it, or correct its id, or put a new key into \(credentialsPlace).",
            commands: isTemporary
                ? commandsToEdit(place) + [commandToExplain(profile)]
                : commandsForKey + commandsToEdit(place),
            confidence: .possible, others: others)
    }

    /// Commands by which an administrator finds the key, its user, and activates it.
    private var commandsForKey: [String] {
        let id = shellQuoted(shownKeyID)
        return [
            "aws iam get-access-key-last-used --access-key-id \(id)",
            "aws iam list-access-keys --user-name USER",
            "aws iam update-access-key --user-name USER --access-key-id \(id) --status Active",
        ]
    }

    private var candidatesForKey: [Candidate] {
        [
            Candidate(
                .keyInactive, "the key was deactivated",
                test: "iam:ListAccessKeys, asked with another identity, lists it as Inactive."),
            Candidate(
                .keyDeleted, "the key was deleted",
                test: "iam:ListAccessKeys, asked with another identity, does not list it."),
            Candidate(
                .userDeleted, "the user of the key was deleted",
                test: "iam:GetUser, asked with another identity, does not find the user."),
            Candidate(
                .keyMistyped, "the id is mistyped",
                test: "iam:ListAccessKeys lists a key whose id differs by a character or two."),
            Candidate(
                .needsPerson, "the account was closed or suspended",
                test: "Other keys of the account are refused as well."),
            Candidate(
                .wrongPartition, "the key is of another partition, like China's or GovCloud",
                test: "With a region of that partition it is accepted."),
        ]
    }

    /// What a value that is no key id of AWS's may be all the same.
    private var candidatesForNoKey: [Candidate] {
        [
            Candidate(
                .badSetting, "it is a key of another service, whose endpoint is not set",
                test: "With that service's endpoint URL it is accepted."),
            Candidate(
                .keyMistyped, "the id is mistyped from its beginning on",
                test: "iam:ListAccessKeys lists a key whose id differs by a character or two."),
        ]
    }

    private var candidatesForSession: [Candidate] {
        [
            Candidate(
                .malformedValue, "the session token is of another set of credentials, or cut off",
                test: "All three values, copied from one set, are accepted."),
            Candidate(
                .userDeleted, "the user or role of the session was deleted",
                test:
                    "iam:GetUser or iam:GetRole, asked with another identity, does not find it."),
            Candidate(
                .keyMistyped, "the id is mistyped",
                test: "The id, copied once more from its source, is another one."),
            Candidate(
                .wrongPartition, "the session is of another partition, like China's or GovCloud",
                test: "With a region of that partition it is accepted."),
        ]
    }

    func proseOfWrongSecret() -> Prose {
        let weight = weightOfMismatch(path)
        let place = resolved.credentials.secretAccessKey.provenance
        let hint = hints.first { $0.place == place && $0.severity == .error }
        if let hint {
            let others =
                weight.others.isEmpty
                ? [
                    Candidate(
                        .keyMistyped, "the key id is mistyped, and is somebody else's",
                        test: "The key id, copied once more from its source, is another one.")
                ] : weight.others
            return Prose(
                summary:
                    "AWS knows \(key), but the secret is not the one that belongs to it. \(hint.message)",
                remedy: hint.remedy.isEmpty ? "Copy the secret access key again." : hint.remedy,
                commands: commandsToEdit(place) + commandsToSeeForeignCharacters(place),
                confidence: weight.confidence == .possible ? .likely : weight.confidence,
                others: weight.confidence == .certain ? [] : others)
        }
        return Prose(
            summary: "AWS knows \(key), but the secret is not the one that belongs to it.",
            remedy:
                "Put the secret access key that was shown when \(shownKeyID) was created into \(place), or create a new key; AWS never shows a secret twice.",
            commands: ["aws iam create-access-key --user-name USER"] + commandsToEdit(place),
            confidence: weight.confidence, others: weight.others)
    }

    func proseOfExpiredSession(_ answer: Answer) -> Prose {
        let place = resolved.credentials.accessKeyID.provenance
        var prose = Prose(
            summary: "The session of \(key) has expired.",
            remedy:
                "Fetch new temporary credentials with the tool that wrote \(credentialsPlace), and see why it did not renew them in time.",
            commands: [commandToExplain(profile)])
        switch place {
        case .file(let location), .configuration(let location):
            prose.commands.append("stat -c '%y %n' \(pathWord(location.file))")
        case .environment(_, nil):
            prose.commands.append("unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN")
        case .environment(_, _?): prose.commands += commandsToSee(place)
        case .builtIn: break
        }
        if case .refused(let error, _) = answer.outcome,
            refusal(error, to: .getCallerIdentity) == .requestExpired
        {
            prose.confidence = .likely
            prose.others = [
                Candidate(
                    .clockSkew, "the request was held up on its way for minutes",
                    test: "The next check is answered otherwise.")
            ]
        } else if !hasToken {
            prose.confidence = .likely
            prose.others = [
                Candidate(
                    .keyNotRecognized, "the key itself is refused, since it has no session token",
                    test: "iam:ListAccessKeys, asked with another identity, lists it or not.")
            ]
        }
        return prose
    }

    func proseOfLeftoverToken() -> Prose {
        let place = resolved.credentials.sessionToken?.provenance
        return Prose(
            summary: "A session token left over from elsewhere spoils the good \(key).",
            remedy:
                "Remove the session token (\(place?.description ?? "beside the key")): a long-term key has none.",
            commands: place.map(commandsToRemove) ?? [])
    }

    func proseOfMalformedID() -> Prose {
        let place = resolved.credentials.accessKeyID.provenance
        return Prose(
            summary: "AWS cannot read \(key): the id has characters that no key id has.",
            remedy: "Copy the access key id once more into \(place), without blanks around it.",
            commands: commandsToSeeForeignCharacters(place) + commandsToEdit(place),
            confidence: .likely,
            others: [
                Candidate(
                    .signatureAltered, "something on the way alters the Authorization header",
                    test: "Another key is told the same at the same endpoint.")
            ])
    }

    func proseOfWrongIdentity() -> Prose {
        if let place = placeOfForeignEndpoint {
            return Prose(
                summary:
                    "\(resolved.endpoint.value.url), which is not AWS, accepts \(key) as another identity than expected.",
                remedy:
                    "If the endpoint is left over from an emulator, remove it where \(place) sets it; else change `expect` of profile \(profile).",
                commands: commandsToRemove(place) + [commandToExplain(profile)])
        }
        return Prose(
            summary: "AWS accepts \(key), but it belongs to another identity than expected.",
            remedy:
                "Find out which source won: the credentials come from \(credentialsPlace). If the new identity is right, change `expect` of profile \(profile).",
            commands: [commandToExplain(profile)]
                + commandsToSee(resolved.credentials.accessKeyID.provenance))
    }
}

extension LintFinding {
    /// Whether it says that the value is no key id at all, so that nobody needs to look for the key.
    fileprivate var saysNoKey: Bool {
        switch code {
        case .mistakenValue, .resourceID, .unknownPrefix, .swapped: true
        default: false
        }
    }
}
