/// A place in a text file: path, and line and column counted from 1.
///
/// Column 0 means that the whole line is meant, line 0 the whole file.
package struct SourceLocation: Sendable, Hashable {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }
}

extension SourceLocation: CustomStringConvertible {
    /// `file:line:column`, as compilers and editors write it.
    package var description: String {
        if line == 0 { return file }
        return column > 0 ? "\(file):\(line):\(column)" : "\(file):\(line)"
    }
}

/// Where a value came from.
package enum Provenance: Sendable, Hashable {
    /// A property of a shared AWS file.
    case file(SourceLocation)
    /// A variable of the environment that was looked at: credwatch's own, or that of somebody named
    /// like `the environment of app.service`.
    case environment(variable: String, of: String? = nil)
    /// A setting of credwatch.yaml.
    case configuration(SourceLocation)
    /// Nobody set it; the sentence says what the default rests on.
    case builtIn(String)
}

extension Provenance: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let location), .configuration(let location): location.description
        case .environment(let variable, nil): "environment variable \(variable)"
        case .environment(let variable, let owner?): "\(variable) in \(owner)"
        case .builtIn(let reason): reason
        }
    }
}

/// A value together with where it came from.
package struct Sourced<Value: Sendable>: Sendable {
    package var value: Value
    package var provenance: Provenance

    package init(_ value: Value, from provenance: Provenance) {
        self.value = value
        self.provenance = provenance
    }
}

extension Sourced: Equatable where Value: Equatable {}
extension Sourced: Hashable where Value: Hashable {}
