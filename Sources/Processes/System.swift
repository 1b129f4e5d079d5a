import CClock
import Glibc
package import Model

/// Returns the system's own text for an `errno`.
func systemText(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
}

/// Returns what the bare text of a failed execution does not say, as a clause with its own comma.
func hint(_ code: Int32, _ path: String) -> String {
    switch code {
    case ENOEXEC: ", a script needs a first line like #!/bin/sh"
    case ENOENT where access(path, F_OK) == 0: ", the interpreter in its first line is missing"
    default: ""
    }
}

extension Instant {
    /// Reads both clocks.
    package static func now() -> Instant {
        Instant(
            moment: Moment(nanoseconds: credwatch_clock(CLOCK_BOOTTIME)),
            wall: WallTime(nanoseconds: credwatch_clock(CLOCK_REALTIME)))
    }
}
