import CSystemd
import Glibc
package import Model

/// A journal that hands entries with their fields to systemd-journald, by libsystemd.
///
/// `MESSAGE`, `MESSAGE_ID`, `PRIORITY`, `SYSLOG_IDENTIFIER`, `CREDWATCH_EVENT` and the entry's own fields.
/// A value is cut at 8 KiB; line feeds stay, as the protocol's binary framing allows, other control
/// characters are made visible, because `journalctl` shows a value that has one as a blob.
///
/// A journald that has stopped takes what its socket has room for, and then holds up nobody but the queue
/// of the backlog; one that is gone is tried again until it is back. What came late says so, since the
/// journal gives it the time at which it arrived.
package final class JournaldJournal: Journal {
    private let backlog: Backlog

    /// Makes a journal that keeps at most `limit` entries while journald takes none.
    package init(limit: Int = 1_000) {
        backlog = Backlog(label: "credwatch.journal", limit: limit) { send(dated($0)) }
    }

    package func write(_ entry: JournalEntry) {
        backlog.add(entry)
    }

    package func flush(within limit: Duration) {
        backlog.flush(within: limit)
    }

    package var status: JournalStatus { backlog.status }

    package func onChange(_ body: @escaping @Sendable () -> Void) {
        backlog.onChange(body)
    }
}

/// The longest value of a field, in bytes.
private let longestValue = 8_192
private let mostFields = 64

/// Returns an entry that says when it was written, if that was not just now.
func dated(_ item: Backlog.Item, at time: Duration = uptime()) -> JournalEntry {
    guard time - item.uptime >= Backlog.patience else { return item.entry }
    var entry = item.entry
    entry.message += " (of \(item.time.rfc3339), delivered late)"
    entry.fields.append(JournalEntry.Field("CREDWATCH_WRITTEN_AT", item.time.rfc3339))
    return entry
}

/// Sends one entry, waiting for journald when its socket is full.
private func send(_ entry: JournalEntry) -> Backlog.Delivery {
    // libsystemd says success when there is no socket to send to.
    guard access(journalSocket, F_OK) == 0 else { return .away }
    var buffer: [UInt8] = []
    var ranges: [Range<Int>] = []
    for (name, value) in lines(of: redacted(entry)) {
        let start = buffer.count
        buffer.append(contentsOf: name.utf8)
        buffer.append(0x3D)
        buffer.append(contentsOf: value.utf8)
        ranges.append(start..<buffer.count)
    }
    return buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return .refused }
        let vectors = ranges.map {
            iovec(iov_base: base + $0.lowerBound, iov_len: $0.count)
        }
        while true {
            let result = credwatch_journal_sendv(vectors, Int32(vectors.count))
            if result != -EINTR { return delivery(result) }
        }
    }
}

/// What libsystemd's answer, 0 or a negative `errno`, says about an entry.
func delivery(_ result: Int32) -> Backlog.Delivery {
    switch -result {
    case 0: .delivered
    // Nobody listens, or the machine has nothing left to send with: no fault of the entry.
    case ECONNREFUSED, ENOENT, ENOTCONN, ECONNRESET, EPIPE, EACCES, EPERM, EAGAIN, ENOBUFS, ENOMEM,
        EMFILE, ENFILE:
        .away
    default: .refused
    }
}

/// Returns the fields of an entry as the journal gets them, the fixed ones first.
func lines(of entry: JournalEntry) -> [(name: String, value: String)] {
    let fixed = [
        ("MESSAGE", entry.message),
        ("MESSAGE_ID", entry.kind.messageID),
        ("PRIORITY", String(entry.priority.rawValue)),
        ("SYSLOG_IDENTIFIER", "credwatch"),
        // 3 is what syslog calls a system daemon.
        ("SYSLOG_FACILITY", "3"),
        ("CREDWATCH_EVENT", entry.kind.rawValue),
    ]
    let own = entry.fields.prefix(mostFields).map { ($0.name, $0.value) }
    return (fixed + own.filter { isFieldName($0.0) }).map { ($0.0, sendable($0.1)) }
}

private func sendable(_ value: String) -> String {
    bounded(visible(value, keepingLines: true), bytes: longestValue)
}

/// Tells whether the journal takes a name: capitals, digits and `_`, at most 64, a letter first.
private func isFieldName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first >= 0x41, first <= 0x5A, name.utf8.count <= 64 else {
        return false
    }
    return name.utf8.allSatisfy {
        ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
    }
}
