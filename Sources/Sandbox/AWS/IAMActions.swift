import Model

/// The actions of IAM on users and their policies.
enum IAMActions {
    /// Performs an action; nil for one that answers without a result.
    static func perform(
        _ call: ActionCall, in world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        switch call.action {
        case "CreateUser": try createUser(call, &world)
        case "GetUser": try getUser(call, world)
        case "DeleteUser": try deleteUser(call, &world)
        case "AttachUserPolicy": try attachPolicy(call, &world)
        case "DetachUserPolicy": try detachPolicy(call, &world)
        case "ListAttachedUserPolicies": try listPolicies(call, world)
        case "CreateAccessKey": try IAMKeyActions.create(call, &world)
        case "ListAccessKeys": try IAMKeyActions.list(call, world)
        case "UpdateAccessKey": try IAMKeyActions.update(call, &world)
        case "DeleteAccessKey": try IAMKeyActions.delete(call, &world)
        case "GetAccessKeyLastUsed": try IAMKeyActions.lastUsed(call, world)
        case "CreateRole": try IAMRoleActions.create(call, &world)
        case "GetRole": try IAMRoleActions.get(call, world)
        default: throw .invalidAction(call.action, version: call.service.version)
        }
    }

    private static func createUser(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("UserName")
        try call.authorize(on: call.userARN(name), in: world)
        let user = try world.createUser(name, in: call.caller.account, now: call.now)
        return { describe(user, &$0) }
    }

    private static func getUser(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.userName()
        try call.authorize(on: "user \(name)", in: world)
        let user = try world.user(name, in: call.caller.account)
        return { describe(user, &$0) }
    }

    private static func deleteUser(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("UserName")
        try call.authorize(on: "user \(name)", in: world)
        try world.deleteUser(name, in: call.caller.account)
        return nil
    }

    private static func attachPolicy(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("UserName")
        let policy = AttachedPolicy(arn: try call.required("PolicyArn"))
        try call.authorize(on: "user \(name)", in: world)
        try world.attach(policy, to: name, in: call.caller.account)
        return nil
    }

    private static func detachPolicy(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("UserName")
        let arn = try call.required("PolicyArn")
        try call.authorize(on: "user \(name)", in: world)
        try world.detach(policyARN: arn, from: name, in: call.caller.account)
        return nil
    }

    private static func listPolicies(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("UserName")
        try call.authorize(on: "user \(name)", in: world)
        let policies = try world.user(name, in: call.caller.account).policies
        let (page, next) = try call.page(of: policies)
        return { xml in
            xml.element("IsTruncated", next == nil ? "false" : "true")
            xml.element("Marker", next)
            xml.element("AttachedPolicies") { list in
                for policy in page {
                    list.element("member") { member in
                        member.element("PolicyName", policy.name)
                        member.element("PolicyArn", policy.arn)
                    }
                }
            }
        }
    }

    private static func describe(_ user: User, _ xml: inout XMLWriter) {
        xml.element("User") { element in
            element.element("Path", "/")
            element.element("UserName", user.name)
            element.element("UserId", user.id)
            element.element("Arn", user.arn)
            element.element("CreateDate", user.createdAt.rfc3339)
        }
    }
}
