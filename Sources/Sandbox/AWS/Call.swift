package import Model

/// One call that the sandbox answered.
package struct Call: Sendable, Hashable {
    /// By the sandbox's clock.
    package var at: WallTime
    package var requestID: String
    package var service: Service
    /// The parameter `Action`, whether it exists or not.
    package var action: String
    /// From the credential scope; nil when the request was not that far understood.
    package var region: String?
    package var accessKeyID: String?
    /// AWS's code; nil for a call that succeeded.
    package var errorCode: String?
    package var httpStatus = 0
}

extension WallTime {
    /// The time as HTTP's `Date` has it: `Sun, 22 Nov 2026 14:03:10 GMT`.
    var httpDate: String {
        let date = CalendarDate(self)
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        // 1970-01-01 was a Thursday.
        let count = (seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400
        let day = days[Int(((count + 4) % 7 + 7) % 7)]
        let number = date.day < 10 ? "0\(date.day)" : "\(date.day)"
        return "\(day), \(number) \(months[date.month - 1]) \(rfc3339.prefix(4)) \(timeOfDay) GMT"
    }
}
