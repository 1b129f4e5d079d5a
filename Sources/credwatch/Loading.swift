import ArgumentParser
import Configuring
import Model

/// Loads a config; when it is refused, prints every problem and ends with code 78.
func loadOrExit(_ file: String) throws -> Configuration {
    switch loadConfiguration(path: file) {
    case .success(let loaded):
        return loaded.configuration
    case .failure(let refused):
        for problem in refused.problems { complain(problem.description) }
        throw ExitCode(78)
    }
}
