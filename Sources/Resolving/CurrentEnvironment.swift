import Glibc
package import Model

extension AWSEnvironment {
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
