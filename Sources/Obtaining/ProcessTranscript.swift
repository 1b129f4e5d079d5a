import Model
import Processes

/// What came of a run of a credential process, fit to be told: no arguments, no secrets.
struct ProcessTranscript {
    /// How many lines of its standard error are quoted, the last ones.
    private static let mostLines = 5
    private static let longestLine = 300

    /// The program's name, or `it` in words when the command does not begin with a plain one.
    let program: String
    let output: [UInt8]
    /// Why the output does not count, as a clause.
    private(set) var failure: String?
    /// The end of its standard error.
    let said: [Evidence]

    init(of step: CredentialProcess, ending completion: Completion, limit: Duration) {
        let command = step.command.value.reveal()
        let name = Self.name(of: command)
        program = name ?? "the program"
        output = completion.standardOutput.bytes
        let lines = Self.quote(
            completion.standardError,
            hiding: Self.arguments(of: command, besides: name) + Self.secrets(of: step.environment))
        said = lines.map { [program] in .note("\(program) wrote to its standard error: \($0)") }
        let ending =
            completion.standardOutput.isTruncated
            ? "printed more than \(ProcessSource.longestOutput / 1_024) KiB"
            : Self.clause(completion.outcome, limit)
        guard let ending else { return }
        failure = "\(program) \(ending)" + (lines.last.map { ", saying: \($0)" } ?? "")
    }

    private static func clause(_ outcome: Outcome, _ limit: Duration) -> String? {
        switch outcome {
        case .exited(code: 0): nil
        case .exited(let code): "ended with exit code \(code)"
        case .killed(let signal): "was killed by signal \(signal)"
        case .timedOut: "did not end within \(limit.text)"
        case .interrupted: "was ended, because credwatch stops or the check was given up"
        case .notStarted(let failure): "could not be started: \(failure)"
        case .statusLost: "ended in a way that cannot be told"
        }
    }

    /// Returns the name of the program that a command line begins with; nil when that is not plain to see.
    static func name(of command: String) -> String? {
        let first = command.split(separator: " ", maxSplits: 1).first ?? ""
        let name = first.split(separator: "/").last ?? ""
        let isPlain = name.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "._-".utf8.contains($0)
        }
        return isPlain && !name.isEmpty && name.utf8.count <= 64 ? String(name) : nil
    }

    /// Returns the words of a command line that may be secret: neither its program nor names of options.
    private static func arguments(of command: String, besides name: String?) -> [String] {
        command.split { " \t\r\n'\"`=;|&()<>{}[],".contains($0) }.map(String.init)
            .filter { $0.utf8.count >= 4 && !$0.hasPrefix("-") && $0 != name }
            .filter { name == nil || !$0.hasSuffix("/" + (name ?? "")) }
    }

    private static func secrets(of environment: AWSEnvironment) -> [String] {
        environment.variables.filter { name, value in
            ["SECRET", "TOKEN", "PASS", "KEY", "CREDENTIAL"].contains {
                name.uppercased().holds($0)
            } && value.utf8.count >= 8
        }.map(\.value)
    }

    private static func quote(_ output: CapturedOutput, hiding words: [String]) -> [String] {
        let words = words.map { Array($0.utf8) }.sorted { $0.count > $1.count }
        var redactor = Redactor(longest: longestLine)
        let lines = output.bytes.split(separator: 0x0A)
        return Array(
            lines.enumerated().map { index, line in
                redactor.presentable(
                    String(decoding: hide(words, in: line), as: UTF8.self),
                    isCut: output.isTruncated && index == lines.count - 1)
            }.filter { !$0.utf8.allSatisfy { $0 == 0x20 } }.suffix(mostLines))
    }

    /// Returns a line with every whole word of these replaced.
    private static func hide(_ words: [[UInt8]], in line: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var rest = line
        while let byte = rest.first {
            let isStart = output.last.map { !isWordByte($0) } ?? true
            let found =
                isStart
                ? words.first {
                    rest.starts(with: $0)
                        && !(rest.dropFirst($0.count).first.map(isWordByte) ?? false)
                } : nil
            if let found {
                output += Redactor.mark.utf8
                rest = rest.dropFirst(found.count)
            } else {
                output.append(byte)
                rest = rest.dropFirst()
            }
        }
        return output
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte)
    }
}
