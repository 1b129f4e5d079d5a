import ArgumentParser
import Glibc
import Model
import Reporting

/// When a table has colour.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set or it is a dumb one.
    case auto
    case always, never
}

/// How `credwatch status` shows what it has read.
struct StatusLook: ParsableArguments {
    @Flag(
        name: .long,
        help:
            "List and explain everything. Default: of thousands of profiles, those in trouble first and the rest counted"
    )
    var all = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "When to use colour: auto, always or never.",
            discussion:
                "auto is on a terminal that is not dumb, and not while NO_COLOR is set. Default: auto",
            valueName: "when"))
    var color: ColorChoice = .auto

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write a page for a browser to this file, - for standard output, in place of a table.",
            discussion: "It is replaced as a whole and needs nothing else. Default: a table",
            valueName: "file"))
    var html: String?

    @Flag(
        name: .long,
        help:
            "Go on and show each change, redrawn in place on a terminal until q is pressed. Default: show it once"
    )
    var watch = false

    @Argument(
        help: ArgumentHelp(
            "With --watch, how often to look at the clock and the file at least, like 5s.",
            discussion: "A change is shown at once. Default: 1s"))
    var interval: String?

    /// How often to look when watching.
    var tick: Duration { interval.flatMap { Duration(parsing: $0) } ?? .seconds(1) }

    func validate() throws {
        if watch, html != nil {
            throw ValidationError("--watch and --html exclude each other.")
        }
        guard let interval else { return }
        guard watch else {
            throw ValidationError(
                "An interval belongs to --watch, so '\(interval)' is one word too many.")
        }
        guard let tick = Duration(parsing: interval), tick >= .milliseconds(100),
            tick <= .seconds(3_600)
        else {
            throw ValidationError(
                "'\(interval)' is no interval from 100ms to 1h, written like 5s or 1m30s.")
        }
    }

    /// How a table is to look on standard output now; of a screen of so many rows no more than fits is made.
    func style(rows: Int? = nil) -> TableStyle {
        var style = tableStyle()
        switch color {
        case .auto: break
        case .always: style.color = true
        case .never: style.color = false
        }
        style.isUnicode = localeIsUTF8()
        if all {
            style.extent = .whole
        } else if let rows {
            style.extent = TableExtent(explained: 10, listed: max(10, rows))
        } else {
            style.extent = isatty(STDOUT_FILENO) == 1 ? .screen : .pipe
        }
        return style
    }
}

/// Writes the page of a status that was read, as of now.
///
/// Ends with code 3 when it cannot be written.
func writePage(_ document: StatusDocument, to file: String, now: WallTime) throws {
    let page = renderPage(document, .snapshot(now))
    if file == "-" {
        write(page, to: STDOUT_FILENO)
        return
    }
    do {
        try StatusFile(path: file, what: "page").write(page)
    } catch {
        complain("credwatch: \(error)")
        throw ExitCode(Overall.unknown.exitCode)
    }
}
