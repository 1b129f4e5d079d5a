package import Model

/// What a body in AWS's query protocol is, before anything in it is read.
package enum QueryAnswer: Sendable, Hashable {
    /// The answer to the action that was called.
    case answered
    case error(ServiceError)
    /// Somebody else's words.
    case foreign

    /// Looks at the outermost element: `GetUserResponse` for `GetUser`.
    package init(_ body: [UInt8], to action: String) {
        if Self.root(of: body)?.elementsEqual("\(action)Response".utf8) == true {
            self = .answered
        } else if let error = ServiceDocument(scanning: body).error
            ?? JSONErrorBody.decoded(body)?.error
        {
            self = .error(error)
        } else {
            self = .foreign
        }
    }

    /// The name of the first element; nil without one near the beginning.
    private static func root(of body: [UInt8]) -> ArraySlice<UInt8>? {
        var scanner = XMLScanner(body)
        for _ in 0..<8 {
            switch scanner.next() {
            case .start(let name, _): return scanner.bytes[name]
            case .text(let range):
                // A byte order mark may stand there.
                guard range.count <= 64 else { return nil }
            case .literal, .end, nil: return nil
            }
        }
        return nil
    }
}
