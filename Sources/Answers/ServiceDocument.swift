package import Model

/// What an XML document of STS says: an identity, or an error.
package struct ServiceDocument: Hashable {
    package var identity: CallerIdentity?
    package var error: ServiceError?

    /// The largest value that is kept, in bytes; AWS's are far smaller.
    private static let longestValue = 4_096

    /// The elements whose text is wanted.
    private enum Field {
        case account, arn, userID, code, message
    }

    /// The first text of each of them.
    private struct Values {
        var account, arn, userID, code, message: String?

        mutating func set(_ field: Field, to text: [UInt8]) {
            switch field {
            case .account: account = account ?? ServiceDocument.value(text)
            case .arn: arn = arn ?? ServiceDocument.value(text)
            case .userID: userID = userID ?? ServiceDocument.value(text)
            case .code: code = code ?? ServiceDocument.value(text)
            case .message: message = message ?? ServiceDocument.value(text)
            }
        }
    }

    /// Reads a document by the names of its elements; whatever else stands in it is passed over.
    package init(_ body: [UInt8]) {
        if let plain = CallerIdentity(plainly: body) {
            self.init(identity: plain)
        } else {
            self.init(scanning: body)
        }
    }

    private init(identity: CallerIdentity) {
        self.identity = identity
    }

    init(scanning body: [UInt8]) {
        var scanner = XMLScanner(body)
        var depth = 0
        var container: (depth: Int, isError: Bool)?
        var field: Field?
        var text: [UInt8] = []
        var values = Values()
        while let token = scanner.next() {
            switch token {
            case .start(let name, let isEmpty):
                depth += 1
                if let container {
                    if depth == container.depth + 1 {
                        field = Self.field(name, isError: container.isError, in: scanner)
                        text.removeAll(keepingCapacity: true)
                    }
                } else if scanner.range(name, is: "GetCallerIdentityResult") {
                    container = (depth, false)
                } else if scanner.range(name, is: "Error") {
                    container = (depth, true)
                }
                guard isEmpty else { continue }
                fallthrough
            case .end:
                if let open = container, depth == open.depth + 1, let wanted = field {
                    values.set(wanted, to: text)
                    field = nil
                } else if let open = container, depth <= open.depth {
                    container = nil
                }
                depth = max(depth - 1, 0)
            case .text(let range):
                guard field != nil, text.count < Self.longestValue else { continue }
                scanner.appendText(Self.clipped(range), to: &text)
            case .literal(let range):
                guard field != nil, text.count < Self.longestValue else { continue }
                text.append(contentsOf: body[Self.clipped(range)])
            }
        }
        if let account = values.account, let arn = values.arn, let userID = values.userID,
            !account.isEmpty, !arn.isEmpty
        {
            let found = CallerIdentity(account: account, arn: arn, userID: userID)
            if found.hasItsForm { identity = found }
        }
        if let code = values.code {
            error = ServiceError(checkedCode: code, message: values.message ?? "")
        }
    }

    private static func field(_ name: Range<Int>, isError: Bool, in scanner: XMLScanner) -> Field? {
        if isError {
            if scanner.range(name, is: "Code") { return .code }
            return scanner.range(name, is: "Message") ? .message : nil
        }
        if scanner.range(name, is: "Arn") { return .arn }
        if scanner.range(name, is: "UserId") { return .userID }
        return scanner.range(name, is: "Account") ? .account : nil
    }

    private static func clipped(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound..<min(range.upperBound, range.lowerBound + longestValue)
    }

    private static func value(_ text: [UInt8]) -> String {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        guard let first = text.firstIndex(where: { !isBlank($0) }),
            let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        // Values go into logs and files: one line, whatever the server sent.
        let isOneLine = text[first...last].withUnsafeBufferPointer { line in
            line.reduce(0 as UInt8) { $0 | ($1 <= 0x1F || $1 == 0x7F ? 1 : 0) } == 0
        }
        if isOneLine { return String(decoding: text[first...last], as: UTF8.self) }
        return String(
            decoding: text[first...last].map { isBlank($0) || $0 == 0x7F ? 0x20 : $0 },
            as: UTF8.self)
    }
}

extension ServiceError {
    /// The longest code that is believed; AWS's longest has about 50 characters.
    private static let longestCode = 128

    /// Makes an error of a code that looks like one of AWS's, or nothing.
    package init?(checkedCode code: String, message: String) {
        guard !code.isEmpty, code.utf8.count <= Self.longestCode,
            code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") })
        else { return nil }
        self.init(code: code, message: message)
    }
}
