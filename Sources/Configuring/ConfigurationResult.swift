package import Model

/// What reading a config came to.
package enum ConfigurationResult: Sendable, Hashable {
    /// The config can be used; the warnings are for the operator.
    case accepted(Configuration, warnings: [ConfigurationProblem])
    /// The config is refused; at least one of the problems is an error.
    case refused([ConfigurationProblem])

    /// The config, if it can be used.
    package var configuration: Configuration? {
        guard case .accepted(let configuration, _) = self else { return nil }
        return configuration
    }

    /// All problems in the order of the text: errors, warnings or both.
    package var problems: [ConfigurationProblem] {
        switch self {
        case .accepted(_, let warnings): warnings
        case .refused(let problems): problems
        }
    }
}
