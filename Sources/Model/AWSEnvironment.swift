/// The environment that a process sees: its variables, and the home directory of its user.
///
/// A value, so that the environment of another process can be looked at in the same way.
package struct AWSEnvironment: Sendable, Hashable {
    package var variables: [String: String]
    /// The home directory that the password database names; it counts when HOME is not set.
    package var passwordHome: String?
    /// The user that the environment's process runs as; nil for the one that credwatch runs as.
    package var user: UInt32?
    /// Whose environment it is, for a sentence: `the environment of app.service`; nil for our own.
    package var owner: String?
    /// Where each variable is set, if a file sets them.
    package var locations: [String: SourceLocation]

    package init(
        variables: [String: String], passwordHome: String? = nil, user: UInt32? = nil,
        owner: String? = nil, locations: [String: SourceLocation] = [:]
    ) {
        self.variables = variables
        self.passwordHome = passwordHome
        self.user = user
        self.owner = owner
        self.locations = locations
    }

    /// A variable with its provenance; an empty or blank one counts as not set, as in the SDKs.
    package subscript(name: String) -> Sourced<String>? {
        guard let value = variables[name],
            !value.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 })
        else { return nil }
        let place = locations[name].map { "environment file \($0)" } ?? owner
        return Sourced(value, from: .environment(variable: name, of: place))
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
}

extension AWSEnvironment: CustomStringConvertible, CustomReflectable {
    /// Names no value: some of them are secrets.
    package var description: String { "an environment of \(variables.count) variables" }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
