/// A header of a request: a name, and its value as bytes.
///
/// Values may be secret (`X-Amz-Security-Token`, `Authorization`), so a description shows the name only.
package struct HeaderField: Sendable, Hashable {
    /// As it goes on the wire; compared without regard to case.
    package var name: String
    package var value: [UInt8]

    package init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(name, Array(value.utf8))
    }

    /// Who asks: `User-Agent: credwatch/0.4.0`.
    package static let userAgent = HeaderField("User-Agent", "credwatch/\(credwatchVersion)")
}

extension HeaderField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(name): <\(value.count) bytes>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
