import Model

/// The simulation of IAM: what a user or role may do, by the orders that the sandbox was given.
enum IAMSimulation {
    /// How many decisions a page has without `MaxItems`.
    private static let page = 20

    static func perform(
        _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> ActionCall.Result? {
        let arn = try call.required("PolicySourceArn")
        try call.authorize(on: arn, in: world)
        let actions = list("ActionNames", in: call.parameters)
        guard !actions.isEmpty else { throw .missing("actionNames") }
        let resources = list("ResourceArns", in: call.parameters)
        let decide = try decider(arn, call, world)
        let all = actions.flatMap { action in
            (resources.isEmpty ? ["*"] : resources).map { (action: action, resource: $0) }
        }
        let start = call.parameters["Marker"].flatMap { Int($0) } ?? 0
        let size = call.parameters["MaxItems"].flatMap { Int($0) } ?? page
        let rows = all.dropFirst(start).prefix(max(size, 1))
        let end = start + rows.count
        return { xml in
            xml.element("IsTruncated", end < all.count ? "true" : "false")
            if end < all.count { xml.element("Marker", "\(end)") }
            xml.element("EvaluationResults") { list in
                for row in rows {
                    list.element("member") { member in
                        member.element("EvalActionName", row.action)
                        member.element("EvalResourceName", row.resource)
                        member.element("EvalDecision", decide(row.action))
                        member.element("MatchedStatements") { _ in }
                        member.element("MissingContextValues") { _ in }
                    }
                }
            }
        }
    }

    /// Finds the entity, or throws what IAM says about an ARN that is none of the caller's account.
    private static func decider(
        _ arn: String, _ call: ActionCall, _ world: World
    ) throws(ServiceFault) -> @Sendable (String) -> String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "iam", let name = parts[5].split(separator: "/").last
        else {
            throw ServiceFault(
                "InvalidInput",
                "Invalid Entity Arn: \(arn) does not clearly define entity type and name.",
                status: 400)
        }
        let account = call.caller.account
        guard parts[4] == account else {
            throw .accessDenied(
                "User: \(call.identity.arn) is not authorized to perform: iam:\(call.action) "
                    + "on resource: \(arn)")
        }
        if parts[5].hasPrefix("role/") {
            let role = try world.role(String(name), in: account)
            guard role.arn == arn else { throw .noSuchEntity("Role \(arn) cannot be found.") }
            return { world.decision(on: $0, of: arn) }
        }
        let user = try world.user(String(name), in: account)
        return { action in
            if user.isQuarantined, ActionCall.isQuarantined(action) { return "explicitDeny" }
            return world.decision(on: action, of: user.arn)
        }
    }

    /// The values of a list: `ActionNames.member.1` and on.
    private static func list(_ name: String, in parameters: QueryParameters) -> [String] {
        var values: [String] = []
        while let value = parameters["\(name).member.\(values.count + 1)"] { values.append(value) }
        return values
    }
}
