import Model

/// A change of one fault switch.
package enum FaultChange: Sendable, Hashable {
    case clockOffset(Duration)
    case throttle(Bool)
    case outage(Bool)
    case latency(Duration)
    case refuseRegions(Set<String>)
    case propagationDelay(Duration)
    case propagationFlap(Duration)
    case secretHold(Duration)
    case alterSignatures(Bool)
    case cutProviderOff(Bool)
    case throttleIAM(Bool)
    case denyActions(Set<String>)
    case pageSize(Int?)

    /// The names that ``init(name:value:)`` reads.
    package static let names = [
        "clock_offset", "throttle", "outage", "latency", "refuse_regions", "propagation_delay",
        "propagation_flap", "secret_hold", "alter_signatures", "cut_provider_off", "throttle_iam",
        "deny_actions",
        "page_size",
    ]

    /// Reads `clock_offset` with `-6m`, `throttle` with `on`, `refuse_regions` with `me-south-1+af-south-1`.
    package init(name: String, value: String) throws(CommandProblem) {
        switch name {
        case "clock_offset": self = .clockOffset(try Self.offset(name, value))
        case "throttle": self = .throttle(try Self.onOff(name, value))
        case "outage": self = .outage(try Self.onOff(name, value))
        case "latency": self = .latency(try Self.duration(name, value))
        case "refuse_regions":
            self = .refuseRegions(Set(value.split { $0 == "+" || $0 == "," }.map(String.init)))
        case "propagation_delay": self = .propagationDelay(try Self.duration(name, value))
        case "propagation_flap": self = .propagationFlap(try Self.duration(name, value))
        case "secret_hold": self = .secretHold(try Self.duration(name, value))
        case "alter_signatures": self = .alterSignatures(try Self.onOff(name, value))
        case "cut_provider_off": self = .cutProviderOff(try Self.onOff(name, value))
        case "throttle_iam": self = .throttleIAM(try Self.onOff(name, value))
        case "deny_actions":
            self = .denyActions(Set(value.split { $0 == "+" || $0 == "," }.map(String.init)))
        case "page_size":
            guard value == "off" || Int(value).map({ (1...1_000).contains($0) }) ?? false else {
                throw CommandProblem("\(name) is off, or a number from 1 to 1000, not '\(value)'.")
            }
            self = .pageSize(Int(value))
        default:
            throw CommandProblem(
                "\(name) is no fault; known are \(Self.names.joined(separator: ", ")).")
        }
    }

    /// Applies the change.
    func apply(to faults: inout FaultSwitches) {
        switch self {
        case .clockOffset(let offset): faults.clockOffset = offset
        case .throttle(let isOn): faults.isThrottling = isOn
        case .outage(let isOn): faults.isOut = isOn
        case .latency(let latency): faults.latency = latency
        case .refuseRegions(let regions): faults.refusedRegions = regions
        case .propagationDelay(let delay): faults.propagationDelay = delay
        case .propagationFlap(let flap): faults.propagationFlap = flap
        case .secretHold(let hold): faults.secretHold = hold
        case .alterSignatures(let isOn): faults.altersSignatures = isOn
        case .cutProviderOff(let isOn): faults.cutsProviderOff = isOn
        case .throttleIAM(let isOn): faults.throttlesIAM = isOn
        case .denyActions(let actions): faults.deniedActions = actions
        case .pageSize(let size): faults.pageSize = size
        }
    }

    /// The change as a line: `throttle is on`.
    var line: String {
        switch self {
        case .clockOffset(let offset): "clock_offset is \(offset.text)"
        case .throttle(let isOn): "throttle is \(isOn ? "on" : "off")"
        case .outage(let isOn): "outage is \(isOn ? "on" : "off")"
        case .latency(let latency): "latency is \(latency.text)"
        case .refuseRegions(let regions):
            "refuse_regions is \(regions.isEmpty ? "empty" : regions.sorted().joined(separator: "+"))"
        case .propagationDelay(let delay): "propagation_delay is \(delay.text)"
        case .propagationFlap(let flap): "propagation_flap is \(flap.text)"
        case .secretHold(let hold): "secret_hold is \(hold.text)"
        case .alterSignatures(let isOn): "alter_signatures is \(isOn ? "on" : "off")"
        case .cutProviderOff(let isOn): "cut_provider_off is \(isOn ? "on" : "off")"
        case .throttleIAM(let isOn): "throttle_iam is \(isOn ? "on" : "off")"
        case .denyActions(let actions):
            "deny_actions is \(actions.isEmpty ? "empty" : actions.sorted().joined(separator: "+"))"
        case .pageSize(let size): "page_size is \(size.map(String.init) ?? "off")"
        }
    }

    private static func onOff(_ name: String, _ value: String) throws(CommandProblem) -> Bool {
        switch value {
        case "on": return true
        case "off": return false
        default: throw CommandProblem("\(name) is on or off, not '\(value)'.")
        }
    }

    private static func duration(
        _ name: String, _ value: String
    ) throws(CommandProblem) -> Duration {
        guard let duration = Duration(parsing: value), duration <= .seconds(86_400) else {
            throw CommandProblem(
                "\(name) is a duration of at most a day like 250ms or 5s, not '\(value)'.")
        }
        return duration
    }

    private static func offset(_ name: String, _ value: String) throws(CommandProblem) -> Duration {
        let sign = value.first == "-" ? -1 : 1
        let digits = value.first == "-" || value.first == "+" ? value.dropFirst() : value[...]
        guard let duration = Duration(parsing: digits), duration <= .seconds(366 * 86_400) else {
            throw CommandProblem(
                "\(name) is a duration of at most a year like -6m or +1h, not '\(value)'.")
        }
        return duration * sign
    }
}
