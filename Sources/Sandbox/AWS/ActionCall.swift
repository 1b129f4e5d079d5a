import Model

/// One authenticated call of an action.
struct ActionCall: Sendable {
    var service: Service
    var action: String
    var parameters: QueryParameters
    var caller: Principal
    var identity: CallerIdentity
    var now: WallTime
    /// How many entries a list has on a page; nil puts all on one.
    var pageSize: Int?

    /// What an action writes into its result; an action without one answers with metadata alone.
    typealias Result = (inout XMLWriter) -> Void

    /// Returns a parameter, or throws that it is null; `field` is its name as AWS writes it there.
    func required(_ name: String) throws(ServiceFault) -> String {
        guard let value = parameters[name], !value.isEmpty else {
            throw .missing(name.prefix(1).lowercased() + name.dropFirst())
        }
        return value
    }

    /// Returns the page that a call wants, with the marker of the next one.
    func page<Element>(
        of list: [Element]
    ) throws(ServiceFault) -> (page: ArraySlice<Element>, next: String?) {
        var start = 0
        if let marker = parameters["Marker"] {
            guard marker.hasPrefix("after-"), let place = Int(marker.dropFirst(6)),
                list.indices.contains(place)
            else { throw .validation("Invalid Marker.") }
            start = place
        }
        let end = min(list.count, start + (pageSize ?? list.count))
        return (list[start..<end], end < list.count ? "after-\(end)" : nil)
    }

    /// Returns `DurationSeconds` within its bounds.
    func duration(
        _ allowed: ClosedRange<Int>, default standard: Int
    ) throws(ServiceFault) -> Duration {
        guard let text = parameters["DurationSeconds"] else { return .seconds(standard) }
        guard let seconds = Int(text) else {
            throw .validation("Value '\(text)' at 'durationSeconds' is not a number")
        }
        guard seconds >= allowed.lowerBound else {
            throw .constraint(
                text, at: "durationSeconds",
                "Member must have value greater than or equal to \(allowed.lowerBound)")
        }
        guard seconds <= allowed.upperBound else {
            throw .constraint(
                text, at: "durationSeconds",
                "Member must have value less than or equal to \(allowed.upperBound)")
        }
        return .seconds(seconds)
    }
}
