import Glibc
import Model

@testable import Processes

/// Makes a command that runs a shell script.
func shell(
    _ script: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"],
    input: [UInt8] = [], timeLimit: Duration = .seconds(30), grace: Duration = .seconds(5),
    outputLimit: Int = 65_536
) -> Command {
    Command(
        arguments: ["/bin/sh", "-c", script], environment: environment, input: input,
        timeLimit: timeLimit, grace: grace, outputLimit: outputLimit)
}

/// Whether a process lives; a zombie does not.
func isAlive(_ pid: Int32) -> Bool {
    ProcessStat(pid).map { !$0.isDead } ?? false
}

/// The numbers that a script wrote, one on each line.
func numbers(_ output: CapturedOutput) -> [Int32] {
    output.text.split(separator: "\n").compactMap { Int32($0) }
}
