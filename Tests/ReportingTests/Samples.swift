import Model
import Reporting

/// Values that several tests look at.
enum Samples {
    static let now = WallTime(seconds: 1_795_356_190)  // 2026-11-22T14:03:10Z

    static let everyEvidence: [Evidence] = [
        .requestID("8a7b6c5d-0000-4000-8000-1234567890ab"),
        .httpStatus(403),
        .serviceError(
            code: "InvalidClientTokenId",
            message: "The security token included in the request is invalid."),
        .skew(.milliseconds(-301_500)),
        .endpoint("https://sts.eu-central-1.amazonaws.com"),
        .secondOpinion(.asConfigured, "answered"),
        .secondOpinion(.mainRegion, "refused as well"),
        .secondOpinion(.withoutSessionToken, "accepted"),
        .transport(phase: .lookup, reason: "could not resolve host"),
        .location(.file(SourceLocation(file: "/home/app/.aws/credentials", line: 4, column: 7))),
        .location(.configuration(SourceLocation(file: "/etc/credwatch/credwatch.yaml", line: 2))),
        .location(.environment(variable: "AWS_ACCESS_KEY_ID")),
        .location(.builtIn("the SDKs use us-east-1")),
        .character(field: "aws_access_key_id", name: "no-break space", position: 21),
        .expectation(field: "account", expected: "123456789012", actual: "210987654321"),
        .inquiry(action: "iam:ListAccessKeys", "lists the key as Inactive"),
        .keyAccount("123456789012"),
        .finding(
            LintFinding(
                .invisibleCharacter, .error,
                at: .file(SourceLocation(file: "/home/app/.aws/credentials", line: 5, column: 30)),
                "U+200B ZERO WIDTH SPACE in aws_secret_access_key.", remedy: "Delete it.")),
        .finding(
            LintFinding(
                .quotesKept, .warning, at: .environment(variable: "AWS_SECRET_ACCESS_KEY"),
                "The quotes are a part of the value.")),
        .note("the file changed 3s ago"),
    ]

    static let commands = [
        "aws iam update-access-key --user-name app --access-key-id AKIAQNCLJGYSAZAAN74C --status Active",
        "credwatch check app",
    ]

    static let others = [
        Candidate(
            .keyDeleted, "the key was deleted",
            test: "iam:ListAccessKeys, asked with another identity, lists the key or not."),
        Candidate(
            .keyMistyped, "the id has a typing error",
            test: "Compare it with the key's id in the IAM console."),
    ]

    /// A warning of every kind.
    static let advisories = AdvisoryKind.allCases.map { kind in
        Advisory(
            kind, "This is \(kind.rawValue).", commands: kind.degrades ? commands : [],
            since: now + .seconds(-3_600))
    }

    static let failing = ProfileStatus(
        name: "app", state: .failing, since: now + .seconds(-125),
        diagnosis: Diagnosis(
            cause: .keyNotRecognized, verdict: .bad, confidence: .possible,
            summary: "AWS does not recognise the access key.",
            remedy: "Create a new key, or activate this one, and put it into the file.",
            commands: commands, evidence: everyEvidence, others: others),
        accessKeyID: "AKIAQNCLJGYSAZAAN74C", source: "[app] in /home/app/.aws/credentials:4",
        lastAttemptAt: now + .seconds(-4), lastSuccessAt: now + .seconds(-185),
        failingSince: now + .seconds(-125), consecutiveFailures: 3,
        latency: .microseconds(41_250), nextCheckAt: now + .seconds(18),
        history: History(letters: "hhhhff") ?? History())

    static let healthy = ProfileStatus(
        name: "app-backup", state: .healthy, since: now + .seconds(-7_320),
        diagnosis: Diagnosis(cause: .ok, verdict: .good, summary: "The key works.", remedy: ""),
        identity: CallerIdentity(
            account: "123456789012", arn: "arn:aws:iam::123456789012:user/backup",
            userID: "AIDAQNCLJGYSAZAAN74CX"),
        accessKeyID: "ASIAY34FZKBOKMUTVV7A", lastAttemptAt: now, lastSuccessAt: now,
        latency: .milliseconds(38), expiresAt: now + .seconds(3_600),
        endsForGood: now + .seconds(28_800),
        nextCheckAt: now + .seconds(121), history: History(letters: "uhh") ?? History())

    static let unknown = ProfileStatus(
        name: "batch", state: .unknown, since: now + .seconds(-40),
        diagnosis: Diagnosis(
            cause: .networkDNS, verdict: .unknown, summary: "The host name cannot be resolved.",
            remedy: "Look at the resolver.",
            evidence: [.transport(phase: .lookup, reason: "NXDOMAIN")]),
        consecutiveFailures: 2)

    static let pending = ProfileStatus(name: "later", state: .pending)

    static let incident = Incident(
        id: "5b0f7a0c-8f44-4c56-9c7b-0d3f1b7f4a11", event: .failover, from: "app",
        to: "app-backup", cause: .keyNotRecognized,
        summary: "AWS does not recognise the access key.", startedAt: now + .seconds(-30),
        attempts: 1)

    static let group = GroupStatus(
        name: "app", primary: "app", backups: ["app-backup"], active: "app-backup",
        state: .failedOver, detail: "The primary is still refused.", incident: incident,
        hook: HookRecord(
            event: .failover, attempt: 1, startedAt: now + .seconds(-29),
            finishedAt: now + .seconds(-27), result: .exited(code: 0)))

    static let staleUsers = StaleUsers(
        profile: "app", accessKeyID: "AKIAQNCLJGYSAZAAN74C", since: now + .seconds(-27),
        lookedAt: now + .seconds(-25),
        report: KeyUsersReport(
            users: [
                KeyUser(
                    pid: 812, user: "app", unit: "app.service", command: "worker",
                    reason: .environment),
                KeyUser(
                    pid: 90_210, user: "uid 1000", unit: nil, command: "sh",
                    reason: .startedBefore),
            ], count: 3, unreadable: 14))

    static let quietGroup = GroupStatus(
        name: "batch", primary: "batch", backups: ["app", "app-backup"], active: "batch",
        state: .ready)

    static let document = StatusDocument(
        generatedAt: now + .seconds(-4), validUntil: now + .seconds(56), overall: .failing,
        daemon: DaemonStatus(
            version: "0.1.0", pid: 123, startedAt: now + .seconds(-86_400), host: "host"),
        profiles: [healthy, failing, pending, unknown], groups: [quietGroup, group])

    static let emptyDocument = StatusDocument(
        generatedAt: now, validUntil: now, overall: .unknown,
        daemon: DaemonStatus(version: "0.1.0", pid: 1, startedAt: now, host: ""),
        profiles: [], groups: [])

    /// Everything that a status can say, with every kind of warning everywhere.
    static let fullDocument: StatusDocument = {
        var document = Samples.document
        document.clock = ClockStatus(skew: .milliseconds(-125_250), measuredAt: now)
        document.journal = JournalStatus(isReachable: false, waiting: 12, dropped: 3)
        document.heartbeat = HeartbeatStatus(
            host: "hc-ping.com", lastSuccessAt: now + .seconds(-70),
            failingSince: now + .seconds(-10), failure: "it answered with HTTP 500")
        document.advisories = advisories
        for index in document.profiles.indices {
            document.profiles[index].advisories = advisories
        }
        for (index, result) in hookResults.enumerated() {
            var group = Samples.group
            group.name = "g\(index)"
            group.advisories = advisories
            group.hook?.result = result
            group.means = MoveMeans.allCases[index % 4]
            group.staleUsers = staleUsers
            let outcome = ([nil] + DrillOutcome.allCases.map { $0 })[index % 4]
            group.drill = Drill(
                startedAt: now + .seconds(-90), finishedAt: outcome.map { _ in now },
                outcome: outcome)
            group.incident?.isDrill = index == 1
            document.groups.append(group)
        }
        for confidence in Confidence.allCases {
            var profile = Samples.failing
            profile.name = confidence.rawValue
            profile.diagnosis?.confidence = confidence
            document.profiles.append(profile)
        }
        return document
    }()

    /// Every way in which a hook can end, and not to have ended.
    static let hookResults: [HookResult?] = [
        .exited(code: 0), .exited(code: 3), .killed(signal: 9), .timedOut,
        .notStarted("No such file or directory"), .interrupted,
        .switchFailed("the file is a directory"), .incomplete("app.service does not come back"),
        nil,
    ]

    /// Of a daemon that has met a bit of everything.
    static let daemonMetrics: DaemonMetrics = {
        var metrics = DaemonMetrics(startedAt: now + .seconds(-60))
        for verdict in [Verdict.good, .bad, .good] { metrics.checks.count(verdict) }
        for result in [HookResult.exited(code: 0), .timedOut, .exited(code: 3)] {
            metrics.hookRuns["app", default: .init()].count(result)
        }
        for (name, isDone) in [("app", false), ("app-backup", true)] {
            metrics.rotations[name, default: .init()].ended(isDone: isDone, at: now)
        }
        metrics.rotations["batch"] = .init()
        metrics.isReloadSuccessful = false
        metrics.isStatusFileFailing = true
        return metrics
    }()
}
