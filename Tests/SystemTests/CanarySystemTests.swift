import Glibc
import Model
import Sandbox
import Support
import Testing

/// A canary from the config to the hook: the built daemon against the sandbox.
@Suite(.timeLimit(.minutes(1)))
struct CanarySystemTests {
    /// A site whose profiles have `iam:GetUser` as their canary.
    private func site(
        counts: Bool, group more: String = "", canary: String = "[{action: iam:GetUser}]"
    ) throws -> (Site, [String: String]) {
        let site = try Site()
        try site.write(
            "credwatch.yaml", mode: 0o644,
            """
            defaults: {interval: 1s, fast_interval: 1s, timeout: 5s, region: eu-west-1}
            profiles:
              - {name: app, canary: \(canary), canary_counts: \(counts), canary_interval: 1s}
              - {name: app-backup, canary: [{action: iam:GetUser}], canary_counts: \(counts), canary_interval: 1s}
            failover:
              - name: app
                primary: app
                backups: [app-backup]
                fall: 2
                minimum_span: 1s
                hook: {command: [\(site.path("hook"))], timeout: 10s}
                \(more)
            status: {file: \(site.path("status.json"))}
            state_directory: \(site.path("state"))
            control: {socket: \(site.path("control.sock"))}
            aws: {credentials_file: \(site.path("credentials")), config_file: \(site.path("config")), endpoint_url: "\(site.sandbox.url)"}
            """)
        // The config's own endpoint is that of STS.
        return (site, ["AWS_ENDPOINT_URL": site.sandbox.url])
    }

    private func stop(_ daemon: Subprocess) async throws -> Subprocess.Ending {
        daemon.send(signal: SIGTERM)
        return await daemon.outcome().ending
    }

    private func quarantine(_ site: Site) throws {
        try site.sandbox.perform(.quarantine(user: "app", true))
        try site.sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .denied))
    }

    @Test func `a quarantined key moves the group where canaries count`() async throws {
        let (site, environment) = try site(counts: true)
        let daemon = try site.startDaemon(environment: environment)
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try quarantine(site)
        #expect(await daemon.hasWritten("app is failing"))
        #expect(await daemon.hasWritten("app now uses app-backup"))
        #expect(site.hookRuns().map { Array($0.prefix(3)) } == [["failover", "app", "app-backup"]])
        _ = try await stop(daemon)
        #expect(try site.profile("app")?.diagnosis?.cause == .quarantined)
        #expect(try site.status().groups.first?.state == .failedOver)
    }

    @Test func `a backup whose own canary is denied is no backup`() async throws {
        let (site, environment) = try site(counts: true)
        let daemon = try site.startDaemon(environment: environment)
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        for user in ["app", "app-backup"] {
            try site.sandbox.perform(.setRight(user: user, action: "iam:GetUser", .denied))
        }
        #expect(await daemon.hasWritten("app is failing"))
        #expect(await daemon.hasWritten("app-backup is refused too: permission lost"))
        #expect(site.hookRuns().allSatisfy { $0.first == "backup_failing" })
        // The backup may do it again, the primary may not.
        try site.sandbox.perform(.setRight(user: "app-backup", action: "iam:GetUser", .allowed))
        #expect(await daemon.hasWritten("app now uses app-backup"))
        _ = try await stop(daemon)
    }

    @Test func `a denial that does not count degrades, and runs no hook`() async throws {
        let (site, environment) = try site(counts: false)
        let daemon = try site.startDaemon(environment: environment)
        #expect(await daemon.hasWritten("app is healthy"))
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try quarantine(site)
        // Many more denials than `fall` bad answers would need.
        let before = site.sandbox.callCount
        while site.sandbox.callCount < before + 40 { await Task.yield() }
        #expect(site.hookRuns().isEmpty)
        _ = try await stop(daemon)
        let status = try site.status()
        #expect(status.groups.first?.state == .ready)
        let app = try #require(status.profiles.first { $0.name == "app" })
        #expect(app.state == .healthy)
        #expect(app.diagnosis?.cause == .quarantined)
        #expect(status.overall == .degraded)
        #expect(site.hookRuns().isEmpty)
    }

    @Test func `a key that dies is told as that, whatever its canary said`() async throws {
        let (site, environment) = try site(counts: false)
        try site.sandbox.perform(.setRight(user: "app", action: "iam:GetUser", .withheld))
        let daemon = try site.startDaemon(environment: environment)
        #expect(await daemon.hasWritten("app-backup is healthy"))
        try site.sandbox.deactivate(site.primary)
        #expect(await daemon.hasWritten("app now uses app-backup"))
        _ = try await stop(daemon)
        // The backup may have said more by now.
        let cause = try #require(try site.profile("app")?.diagnosis?.cause)
        #expect([.keyNotRecognized, .keyInactive].contains(cause))
    }

    @Test func `check asks the canary too`() async throws {
        for counts in [true, false] {
            let (site, environment) = try site(counts: counts)
            try quarantine(site)
            let outcome = try await site.run(
                "check", "--config", site.path("credwatch.yaml"), "--json",
                environment: environment)
            #expect(outcome.ending == .exited(counts ? 2 : 1), "\(outcome)")
            #expect(outcome.outputText.contains("\"quarantined\""), "\(outcome.outputText)")
            #expect(!outcome.outputText.contains(site.primary.secret.reveal()))
        }
    }

    // Of paths and queries with escapes moto refuses what boto3 signs, so there are none.
    @Test(.enabled("moto and boto3 are not installed") { await Moto.isInstalled })
    func `a bucket of moto's is asked with a signature that moto takes`() async throws {
        let moto = try await Moto()
        let key = try await moto.createUser("app")
        _ = try await moto.run(
            """
            s3 = boto3.client('s3', endpoint_url=sys.argv[1], region_name='us-east-1')
            s3.create_bucket(Bucket='bucket')
            s3.put_object(Bucket='bucket', Key='a/b', Body=b'x')
            """, key: key)
        let site = try Site()
        func check(_ calls: String) async throws -> Subprocess.Outcome {
            try site.write(
                "moto.yaml", mode: 0o644,
                """
                profiles:
                  - name: app
                    source: default_chain
                    region: us-east-1
                    canary_counts: true
                    canary: [\(calls)]
                """)
            return try await site.run(
                "check", "--config", site.path("moto.yaml"), "--json",
                environment: [
                    "AWS_ACCESS_KEY_ID": key.id, "AWS_SECRET_ACCESS_KEY": key.secret,
                    "AWS_ENDPOINT_URL": moto.url,
                ])
        }
        let good = try await check(
            """
            {service: s3, method: HEAD, url: "\(moto.url)/bucket/a/b"},
            {service: s3, url: "\(moto.url)/bucket?list-type=2&prefix=a"},
            {service: s3, url: "\(moto.url)/bucket/none", expect_status: 404},
            {action: "s3:ListAllMyBuckets"}, {action: "dynamodb:ListTables"}
            """)
        #expect(good.ending == .exited(0), "\(good.outputText) \(good.errorText)")
        #expect(good.outputText.contains("\"ok\"") && !good.outputText.contains("canary"))
        // An object that is not there is no denial.
        let odd = try await check("{service: s3, url: \"\(moto.url)/bucket/none\"}")
        #expect(odd.ending == .exited(1), "\(odd.outputText)")
        #expect(odd.outputText.contains("\"healthy\""))
        #expect(odd.outputText.contains("404"), "\(odd.outputText)")
        let denied = try await moto.run(
            """
            iam.put_user_policy(UserName='app', PolicyName='all', PolicyDocument=json.dumps(
                {'Version': '2012-10-17', 'Statement': [
                    {'Effect': 'Allow', 'Action': 'sts:*', 'Resource': '*'}]}))
            """, key: key)
        #expect(denied.isEmpty)
        let lost = try await check("{action: ec2:DescribeRegions}, {action: iam:ListUsers}")
        #expect(lost.outputText.contains("permission_lost"), "\(lost.outputText)")
    }
}
