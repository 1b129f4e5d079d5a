import Model
import Testing

@testable import Sandbox

@Suite struct WorldTests {
    let account = "123456789012"
    let now = WallTime(seconds: 1_795_348_800)
    var world = World(entropy: Entropy(seed: 3))

    @Test mutating func createsUsersWithKeysOfTheirAccount() throws {
        let user = try world.createUser("app", in: account, now: now)
        #expect(user.arn == "arn:aws:iam::123456789012:user/app")
        #expect(user.id.hasPrefix("AIDA"))
        let key = try world.createKey(for: "app", in: account, now: now)
        #expect(key.id.hasPrefix("AKIA"))
        #expect(key.isActive)
        #expect(try world.keys(of: "app", in: account) == [key])
        #expect(world.account(ofKey: key.id) == account)
    }

    @Test mutating func keepsTwoKeysAtMost() throws {
        try world.createUser("app", in: account, now: now)
        let first = try world.createKey(for: "app", in: account, now: now)
        try world.createKey(for: "app", in: account, now: now)
        #expect(throws: ServiceFault.limitExceeded("AccessKeysPerUser", 2)) {
            try world.createKey(for: "app", in: account, now: now)
        }
        try world.deleteKey(first.id)
        try world.createKey(for: "app", in: account, now: now)
        #expect(world.deletedKeys == [first.id: account])
        #expect(throws: ServiceFault.noSuchKey(first.id)) { try world.deleteKey(first.id) }
        #expect(throws: ServiceFault.noSuchKey(first.id)) {
            try world.setKey(first.id, active: true)
        }
    }

    @Test(arguments: ["", "a b", "ü", "a/b", "[x]", "a\nb", String(repeating: "a", count: 65)])
    mutating func refusesNamesThatIAMRefuses(name: String) {
        let error = #expect(throws: ServiceFault.self) {
            try world.createUser(name, in: account, now: now)
        }
        #expect(error?.code == "ValidationError")
    }

    @Test(arguments: ["", "1", "12345678901", "1234567890123", "12345678901x"])
    mutating func refusesWhatIsNoAccount(account: String) {
        #expect(throws: ServiceFault.self) { try world.createUser("app", in: account, now: now) }
    }

    @Test mutating func deletesAUserOnlyWhenNothingHangsOnIt() throws {
        try world.createUser("app", in: account, now: now)
        #expect(throws: ServiceFault.alreadyExists("User", "app")) {
            try world.createUser("app", in: account, now: now)
        }
        let key = try world.createKey(for: "app", in: account, now: now)
        try world.attach(.quarantine, to: "app", in: account)
        #expect(throws: ServiceFault.self) { try world.deleteUser("app", in: account) }
        try world.deleteKey(key.id)
        #expect(throws: ServiceFault.self) { try world.deleteUser("app", in: account) }
        try world.detach(policyARN: AttachedPolicy.quarantine.arn, from: "app", in: account)
        try world.deleteUser("app", in: account)
        #expect(throws: ServiceFault.noSuchUser("app")) { try world.user("app", in: account) }
    }

    @Test mutating func keepsAccountsApart() throws {
        try world.createUser("app", in: account, now: now)
        try world.createUser("app", in: "210987654321", now: now)
        #expect(throws: ServiceFault.noSuchUser("app")) {
            try world.createKey(for: "app", in: "000000000000", now: now)
        }
    }

    @Test mutating func letsOnlyTheTrustedAssumeARole() throws {
        try world.createUser("app", in: account, now: now)
        try world.createUser("other", in: account, now: now)
        let role = try world.createRole(
            "deploy", in: "210987654321", trusting: ["arn:aws:iam::123456789012:user/app"],
            now: now)
        let app = Principal.user(account: account, name: "app")
        let session = try world.assumeRole(
            arn: role.arn, sessionName: "one", lasting: .seconds(900), by: app, now: now)
        let identity = try #require(world.identity(of: session.principal))
        #expect(identity.arn == "arn:aws:sts::210987654321:assumed-role/deploy/one")
        #expect(identity.userID == "\(role.id):one")
        #expect(session.expiresAt == now + .seconds(900))
        for arn in [role.arn, "arn:aws:iam::210987654321:role/none"] {
            let error = #expect(throws: ServiceFault.self) {
                try world.assumeRole(
                    arn: arn, sessionName: "one", lasting: .seconds(900),
                    by: .user(account: account, name: "other"), now: now)
            }
            #expect(
                error
                    == .accessDenied(
                        "User: arn:aws:iam::123456789012:user/other is not authorized to perform: "
                            + "sts:AssumeRole on resource: \(arn)"))
        }
    }

    @Test mutating func forgetsSessionsThatAreOverWhenThereAreTooMany() throws {
        let principal = Principal.user(account: account, name: "app")
        for _ in 0..<World.sessionLimit {
            world.startSession(for: principal, lasting: .seconds(1), now: now)
        }
        #expect(world.sessions.count == World.sessionLimit)
        world.startSession(for: principal, lasting: .seconds(1), now: now + .seconds(2))
        #expect(world.sessions.count == 1)
    }

    @Test mutating func hidesSecretsFromDescriptions() throws {
        try world.createUser("app", in: account, now: now)
        let key = try world.createKey(for: "app", in: account, now: now)
        let session = world.startSession(
            for: .user(account: account, name: "app"), lasting: .seconds(1), now: now)
        var text = "\(world) \(key) \(session)"
        dump(world, to: &text)
        for secret in [key.secret, session.secret, session.token] {
            #expect(!text.contains(secret.reveal()))
        }
    }
}
