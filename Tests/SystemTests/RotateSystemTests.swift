import Glibc
import Model
import Sandbox
import Support
import Testing

/// A site whose profile `app` is rotated, with a proof that takes no quarter of a minute.
extension Site {
    /// Runs `credwatch rotate app`; `point` is where it dies.
    func rotate(
        _ arguments: String..., span: String = "200ms", dyingAt point: String? = nil
    ) async throws -> Subprocess.Outcome {
        var environment = ["CREDWATCH_PROOF_SPAN": span]
        environment["CREDWATCH_FAULT_POINT"] = point
        return try await run(
            list: ["rotate", "app", "--config", path("credwatch.yaml")] + arguments,
            environment: environment)
    }

    /// The keys of the user app, oldest first.
    func keys(of user: String = "app") throws -> [AccessKey] {
        let account = Sandbox.standardAccount
        return try sandbox.withWorld { world, _ throws(ServiceFault) in
            try world.keys(of: user, in: account)
        }
    }

    /// Makes the keys of the site a hundred days old.
    func makeKeysOld() throws {
        try sandbox.withWorld { world, _ throws(ServiceFault) in
            for id in world.keys.keys { try world.backdateKey(id, by: .seconds(100 * 86_400)) }
        }
    }

    /// Whether a rotation is open.
    var hasJournal: Bool { access(path("state/rotations/app.json"), F_OK) == 0 }

    /// Checks that the file holds a key that works, with its own secret.
    func expectWorkingKey(_ comment: Comment? = nil) throws {
        let text = readText(path("credentials"))
        let works = try keys().contains {
            $0.isActive && text.contains("[app]\naws_access_key_id = \($0.id)\n")
                && text.contains("aws_secret_access_key = \($0.secret.reveal())\n")
        }
        #expect(works, comment)
        #expect(text.contains(backup.id) && text.contains(backup.secret.reveal()), comment)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct RotateSystemTests {
    private func site() throws -> Site {
        let site = try Site()
        try site.writeConfig(timeout: "5s")
        return site
    }

    @Test
    func `a key is made, written, proven; the old one is inactive, and deleted when it is time`()
        async throws
    {
        let site = try site()
        let before = readText(site.path("credentials"))
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        let keys = try site.keys()
        #expect(keys.map(\.isActive) == [false, true])
        try site.expectWorkingKey()
        let after = readText(site.path("credentials"))
        // Nothing but the two values has changed.
        #expect(
            after.replacing(keys[1].id, with: keys[0].id).replacing(
                keys[1].secret.reveal(), with: keys[0].secret.reveal()) == before)
        let journal = readText(site.path("state/rotations/app.json"))
        for text in [outcome.outputText, outcome.errorText, journal] {
            #expect(!keys.contains { text.contains($0.secret.reveal()) })
        }
        #expect(journal.contains("\"deactivated\""))
        // A second run has nothing to do; with no delay, it deletes.
        let second = try await site.rotate()
        #expect(second.ending == .exited(0) && second.outputText.contains("is to be deleted at"))
        #expect(try site.keys().count == 2)
        try writeText(
            site.path("state/rotations/app.json"), mode: 0o600,
            journal.replacing(
                "\"delete_after_seconds\": 604800", with: "\"delete_after_seconds\": 0"))
        let third = try await site.rotate()
        #expect(third.ending == .exited(0), "\(third.outputText)\(third.errorText)")
        #expect(try site.keys().map(\.id) == [keys[1].id])
        #expect(!site.hasJournal)
    }

    @Test(arguments: [
        "rotate.begun", "rotate.created", "rotate.written", "rotate.switched", "rotate.proven",
        "rotate.deactivated", "rotate.waiting", "switch.locked", "switch.renamed",
    ])
    func `killed at any step, the file has a working key, and the next run ends it`(
        point: String
    ) async throws {
        let site = try site()
        let killed = try await site.rotate(dyingAt: point)
        #expect(killed.ending == .signaled(SIGKILL), "\(killed.outputText)\(killed.errorText)")
        try site.expectWorkingKey("after the crash")
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        try site.expectWorkingKey("after the next run")
        #expect(access(site.path(".credentials.credwatch-new"), F_OK) != 0)
        let keys = try site.keys()
        #expect(keys.map(\.isActive) == [false, true] && keys[0].id == site.primary.id)
    }

    @Test func `killed at any moment, the file has a working key, and the next run ends it`()
        async throws
    {
        let site = try site()
        for round in 0..<12 {
            let process = try Subprocess(
                binary("credwatch"),
                ["rotate", "app", "--delete-after", "0s", "--config", site.path("credwatch.yaml")],
                environment: plainEnvironment.merging(["CREDWATCH_PROOF_SPAN": "100ms"]) { $1 },
                timeLimit: .seconds(40))
            usleep(useconds_t.random(in: 20_000...400_000))
            process.send(signal: SIGKILL)
            _ = await process.outcome()
            try site.expectWorkingKey("after the crash of round \(round)")
            let outcome = try await site.rotate("--delete-after", "0s", span: "100ms")
            #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
            try site.expectWorkingKey("after round \(round)")
            #expect(try site.keys().map(\.isActive) == [true])
            #expect(!site.hasJournal)
        }
        #expect(access(site.path(".credentials.credwatch-new"), F_OK) != 0)
    }

    @Test(arguments: ["rotate.deleting", "rotate.deleted"])
    func `killed at the deletion, the next run ends it`(point: String) async throws {
        let site = try site()
        let killed = try await site.rotate("--delete-after", "0s", dyingAt: point)
        #expect(killed.ending == .signaled(SIGKILL), "\(killed.outputText)\(killed.errorText)")
        try site.expectWorkingKey()
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(try site.keys().map(\.isActive) == [true])
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test(arguments: [nil, "rotate.undoing", "rotate.restored", "rotate.undone"])
    func `a key that AWS never accepts is taken back`(point: String?) async throws {
        let site = try site()
        try site.sandbox.perform(.fault(.propagationDelay(.seconds(3_600))))
        // The keys of before are older than that.
        try site.makeKeysOld()
        let first = try await site.rotate(dyingAt: point)
        #expect(
            first.ending == (point == nil ? .exited(2) : .signaled(SIGKILL)),
            "\(first.outputText)\(first.errorText)")
        if point != nil {
            let second = try await site.rotate()
            #expect(second.ending == .exited(2), "\(second.outputText)\(second.errorText)")
        }
        #expect(try site.keys().map(\.id) == [site.primary.id])
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test func `a key that is known late, and flaps, is proven all the same`() async throws {
        let site = try site()
        try site.sandbox.perform(.fault(.propagationDelay(.milliseconds(1_000))))
        try site.sandbox.perform(.fault(.propagationFlap(.milliseconds(1_000))))
        try site.makeKeysOld()
        let start = ContinuousClock.now
        let outcome = try await site.rotate(span: "400ms")
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        // The row began after the last refusal.
        #expect(ContinuousClock.now - start > .milliseconds(2_000))
        #expect(try site.keys().map(\.isActive) == [false, true])
    }

    @Test func `a dry run changes nothing`() async throws {
        let site = try site()
        let before = readText(site.path("credentials"))
        let outcome = try await site.rotate("--dry-run")
        #expect(outcome.ending == .exited(0), "\(outcome.outputText)\(outcome.errorText)")
        #expect(outcome.outputText.contains("Would make a key for user app"))
        #expect(outcome.outputText.contains("Would deactivate \(site.primary.id)"))
        #expect(readText(site.path("credentials")) == before)
        #expect(try site.keys().map(\.id) == [site.primary.id])
        #expect(!site.hasJournal)
    }

    @Test func `two keys stop it, until one is given up`() async throws {
        let site = try site()
        let spare = try #require(try site.sandbox.perform(.createKey(user: "app")).createdKey)
        let stopped = try await site.rotate()
        #expect(stopped.ending == .exited(2))
        #expect(stopped.outputText.contains("--replace \(spare.id)"), "\(stopped.outputText)")
        #expect(try site.keys().count == 2)
        let own = try await site.rotate("--replace", site.primary.id, "--force")
        #expect(own.ending == .exited(2) && own.outputText.contains("the key in use"))
        let killed = try await site.rotate("--replace", spare.id, dyingAt: "rotate.replaced")
        #expect(killed.ending == .signaled(SIGKILL))
        try site.expectWorkingKey()
        let done = try await site.rotate("--replace", spare.id)
        #expect(done.ending == .exited(0), "\(done.outputText)\(done.errorText)")
        let keys = try site.keys()
        #expect(keys.first?.id == site.primary.id && keys.map(\.isActive) == [false, true])
    }

    @Test func `what made room is told of when no key comes of it`() async throws {
        let site = try site()
        let spare = try #require(try site.sandbox.perform(.createKey(user: "app")).createdKey)
        try site.sandbox.perform(.fault(.denyActions(["iam:CreateAccessKey"])))
        let outcome = try await site.rotate("--replace", spare.id)
        #expect(outcome.ending == .exited(1))
        #expect(
            outcome.outputText.contains("\(spare.id) is deleted all the same"),
            "\(outcome.outputText)")
        #expect(try site.keys().map(\.id) == [site.primary.id] && !site.hasJournal)
        try site.sandbox.perform(.fault(.denyActions([])))
        let done = try await site.rotate()
        #expect(done.ending == .exited(0), "\(done.outputText)\(done.errorText)")
    }

    @Test func `another profile makes the key when the old one is deleted`() async throws {
        let site = try site()
        try site.sandbox.perform(.delete(.key(site.primary.id)))
        let alone = try await site.rotate()
        #expect(alone.ending == .exited(2) && alone.outputText.contains("--using"))
        // Nobody knows whose key it was.
        let unknown = try await site.rotate("--using", "app-backup")
        #expect(unknown.ending == .exited(2) && unknown.outputText.contains("expect"))
        let config = readText(site.path("credwatch.yaml"))
        let arn = "arn:aws:iam::\(Sandbox.standardAccount):user/app"
        try site.write(
            "credwatch.yaml", mode: 0o644,
            config.replacing("- name: app\n", with: "- {name: app, expect: {arn: \"\(arn)\"}}\n"))
        let done = try await site.rotate("--using", "app-backup")
        #expect(done.ending == .exited(0), "\(done.outputText)\(done.errorText)")
        #expect(try site.keys().map(\.isActive) == [true])
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test func `one whose new key was deleted by somebody is given up by --force alone`()
        async throws
    {
        let site = try site()
        let arn = "arn:aws:iam::\(Sandbox.standardAccount):user/app"
        try site.write(
            "credwatch.yaml", mode: 0o644,
            readText(site.path("credwatch.yaml")).replacing(
                "- name: app\n", with: "- {name: app, expect: {arn: \"\(arn)\"}}\n"))
        let killed = try await site.rotate(dyingAt: "rotate.moved")
        #expect(killed.ending == .signaled(SIGKILL), "\(killed.outputText)\(killed.errorText)")
        try site.sandbox.perform(.delete(.user("app")))
        let stuck = try await site.rotate("--using", "app-backup")
        #expect(stuck.ending == .exited(1) && stuck.outputText.contains("--force gives"))
        #expect(site.hasJournal)
        let done = try await site.rotate("--using", "app-backup", "--force")
        #expect(done.ending == .exited(0), "\(done.outputText)\(done.errorText)")
        #expect(done.outputText.contains("is given up"))
        #expect(try site.keys().map(\.isActive) == [true])
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test func `one whose new key works is gone on with by --force`() async throws {
        let site = try site()
        let killed = try await site.rotate(dyingAt: "rotate.moved")
        #expect(killed.ending == .signaled(SIGKILL), "\(killed.outputText)\(killed.errorText)")
        let done = try await site.rotate("--force")
        #expect(done.ending == .exited(0) && !done.outputText.contains("is given up"))
        #expect(try site.keys().map(\.isActive) == [false, true])
        try site.expectWorkingKey()
    }

    @Test(arguments: ["iam:CreateAccessKey", "iam:ListAccessKeys"])
    func `without the permission nothing is changed`(action: String) async throws {
        let site = try site()
        try site.sandbox.perform(.fault(.denyActions([action])))
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(outcome.outputText.contains(action))
        #expect(try site.keys().map(\.id) == [site.primary.id])
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test func `without the permission to deactivate, both keys stay, and the next run goes on`()
        async throws
    {
        let site = try site()
        try site.sandbox.perform(.fault(.denyActions(["iam:UpdateAccessKey"])))
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)")
        #expect(try site.keys().map(\.isActive) == [true, true])
        try site.expectWorkingKey()
        try site.sandbox.perform(.fault(.denyActions([])))
        #expect(try await site.rotate().ending == .exited(0))
        #expect(try site.keys().map(\.isActive) == [false, true])
    }

    @Test func `a file that may not be written is seen before a key is made`() async throws {
        let site = try site()
        try makeFolder(site.path("open"))
        rename(site.path("credentials"), site.path("open/credentials"))
        symlink("open/credentials", site.path("credentials"))
        chmod(site.path("open"), 0o777)
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(try site.keys().map(\.id) == [site.primary.id])
        try site.expectWorkingKey()
    }

    @Test func `a file that cannot be written takes the new key with it`() async throws {
        let site = try site()
        // Another writer, which does not come to its end.
        let lock = open(
            site.path("credentials.credwatch.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(2), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("The new key is deleted again."))
        #expect(try site.keys().map(\.id) == [site.primary.id])
        #expect(site.sandbox.calls.contains { $0.action == "DeleteAccessKey" })
        try site.expectWorkingKey()
        #expect(!site.hasJournal)
    }

    @Test func `an old key that is used after the switch is left until it is not`() async throws {
        let site = try site()
        _ = try await site.rotate(dyingAt: "rotate.proven")
        let id = site.primary.id
        try site.sandbox.withWorld { world, now throws(ServiceFault) in
            world.noteUse(of: id, region: "us-east-1", service: .sts, now: now + .seconds(60))
        }
        let outcome = try await site.rotate()
        #expect(outcome.ending == .exited(1), "\(outcome.outputText)")
        #expect(outcome.outputText.contains("was used"))
        #expect(try site.keys().map(\.isActive) == [true, true])
        #expect(try await site.rotate("--force").ending == .exited(0))
        #expect(try site.keys().map(\.isActive) == [false, true])
    }

    @Test func `two rotations at once are one`() async throws {
        let site = try site()
        async let first = site.rotate(span: "1s")
        async let second = site.rotate(span: "1s")
        let outcomes = try await [first, second]
        #expect(outcomes.contains { $0.ending == .exited(0) })
        let other = outcomes.filter { $0.ending != .exited(0) }
        #expect(other.allSatisfy { $0.outputText.contains("under way") })
        #expect(try site.keys().map(\.isActive) == [false, true])
    }

    @Test func `what has no static keys is refused with the reason`() async throws {
        let site = try site()
        try site.createRole("deploy")
        try site.write(
            "config", mode: 0o644,
            """
            [profile deploy]
            role_arn = arn:aws:iam::\(Sandbox.standardAccount):role/deploy
            source_profile = app
            [profile program]
            credential_process = /bin/false
            """)
        for (profile, word) in [("deploy", "is a role"), ("program", "program"), ("none", "none")] {
            let outcome = try await site.run(
                "rotate", profile, "--config", site.path("credwatch.yaml"))
            #expect(outcome.ending == .exited(2))
            #expect(outcome.outputText.contains(word), "\(outcome.outputText)")
        }
        #expect(try site.keys().count == 1)
    }
}
