import Model
import Testing

@testable import Sandbox

@Suite struct IAMActionsTests {
    let now = WallTime(seconds: 1_795_348_800)
    let account = "123456789012"
    var world = World(entropy: Entropy(seed: 11))
    let key: AccessKey

    init() throws {
        try world.createUser("app", in: account, now: now)
        key = try world.createKey(for: "app", in: account, now: now)
    }

    /// Calls an action and returns the answer's text, or code and message of the refusal.
    mutating func call(
        _ action: String, _ parameters: [String: String] = [:], by session: Session? = nil
    ) -> String {
        var signer =
            session.map { TestSigner($0, date: now) } ?? TestSigner(key, date: now)
        signer.service = .iam
        let (response, call) = QueryEndpoint.answer(
            signer.request(action, parameters), world: &world, faults: FaultSwitches(), now: now)
        let text = String(decoding: response.body, as: UTF8.self)
        guard let code = call.errorCode else { return text }
        let message = text.split(separator: "Message>")[1].dropLast(2)
        return "\(response.status) \(code): \(message)"
    }

    @Test mutating func rotatesAKey() throws {
        #expect(call("CreateUser", ["UserName": "new"]).contains("<UserName>new</UserName>"))
        let created = call("CreateAccessKey", ["UserName": "new"])
        let first = try #require(try world.keys(of: "new", in: account).first)
        #expect(
            created.contains("<SecretAccessKey>\(first.secret.reveal())</SecretAccessKey>"))
        _ = call("CreateAccessKey", ["UserName": "new"])
        #expect(
            call("CreateAccessKey", ["UserName": "new"])
                == "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2")
        let parameters = ["UserName": "new", "AccessKeyId": first.id]
        let updated = call(
            "UpdateAccessKey", parameters.merging(["Status": "Inactive"]) { $1 })
        #expect(updated.contains("<ResponseMetadata>"))
        #expect(!updated.contains("Result"))
        let list = call("ListAccessKeys", ["UserName": "new"])
        #expect(list.contains("<Status>Inactive</Status>"))
        #expect(list.contains("<Status>Active</Status>"))
        #expect(!list.contains("Secret"))
        _ = call("DeleteAccessKey", parameters)
        #expect(
            call("DeleteAccessKey", parameters)
                == "404 NoSuchEntity: The Access Key with id \(first.id) cannot be found.")
        #expect(call("DeleteUser", ["UserName": "new"]).hasPrefix("409 DeleteConflict: "))
    }

    @Test mutating func tellsTheLastUse() throws {
        try world.createUser("idle", in: account, now: now)
        let idle = try world.createKey(for: "idle", in: account, now: now)
        let unused = call("GetAccessKeyLastUsed", ["AccessKeyId": idle.id])
        #expect(unused.contains("<Region>N/A</Region>"))
        #expect(!unused.contains("LastUsedDate"))
        let used = call("GetAccessKeyLastUsed", ["AccessKeyId": key.id])
        #expect(used.contains("<ServiceName>iam</ServiceName>"))
        #expect(used.contains("<LastUsedDate>\(now.rfc3339)</LastUsedDate>"))
        try world.createUser("foreign", in: "210987654321", now: now)
        let foreign = try world.createKey(for: "foreign", in: "210987654321", now: now)
        #expect(
            call("GetAccessKeyLastUsed", ["AccessKeyId": foreign.id])
                .hasPrefix("403 AccessDenied: User: arn:aws:iam::123456789012:user/app is not"))
    }

    @Test(
        arguments: [
            (
                "GetUser", ["UserName": "none"],
                "404 NoSuchEntity: The user with name none cannot be found."
            ),
            (
                "CreateUser", ["UserName": "app"],
                "409 EntityAlreadyExists: User with name app already exists."
            ),
            (
                "CreateUser", [:],
                "400 ValidationError: 1 validation error detected: Value null at 'userName'"
            ),
            (
                "UpdateAccessKey", ["AccessKeyId": "AKIAQNCLJGYSAZAAN74C", "Status": "Active"],
                "404 NoSuchEntity: The Access Key with id AKIAQNCLJGYSAZAAN74C cannot be found."
            ),
            ("GetRole", ["RoleName": "none"], "404 NoSuchEntity: The role with name none"),
            ("ListUsers", [:], "400 InvalidAction: Could not find operation ListUsers"),
            (
                "CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": "{}"],
                "400 MalformedPolicyDocument: "
            ),
        ] as [(String, [String: String], String)])
    mutating func refuses(action: String, parameters: [String: String], expected: String) {
        #expect(call(action, parameters).hasPrefix(expected))
    }

    @Test mutating func refusesAUserWithoutPermission() throws {
        try world.allowIAM(false, for: "app", in: account)
        #expect(
            call("ListAccessKeys")
                == "403 AccessDenied: User: arn:aws:iam::123456789012:user/app is not authorized "
                + "to perform: iam:ListAccessKeys on resource: user app because no identity-based "
                + "policy allows the iam:ListAccessKeys action")
    }

    @Test mutating func quarantinesALeakedKey() throws {
        let parameters = ["UserName": "app", "PolicyArn": AttachedPolicy.quarantine.arn]
        _ = call("AttachUserPolicy", parameters)
        #expect(
            call("ListAttachedUserPolicies", ["UserName": "app"])
                .contains("<PolicyName>AWSCompromisedKeyQuarantineV3</PolicyName>"))
        #expect(
            call("CreateAccessKey").hasSuffix("with an explicit deny in an identity-based policy"))
        #expect(call("DetachUserPolicy", parameters).hasPrefix("403 AccessDenied: "))
        #expect(call("ListAccessKeys").contains("<Status>Active</Status>"))
    }

    @Test mutating func keepsSessionsOfGetSessionTokenOut() throws {
        let session = world.startSession(
            for: .userSession(account: account, name: "app"), lasting: .seconds(900), now: now)
        #expect(
            call("ListAccessKeys", by: session)
                == "403 InvalidClientTokenId: The security token included in the request is invalid"
        )
        let document = #"{"Statement": [{"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}]}"#
        let created = call("CreateRole", ["RoleName": "r", "AssumeRolePolicyDocument": document])
        #expect(created.contains("<RoleName>r</RoleName>"))
        let role = try world.assumeRole(
            arn: "arn:aws:iam::123456789012:role/r", sessionName: "s", lasting: .seconds(900),
            by: .user(account: account, name: "app"), now: now)
        #expect(
            call("ListAccessKeys", by: role)
                == "400 ValidationError: Must specify userName when calling with non-User credentials"
        )
        #expect(call("ListAccessKeys", ["UserName": "app"], by: role).contains(key.id))
    }
}
