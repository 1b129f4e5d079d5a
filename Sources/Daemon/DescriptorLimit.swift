import Glibc
import Model

/// How many files the daemon may need open at the same time.
enum DescriptorLimit {
    /// Files, pipes of hooks, the control socket and its clients.
    static let base = 64
    /// A connection, and the look-up of its address.
    static let perCheck = 2

    /// Raises the soft limit as far as the hard one allows; returns why it is too low all the same.
    ///
    /// Room is made for the most checks that a later config may want.
    static func raise(forChecks inFlight: Int) -> String? {
        let needed = rlim_t(base + perCheck * inFlight)
        let wanted = rlim_t(base + perCheck * 1_024)
        let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return nil }
        if limit.rlim_cur < min(wanted, limit.rlim_max) {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = setrlimit(resource, &limit)
        }
        guard limit.rlim_cur < needed else { return nil }
        return
            "At most \(limit.rlim_cur) files may be open, and \(inFlight) checks at the same time need \(needed); raise LimitNOFILE= (`ulimit -n`) or lower max_in_flight."
    }
}
