import Model

/// The actions of STS.
enum STSActions {
    static func perform(
        _ call: ActionCall, in world: inout World
    ) throws(ServiceFault) -> ActionCall.Result {
        switch call.action {
        case "GetCallerIdentity": callerIdentity(call)
        case "GetSessionToken": try sessionToken(call, &world)
        case "AssumeRole": try assumeRole(call, &world)
        case "GetAccessKeyInfo": try accessKeyInfo(call, world)
        default: throw .invalidAction(call.action, version: call.service.version)
        }
    }

    private static func callerIdentity(_ call: ActionCall) -> ActionCall.Result {
        { xml in
            xml.element("Arn", call.identity.arn)
            xml.element("UserId", call.identity.userID)
            xml.element("Account", call.identity.account)
        }
    }

    private static func sessionToken(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result {
        guard case .user(let account, let name) = call.caller else {
            throw .accessDenied("Cannot call GetSessionToken with session credentials")
        }
        let session = world.startSession(
            for: .userSession(account: account, name: name),
            lasting: try call.duration(900...129_600, default: 43_200), now: call.now)
        return { credentials(session, &$0) }
    }

    private static func assumeRole(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result {
        let arn = try call.required("RoleArn")
        let name = try call.required("RoleSessionName")
        guard (2...64).contains(name.utf8.count) else {
            throw .constraint(
                name, at: "roleSessionName", "Member must have length between 2 and 64, inclusive")
        }
        // A role that assumes a role gets an hour at most.
        let limit = call.caller.isSession ? 3_600 : 43_200
        let session = try world.assumeRole(
            arn: arn, sessionName: name, lasting: try call.duration(900...limit, default: 3_600),
            by: call.caller, now: call.now)
        let identity = world.identity(of: session.principal)
        return { xml in
            xml.element("AssumedRoleUser") { user in
                user.element("AssumedRoleId", identity?.userID)
                user.element("Arn", identity?.arn)
            }
            credentials(session, &xml)
        }
    }

    private static func accessKeyInfo(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result {
        let id = try call.required("AccessKeyId")
        guard (16...128).contains(id.utf8.count) else {
            throw .constraint(
                id, at: "accessKeyId", "Member must have length between 16 and 128, inclusive")
        }
        guard let account = world.account(ofKey: id) else {
            throw .validation("The access key id \(id) belongs to no account")
        }
        return { $0.element("Account", account) }
    }

    static func credentials(_ session: Session, _ xml: inout XMLWriter) {
        xml.element("Credentials") { credentials in
            credentials.element("AccessKeyId", session.id)
            credentials.element("SecretAccessKey", session.secret.reveal())
            credentials.element("SessionToken", session.token.reveal())
            credentials.element("Expiration", session.expiresAt.rfc3339)
        }
    }
}
