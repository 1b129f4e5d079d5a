import Model

/// The actions of IAM on roles.
enum IAMRoleActions {
    static func create(
        _ call: ActionCall, _ world: inout World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("RoleName")
        let document = try call.required("AssumeRolePolicyDocument")
        try call.authorize(
            on: "arn:aws:iam::\(call.caller.account):role/\(name)", in: world)
        let trusted = trusted(in: document)
        guard !trusted.isEmpty else {
            throw ServiceFault(
                "MalformedPolicyDocument", "The policy names no AWS principal.", status: 400)
        }
        let role = try world.createRole(
            name, in: call.caller.account, trusting: trusted, path: call.parameters["Path"] ?? "/",
            now: call.now)
        return { describe(role, document, &$0) }
    }

    static func get(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let name = try call.required("RoleName")
        try call.authorize(on: "role \(name)", in: world)
        let role = try world.role(name, in: call.caller.account)
        return { describe(role, nil, &$0) }
    }

    /// Collects the principals of a trust policy: its quoted accounts and ARNs of IAM.
    ///
    /// Conditions and denials are beyond the sandbox.
    static func trusted(in document: String) -> Set<String> {
        let texts = document.split(separator: "\"", omittingEmptySubsequences: false)
        return Set(
            texts.compactMap { text in
                if text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
                    return String(text)
                }
                guard text.hasPrefix("arn:aws:iam::") else { return nil }
                let isRoot = text.hasSuffix(":root")
                return isRoot ? String(text.dropFirst(13).dropLast(5)) : String(text)
            })
    }

    private static func describe(_ role: Role, _ document: String?, _ xml: inout XMLWriter) {
        xml.element("Role") { element in
            element.element("Path", role.path)
            element.element("RoleName", role.name)
            element.element("RoleId", role.id)
            element.element("Arn", role.arn)
            element.element("CreateDate", role.createdAt.rfc3339)
            element.element(
                "AssumeRolePolicyDocument",
                document.map {
                    String(decoding: PercentCoding.encode(Array($0.utf8)), as: UTF8.self)
                })
        }
    }
}
