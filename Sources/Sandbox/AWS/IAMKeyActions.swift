import Model

/// The actions of IAM on access keys.
enum IAMKeyActions {
    static func create(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.userName()
        try call.authorize(on: "user \(name)", in: world)
        let key = try world.createKey(for: name, in: call.caller.account, now: call.now)
        return { xml in
            xml.element("AccessKey") { element in
                element.element("UserName", key.userName)
                element.element("AccessKeyId", key.id)
                element.element("Status", key.status)
                element.element("SecretAccessKey", key.secret.reveal())
                element.element("CreateDate", key.createdAt.rfc3339)
            }
        }
    }

    static func list(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.userName()
        try call.authorize(on: "user \(name)", in: world)
        let keys = try world.keys(of: name, in: call.caller.account)
        let (page, next) = try call.page(of: keys)
        return { xml in
            xml.element("UserName", name)
            xml.element("AccessKeyMetadata") { list in
                for key in page {
                    list.element("member") { member in
                        member.element("UserName", key.userName)
                        member.element("AccessKeyId", key.id)
                        member.element("Status", key.status)
                        member.element("CreateDate", key.createdAt.rfc3339)
                    }
                }
            }
            xml.element("IsTruncated", next == nil ? "false" : "true")
            xml.element("Marker", next)
        }
    }

    static func update(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let key = try key(call, world)
        let status = try call.required("Status")
        guard status == "Active" || status == "Inactive" else {
            throw .constraint(
                status, at: "status", "Member must satisfy enum value set: [Active, Inactive]")
        }
        try world.setKey(key.id, active: status == "Active")
        return nil
    }

    static func delete(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        try world.deleteKey(try key(call, world).id)
        return nil
    }

    static func lastUsed(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let id = try call.required("AccessKeyId")
        guard let key = world.keys[id], key.account == call.caller.account else {
            throw call.refuseKey(id)
        }
        try call.authorize(on: "access key \(id)", in: world)
        return { xml in
            xml.element("UserName", key.userName)
            xml.element("AccessKeyLastUsed") { element in
                element.element("LastUsedDate", key.lastUse?.at.rfc3339)
                element.element("ServiceName", key.lastUse?.service ?? "N/A")
                element.element("Region", key.lastUse?.region ?? "N/A")
            }
        }
    }

    /// Returns the key that a call names, which must be the named user's, or else the caller's.
    private static func key(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> AccessKey {
        let id = try call.required("AccessKeyId")
        let name = try call.userName()
        try call.authorize(on: "user \(name)", in: world)
        let user = try world.user(name, in: call.caller.account)
        guard let key = world.keys[id], user.keyIDs.contains(id) else { throw .noSuchKey(id) }
        return key
    }
}

extension AccessKey {
    /// `Active` or `Inactive`.
    package var status: String { isActive ? "Active" : "Inactive" }
}
