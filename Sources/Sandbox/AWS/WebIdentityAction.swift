import Model

/// The one action of STS that nobody signs.
enum WebIdentityAction {
    static func perform(
        _ parameters: QueryParameters, in world: inout World, faults: FaultSwitches, now: WallTime
    ) throws(ServiceFault) -> ActionCall.Result {
        guard !faults.cutsProviderOff else { throw .providerUnreachable }
        func required(_ name: String) throws(ServiceFault) -> String {
            guard let value = parameters[name], !value.isEmpty else {
                throw .missing(name.prefix(1).lowercased() + name.dropFirst())
            }
            return value
        }
        let seconds = parameters["DurationSeconds"].map { Int($0) ?? 0 } ?? 3_600
        guard (900...43_200).contains(seconds) else {
            throw .constraint(
                "\(seconds)", at: "durationSeconds", "Member must be between 900 and 43200")
        }
        let session = try world.assumeRole(
            arn: try required("RoleArn"), sessionName: try required("RoleSessionName"),
            token: Secret(try required("WebIdentityToken")), lasting: .seconds(seconds), now: now)
        let identity = world.identity(of: session.principal)
        return { xml in
            xml.element("AssumedRoleUser") { user in
                user.element("AssumedRoleId", identity?.userID)
                user.element("Arn", identity?.arn)
            }
            STSActions.credentials(session, &xml)
        }
    }
}
