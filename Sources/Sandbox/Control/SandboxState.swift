import Model

/// All that changes in a sandbox.
struct SandboxState: Sendable {
    var world: World
    var faults = FaultSwitches()
    /// The latest calls, oldest first.
    var calls: [Call] = []
    var callCount = 0
    let clock: @Sendable () -> WallTime

    static let keptCalls = 1_000

    /// The sandbox's time: its clock and the offset that a fault gives it.
    var now: WallTime { clock() + faults.clockOffset }

    mutating func note(_ call: Call) {
        callCount += 1
        // Twice as many, so that the array moves once in a while and not with every call.
        if calls.count >= 2 * Self.keptCalls { calls.removeFirst(Self.keptCalls) }
        calls.append(call)
    }

    /// Carries an order out.
    mutating func perform(_ command: Command) throws(CommandProblem) -> CommandOutcome {
        switch command {
        case .deactivate(let selector):
            return try change(selector, to: "inactive") { world, id throws(ServiceFault) in
                try world.setKey(id, active: false)
            }
        case .activate(let selector):
            return try change(selector, to: "active") { world, id throws(ServiceFault) in
                try world.setKey(id, active: true)
            }
        case .delete(let selector):
            return try change(selector, to: "deleted") { world, id throws(ServiceFault) in
                try world.deleteKey(id)
            }
        case .expire(let id):
            let now = now
            try attempt { state throws(ServiceFault) in
                try state.world.expireSession(id, now: now)
            }
            return CommandOutcome(lines: ["\(id) is expired"])
        case .createKey(let name):
            return try createKey(for: name)
        case .backdate(let name, let age):
            return try change(.user(name), to: "\(age.text) older") {
                world, id throws(ServiceFault) in try world.backdateKey(id, by: age)
            }
        case .quarantine(let name, let isOn):
            return try eachUser(name, "is \(isOn ? "" : "not ")quarantined") {
                world, account throws(ServiceFault) in
                if isOn {
                    try world.attach(.quarantine, to: name, in: account)
                } else {
                    try world.detach(
                        policyARN: AttachedPolicy.quarantine.arn, from: name, in: account)
                }
            }
        case .allowIAM(let name, let isAllowed):
            return try eachUser(name, isAllowed ? "may call iam" : "may not call iam") {
                world, account throws(ServiceFault) in
                try world.allowIAM(isAllowed, for: name, in: account)
            }
        case .setRight(let name, let action, let right):
            let what =
                switch right {
                case .denied: "is denied \(action)"
                case .withheld: "is not allowed \(action)"
                case .allowed: "may do \(action)"
                }
            return try eachUser(name, what) { world, account throws(ServiceFault) in
                world.set(right, of: action, for: try world.user(name, in: account).arn)
            }
        case .fault(let change):
            change.apply(to: &faults)
            return CommandOutcome(lines: [change.line])
        }
    }

    private mutating func createKey(for name: String) throws(CommandProblem) -> CommandOutcome {
        guard let account = accounts(ofUser: name).first else {
            throw CommandProblem("No user is named \(name).")
        }
        let now = now
        var key: AccessKey?
        try attempt { state throws(ServiceFault) in
            key = try state.world.createKey(for: name, in: account, now: now)
        }
        return CommandOutcome(
            lines: ["\(key?.id ?? "") is active, the newest key of \(name)"], createdKey: key)
    }

    private mutating func change(
        _ selector: Command.KeySelector, to what: String,
        _ body: (inout World, String) throws(ServiceFault) -> Void
    ) throws(CommandProblem) -> CommandOutcome {
        let ids: [String]
        switch selector {
        case .key(let id): ids = [id]
        case .user(let name):
            ids = accounts(ofUser: name).flatMap { world.accounts[$0]?.users[name]?.keyIDs ?? [] }
            guard !ids.isEmpty else { throw CommandProblem("No user \(name) has a key.") }
        }
        for id in ids {
            try attempt { state throws(ServiceFault) in try body(&state.world, id) }
        }
        return CommandOutcome(lines: ids.map { "\($0) is \(what)" })
    }

    private mutating func eachUser(
        _ name: String, _ what: String, _ body: (inout World, String) throws(ServiceFault) -> Void
    ) throws(CommandProblem) -> CommandOutcome {
        let accounts = accounts(ofUser: name)
        guard !accounts.isEmpty else { throw CommandProblem("No user is named \(name).") }
        for account in accounts {
            try attempt { state throws(ServiceFault) in try body(&state.world, account) }
        }
        return CommandOutcome(lines: ["\(name) \(what)"])
    }

    private func accounts(ofUser name: String) -> [String] {
        world.accounts.values.filter { $0.users[name] != nil }.map(\.id).sorted()
    }

    private mutating func attempt(
        _ body: (inout SandboxState) throws(ServiceFault) -> Void
    ) throws(CommandProblem) {
        do {
            try body(&self)
        } catch {
            throw CommandProblem(error.message)
        }
    }
}
