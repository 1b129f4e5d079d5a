import Glibc
package import Model

/// The environment that a process sees: its variables, and the home directory of its user.
///
/// A value, so that the environment of another process can be looked at in the same way.
package struct AWSEnvironment: Sendable, Hashable {
    package var variables: [String: String]
    /// The home directory that the password database names; it counts when HOME is not set.
    package var passwordHome: String?

    package init(variables: [String: String], passwordHome: String? = nil) {
        self.variables = variables
        self.passwordHome = passwordHome
    }

    /// A variable with its provenance; an empty or blank one counts as not set, as in the SDKs.
    package subscript(name: String) -> Sourced<String>? {
        guard let value = variables[name], !value.utf8.allSatisfy({ isBlank($0) }) else {
            return nil
        }
        return Sourced(value, from: .environment(variable: name))
    }

    /// The home directory: HOME, or that of the password database.
    package var home: String? {
        self["HOME"]?.value ?? passwordHome
    }

    /// Puts the home directory in place of a leading `~`; without one the path stays as it is.
    package func expand(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home else { return path }
        let base = home.hasSuffix("/") ? String(home.dropLast()) : home
        return base + path.dropFirst()
    }

    /// Reads the environment of this process.
    package static func current() -> AWSEnvironment {
        var variables: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return AWSEnvironment(
            variables: variables, passwordHome: PasswordEntry(uid: geteuid())?.home)
    }
}

extension AWSEnvironment: CustomStringConvertible, CustomReflectable {
    /// Names no value: some of them are secrets.
    package var description: String { "an environment of \(variables.count) variables" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

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
