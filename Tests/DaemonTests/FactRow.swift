import Glibc
import HTTP
import Model
import Scheduling
import Support
import Synchronization
import Testing
import Tracking

@testable import Daemon

/// A row of the table of what a failed check may mean, from the files to the failover.
struct FactRow: Sendable, CustomTestStringConvertible {
    /// Whether applications are moved to the backup, which is good.
    enum End: Sendable { case moves, stays }

    let name: String
    let primary: Primary
    let world: World
    let cause: Cause
    let verdict: Verdict
    let confidence: Confidence
    let end: End

    var testDescription: String { name }

    init(
        _ name: String, _ primary: Primary, _ world: World, _ cause: Cause,
        _ verdict: Verdict, _ confidence: Confidence, _ end: End
    ) {
        self.name = name
        self.primary = primary
        self.world = world
        self.cause = cause
        self.verdict = verdict
        self.confidence = confidence
        self.end = end
    }

    /// A row of a primary with keys of the ordinary form.
    init(
        _ name: String, _ world: World, _ cause: Cause, _ verdict: Verdict,
        _ confidence: Confidence, _ end: End
    ) {
        self.init(name, .keys(), world, cause, verdict, confidence, end)
    }
}

/// What the primary is, in the shared files.
enum Primary: Sendable {
    case keys(
        id: String = Sample.keyID, secret: String = Sample.secret, token: String? = nil,
        region: String = "eu-west-1", account: String? = nil)
    /// Lines of its section in the config file, beside a base with keys.
    case section([String])
    /// The whole credentials file.
    case file(String)
    case directory
    case absent

    static let session = Primary.keys(id: Sample.temporaryKeyID, token: Sample.token)
    static let leftover = Primary.keys(token: Sample.token)
    static let role = Primary.section([
        "role_arn = arn:aws:iam::123456789012:role/app", "source_profile = base",
    ])
    static let roleWithMFA = Primary.section([
        "role_arn = arn:aws:iam::123456789012:role/app", "source_profile = base",
        "mfa_serial = arn:aws:iam::123456789012:mfa/app",
    ])
    static let webIdentity = Primary.section([
        "role_arn = arn:aws:iam::123456789012:role/app", "web_identity_token_file = @/token",
    ])

    var region: String {
        if case .keys(_, _, _, let region, _) = self { region } else { "eu-west-1" }
    }

    /// Writes the files, old enough for bad answers to count.
    func write(to machine: Machine) throws {
        let backup = Machine.Section("backup", keyID: Sample.otherKeyID)
        let folder = machine.folder
        switch self {
        case .keys(let id, let secret, let token, _, _):
            try machine.write(.init("app", keyID: id, secret: secret, token: token), backup)
        case .section(let lines):
            try machine.write(.init("base"), backup)
            let text = lines.map { line in
                line.hasSuffix("@/token")
                    ? String(line.dropLast(7)) + folder.file("token") : line
            }.joined(separator: "\n")
            try folder.write("config", "[profile app]\n\(text)\n")
            try folder.write("token", "e30.e30.c2ln\n")
        case .file(let text): try folder.write("credentials", text)
        case .directory: mkdir(folder.file("credentials"), 0o755)
        case .absent: try machine.write(backup)
        }
        for name in ["credentials", "config", "token"] {
            var times = [timespec(), timespec()]
            clock_gettime(CLOCK_REALTIME, &times[0])
            times[0].tv_sec -= 3_600
            times[1] = times[0]
            utimensat(AT_FDCWD, folder.file(name), times, 0)
        }
    }
}

/// What answers in place of AWS; the backup's key is accepted wherever something answers at all.
enum World: Sendable {
    /// The region and the main region, by AWS's own names.
    case regions(Fault, main: Fault?)
    /// Both, for the primary's key as for all others.
    case allKeys(Fault)
    /// The main region, which an endpoint URL names, for whatever region the profile is in.
    case main(Fault)
    /// An endpoint that is not AWS's, and fails in one way.
    case fault(Fault)
    case answer(@Sendable (ReceivedRequest) -> ScriptedServer.Reply)
    /// One answer after the other, and again from the beginning.
    case inTurn([ScriptedServer.Reply])
    case url(String)
    case certificate(TestCertificate)

    static func error(
        _ code: String, _ message: String = "", status: Int = 403, skew: Duration = .zero
    ) -> World {
        .answer { _ in .error(code, message, status: status, skew: skew) }
    }
}

extension ScriptedServer.Reply {
    private static func aws(_ status: Int, _ body: String, skew: Duration = .zero) -> Self {
        .http(
            status, body,
            headers: [
                "x-amzn-RequestId: \(Sample.requestID)", "Content-Type: text/xml",
                "Date: \((SystemClock.wall() + skew).httpDate)",
            ])
    }

    /// AWS's error document.
    static func error(
        _ code: String, _ message: String = "", status: Int = 403, skew: Duration = .zero
    ) -> Self {
        aws(
            status,
            "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>",
            skew: skew)
    }

    static let identity = aws(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>\(Sample.identity.arn)</Arn><UserId>\(Sample.identity.userID)</UserId><Account>\(Sample.identity.account)</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

/// A row played through: checks, a tracker with a group of two, and the proofs that it asks for.
struct FactRun {
    private(set) var last: CheckResult?
    private(set) var moved = false
    private let pipeline: CheckPipeline
    private let primary: ProfileConfiguration
    private let backup: ProfileConfiguration
    private var tracker: Tracker

    private init(_ row: FactRow, _ pipeline: CheckPipeline) {
        self.pipeline = pipeline
        var account: String?
        if case .keys(_, _, _, _, let expected) = row.primary { account = expected }
        let limit = Duration.seconds(row.cause == .networkTimeout ? 1 : 20)
        primary = profile(
            "app", region: row.primary.region, timeout: limit,
            expected: ExpectedIdentity(account: account))
        backup = profile("backup", region: row.primary.region, timeout: limit)
        let group = GroupConfiguration(
            name: "g", primary: "app", backups: ["backup"], fall: 3,
            minimumSpan: .milliseconds(5),
            hook: HookConfiguration(command: ["/bin/true"]))
        tracker = Tracker(
            Configuration(profiles: [primary, backup], groups: [group]), remembered: nil,
            makeIncidentID: { "incident" })
    }

    /// Plays a row until the failover, or well past `fall` and `minimum_span`.
    static func play(_ row: FactRow, on machine: Machine) async throws -> FactRun {
        try row.primary.write(to: machine)
        let backup = Sample.otherKeyID
        switch row.world {
        case .regions(let fault, let main):
            let regions = try TestRegions(.identity, main: main.map { _ in .identity })
            for key in [Sample.keyID, Sample.temporaryKeyID] {
                regions.region.set(fault, forKey: key)
                regions.main.set(main, forKey: key)
            }
            let pipeline = try machine.pipeline(regions.options)
            return try await FactRun(row, pipeline).played(keeping: regions)
        case .allKeys(let fault):
            let regions = try TestRegions(fault, main: fault)
            let pipeline = try machine.pipeline(regions.options)
            return try await FactRun(row, pipeline).played(keeping: regions)
        case .main(let fault):
            let regions = try TestRegions(.identity, main: .identity)
            regions.main.set(fault, forKey: Sample.keyID)
            let pipeline = try machine.pipeline(
                url: "https://\(TestRegions.mainHost)", regions.options)
            return try await FactRun(row, pipeline).played(keeping: regions)
        case .fault(let fault):
            let server = try FaultServer(fault)
            server.set(.identity, forKey: backup)
            let pipeline = try machine.pipeline(url: server.url)
            return try await FactRun(row, pipeline).played(keeping: server)
        case .answer(let answer):
            let server = try ScriptedServer { request, _ in
                request.accessKeyID == backup ? .identity : answer(request)
            }
            let pipeline = try machine.pipeline(url: server.url)
            return try await FactRun(row, pipeline).played(keeping: server)
        case .inTurn(let replies):
            let count = Mutex(0)
            let server = try ScriptedServer { request, _ in
                guard request.accessKeyID != backup else { return .identity }
                return count.withLock { count in
                    count += 1
                    return replies[(count - 1) % replies.count]
                }
            }
            let pipeline = try machine.pipeline(url: server.url)
            return try await FactRun(row, pipeline).played(keeping: server)
        case .url(let url):
            return try await FactRun(row, machine.pipeline(url: url)).played(keeping: machine)
        case .certificate(let certificate):
            let server = try FaultServer(.invalidClientTokenID, tls: certificate)
            let pipeline = try machine.pipeline(
                url: server.url, .init(caBundle: server.caBundle, proxy: .none))
            return try await FactRun(row, pipeline).played(keeping: server)
        }
    }

    private consuming func played(keeping server: AnyObject) async throws -> FactRun {
        for _ in 0..<6 where !moved {
            // The backup is checked as well, so that its answers are known.
            await take(.checked(await pipeline.check(backup)))
            let result = await pipeline.check(primary)
            last = result
            await take(.checked(result))
            try await Task.sleep(for: .milliseconds(2))
        }
        withExtendedLifetime(server) {}
        return self
    }

    private mutating func take(_ event: Event) async {
        for effect in tracker.handle(event, at: SystemClock.now()) {
            switch effect {
            case .prove(let group, _, let endpoint):
                let proof = await pipeline.check(backup, at: endpoint)
                await take(.proved(group: group, proof))
            case .runHook(let run): moved = moved || run.event == .failover
            default: break
            }
        }
    }
}
