import Glibc

/// The terminal while it shows one page that is redrawn in place.
///
/// The page is on the alternate screen, so that what was there before is there again afterwards.
struct Screen {
    struct Size {
        var rows: Int
        var columns: Int
    }

    /// Whether keys can be read.
    let hasKeys = isatty(STDIN_FILENO) == 1
    private var isEntered = false
    private var before = termios()
    private var drawn = ""

    /// Takes the screen over; or once more, after a change of its size or a stop in which a shell had it.
    mutating func enter() {
        drawn = ""
        if !isEntered, hasKeys { tcgetattr(STDIN_FILENO, &before) }
        if hasKeys {
            var raw = before
            // Keys come one by one and are not shown; those that make signals still do.
            raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
            tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        }
        write((isEntered ? "" : "\u{1B}[?1049h") + "\u{1B}[?25l\u{1B}[2J", to: STDOUT_FILENO)
        isEntered = true
    }

    /// Gives it back as it was.
    mutating func leave() {
        guard isEntered else { return }
        isEntered = false
        write("\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO)
        if hasKeys { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
    }

    /// How large it is now.
    func size() -> Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0
        else { return Size(rows: 24, columns: 80) }
        return Size(rows: Int(size.ws_row), columns: Int(size.ws_col))
    }

    /// Shows a frame, in one step where the terminal can; the same one is not sent again.
    ///
    /// Returns false when the terminal is gone.
    mutating func draw(_ frame: String) -> Bool {
        guard frame != drawn else { return true }
        drawn = frame
        let bytes = "\u{1B}[?2026h\u{1B}[H\(frame)\u{1B}[J\u{1B}[?2026l"
        return writeWhole(Array(bytes.utf8), to: STDOUT_FILENO)
    }

    /// Reads the keys that were pressed; returns whether one of them says that it is enough, or no more
    /// can come.
    func takesLeave() -> Bool {
        var keys = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &keys, keys.count)
        if count < 0 { return errno != EINTR && errno != EAGAIN }
        return count == 0 || keys.prefix(count).contains { $0 == 0x71 || $0 == 0x51 }
    }
}
