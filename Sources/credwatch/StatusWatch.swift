import Glibc
import Model
import Reporting
import Scheduling

/// `credwatch status --watch`: the status again and again, until somebody has seen enough.
///
/// A terminal is redrawn in place at every change of the file, and as often as the interval says for the
/// times that pass. Anything else gets a block of text at each change of a state.
struct StatusWatch {
    let path: String
    let look: StatusLook
    private var seen: FileMark?
    private var contents: Result<StatusDocument, StatusReadProblem>
    private let change: FileChange
    private let signals = SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT])

    init(path: String, look: StatusLook) {
        self.path = path
        self.look = look
        change = FileChange(path: path)
        contents = .failure(.missing(path: path))
    }

    /// Watches until a signal or a key ends it; returns the exit code.
    mutating func run() -> Int32 {
        let isScreen = isatty(STDOUT_FILENO) == 1 && environment("TERM") ?? "dumb" != "dumb"
        return isScreen ? runOnScreen() : runAsText()
    }

    // MARK: - On a terminal

    private mutating func runOnScreen() -> Int32 {
        var screen = Screen()
        screen.enter()
        defer { screen.leave() }
        while true {
            read()
            guard screen.draw(frame(screen.size())) else { return 0 }
            let ready = wait(keys: screen.hasKeys)
            if ready.keys, screen.takesLeave() { return 0 }
            for signal in signals.take() {
                switch signal {
                case SIGWINCH, SIGCONT: screen.enter()
                case SIGTSTP:
                    screen.leave()
                    signals.raise(signal)
                    screen.enter()
                default:
                    screen.leave()
                    signals.raise(signal)
                }
            }
        }
    }

    private func frame(_ size: Screen.Size) -> String {
        var style = look.style(rows: size.rows)
        style.width = size.columns
        let footer = "q quits; drawn anew at each change and every \(look.tick.text)"
        return renderFrame(
            text(style, now: SystemClock.wall()), footer: footer, rows: size.rows,
            columns: size.columns)
    }

    // MARK: - To a pipe or a file

    private mutating func runAsText() -> Int32 {
        var last: StatusDigest?
        while true {
            read()
            let now = SystemClock.wall()
            let digest = StatusDigest(contents, now: now)
            if digest != last {
                last = digest
                let block = "--- \(now.rfc3339)\n\(text(look.style(), now: now))\n"
                guard writeWhole(Array(block.utf8), to: STDOUT_FILENO) else { return 0 }
            }
            if wait(keys: false).isClosed { return 0 }
            for signal in signals.take() where signal != SIGWINCH && signal != SIGCONT {
                signals.raise(signal)
            }
        }
    }

    // MARK: - Both

    private func text(_ style: TableStyle, now: WallTime) -> String {
        switch contents {
        case .success(let document): renderTable(document, style: style, now: now)
        case .failure(let problem):
            "credwatch: unknown, \(visible(redacted(problem.description)))\n"
        }
    }

    /// Reads the file when it is another one than before.
    private mutating func read() {
        // First, so that a change after this look ends the wait.
        change.begin()
        let mark = FileMark(path: path)
        if let mark, mark == seen { return }
        seen = mark
        do {
            contents = .success(try readStatus(path: path).document)
        } catch {
            contents = .failure(error)
        }
    }

    /// Waits for a change, a key, a signal, the end of whoever reads, or the interval.
    private func wait(keys: Bool) -> (keys: Bool, isClosed: Bool) {
        var list = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: change.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: keys ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0),
            // Asked for nothing, it tells only that nobody reads any more.
            pollfd(fd: STDOUT_FILENO, events: 0, revents: 0),
        ]
        let milliseconds = min(max(look.tick.inMilliseconds, 1), 3_600_000)
        guard poll(&list, nfds_t(list.count), Int32(milliseconds)) > 0 else {
            return (false, false)
        }
        change.take()
        let over = Int16(POLLERR) | Int16(POLLHUP) | Int16(POLLNVAL)
        return (list[2].revents != 0, list[3].revents & over != 0)
    }
}
