package import Model

/// Where the two shared files are; nil when no home directory is known and nothing names the file.
package struct SharedFilePaths: Sendable, Hashable {
    package var credentials: Sourced<String>?
    package var config: Sourced<String>?

    package init(credentials: Sourced<String>?, config: Sourced<String>?) {
        self.credentials = credentials
        self.config = config
    }

    /// Finds the files: credwatch.yaml, then the environment, then the home directory.
    package init(_ environment: AWSEnvironment, _ overrides: AWSOverrides = AWSOverrides()) {
        func path(
            _ override: Sourced<String>?, _ variable: String, _ name: String
        ) -> Sourced<String>? {
            if let path = override ?? environment[variable] {
                return Sourced(environment.expand(path.value), from: path.provenance)
            }
            guard environment.home != nil else { return nil }
            return Sourced(
                environment.expand("~/.aws/\(name)"), from: .builtIn("in the home directory"))
        }
        credentials = path(
            overrides.credentialsFile, "AWS_SHARED_CREDENTIALS_FILE", "credentials")
        config = path(overrides.configFile, "AWS_CONFIG_FILE", "config")
    }
}
