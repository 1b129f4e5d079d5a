import ArgumentParser
import Configuring
import Model

/// Loads a config; when it is refused, prints every problem and ends with code 78.
func loadOrExit(_ file: String) throws -> Configuration {
    switch loadConfiguration(path: file) {
    case .accepted(let configuration, _):
        return configuration
    case .refused(let problems):
        for problem in problems { complain(problem.description) }
        throw ExitCode(78)
    }
}
