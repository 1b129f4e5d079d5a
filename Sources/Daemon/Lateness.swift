import Model

/// How late checks start, for `make bench`: kept only when CREDWATCH_BENCH_LATENESS names a file.
struct Lateness {
    private(set) var microseconds: [Int32] = []

    mutating func note(_ lateness: Duration) {
        microseconds.append(Int32(clamping: lateness.nanoseconds / 1_000))
    }

    /// One line of JSON: `{"starts":N,"p50_ms":x,"p99_ms":y,"max_ms":z}`.
    func summary() -> [UInt8] {
        let sorted = microseconds.sorted()
        func milliseconds(_ share: Double) -> Double {
            guard !sorted.isEmpty else { return 0 }
            return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000
        }
        var json = JSONWriter()
        json.object { json in
            json.member("starts", sorted.count)
            json.member("p50_ms", milliseconds(0.5))
            json.member("p99_ms", milliseconds(0.99))
            json.member("max_ms", milliseconds(1))
        }
        json.finish()
        return json.bytes
    }
}
