package import Dispatch
import Model

/// What happens to a sandbox and when, for a demo that plays by itself: `8s:deactivate:app,20s:exit`.
package struct Timeline: Sendable, Hashable {
    package enum Action: Sendable, Hashable {
        case command(Command)
        /// The sandbox ends.
        case exit
    }

    /// One point of the timeline.
    package struct Entry: Sendable, Hashable {
        /// From the start of the timeline.
        package var after: Duration
        package var action: Action
        /// As it was written, without the time.
        package var text: String
    }

    /// In the order of time; those of the same time in the order written.
    package private(set) var entries: [Entry]

    /// Reads `DURATION:ORDER[:ARGUMENT]`, any number of them, with commas in between.
    ///
    /// Throws a sentence that names the entry and what is wrong with it.
    package init(parsing text: String) throws(CommandProblem) {
        var entries: [Entry] = []
        for part in text.split(separator: ",") {
            let fields = part.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count >= 2, let after = Duration(parsing: fields[0]) else {
                throw CommandProblem(
                    "'\(part)' is not DURATION:ORDER[:ARGUMENT], like 8s:deactivate:app.")
            }
            let argument = fields.count == 3 ? String(fields[2]) : ""
            let action: Action
            if fields[1] == "exit", argument.isEmpty {
                action = .exit
            } else {
                action = .command(try Command(verb: String(fields[1]), argument: argument))
            }
            entries.append(
                Entry(
                    after: after, action: action,
                    text: String(part.dropFirst(fields[0].count + 1))))
        }
        // A stable order by hand: sort keeps none.
        self.entries = entries.enumerated().sorted {
            ($0.element.after, $0.offset) < ($1.element.after, $1.offset)
        }.map(\.element)
    }

    /// Plays the timeline on a sandbox from now on, in order, on a serial queue.
    ///
    /// `report` gets a line for each thing that was done or could not be done.
    package func play(
        on sandbox: Sandbox, queue: DispatchQueue, report: @escaping @Sendable (String) -> Void,
        exit: @escaping @Sendable () -> Void
    ) {
        let start = DispatchTime.now()
        for entry in entries {
            let due = start + .nanoseconds(Int(entry.after.nanoseconds))
            queue.asyncAfter(deadline: due) {
                switch entry.action {
                case .exit:
                    exit()
                case .command(let command):
                    do throws(CommandProblem) {
                        let lines = try sandbox.perform(command).lines
                        report(
                            "\(entry.after.text) \(entry.text): " + lines.joined(separator: ", "))
                    } catch {
                        report("\(entry.after.text) \(entry.text): \(error.description)")
                    }
                }
            }
        }
    }
}
