package import Model

/// Something that takes the entries that people and log readers should see.
package protocol Journal: Sendable {
    /// Takes an entry and returns at once, whatever the reader does.
    func write(_ entry: JournalEntry)

    /// Waits until all that was written so far is delivered, at most this long.
    func flush(within limit: Duration)

    /// Whether the reader takes entries, and what waits or was dropped.
    var status: JournalStatus { get }

    /// Calls a function, on any thread, whenever the reader goes away or comes back.
    func onChange(_ body: @escaping @Sendable () -> Void)
}

/// Where the entries should go, as the command line names it.
package enum JournalTarget: String, Sendable, Hashable, CaseIterable {
    /// The journal when standard error is connected to it, else standard error.
    case auto
    case journal
    /// Readable lines on standard error.
    case stderr
}

/// Makes the journal for a target.
///
/// `auto` asks the variable JOURNAL_STREAM, by which systemd tells a service that its standard error
/// is the journal; that it names this very stream is checked, because children inherit the variable.
/// Without a listening journal the lines go to standard error, and for `journal` the first says so.
package func chooseJournal(
    target: JournalTarget, variable: (String) -> String? = environmentVariable
) -> any Journal {
    switch target {
    case .auto:
        return streamIsJournal(variable("JOURNAL_STREAM"), descriptor: 2) && journalIsPresent()
            ? JournaldJournal() : TerminalJournal(variable: variable)
    case .stderr: return TerminalJournal(variable: variable)
    case .journal:
        if journalIsPresent() { return JournaldJournal() }
        let journal = TerminalJournal(variable: variable)
        journal.write(
            JournalEntry(
                .internalProblem, .warning,
                "no journal listens at \(journalSocket); entries go to standard error instead"))
        return journal
    }
}
