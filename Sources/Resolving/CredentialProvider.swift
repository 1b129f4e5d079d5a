package import Model

/// Whatever carries out a step of a plan: the seam behind which files, processes and requests are.
package protocol CredentialProvider: Sendable {
    /// Carries out one step with the credentials of the step before it, if there is one.
    func credentials(
        for step: Plan.Step, with base: Credentials?
    ) async throws(ResolveProblem) -> Credentials
}

/// The provider of what needs neither a request nor a process.
package struct StaticCredentialProvider: CredentialProvider {
    package init() {}

    package func credentials(
        for step: Plan.Step, with base: Credentials?
    ) async throws(ResolveProblem) -> Credentials {
        switch step {
        case .keys(let credentials): credentials
        }
    }
}
