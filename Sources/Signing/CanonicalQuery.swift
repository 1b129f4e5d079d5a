/// The query of a canonical request: parameters encoded in one way, and sorted.
struct CanonicalQuery {
    private var parameters: [Parameter] = []

    private struct Parameter: Comparable {
        var name: [UInt8]
        var value: [UInt8]

        static func < (left: Parameter, right: Parameter) -> Bool {
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value)
                : left.name.lexicographicallyPrecedes(right.name)
        }
    }

    /// Takes a query apart as it is sent: `a=1&b=%20`.
    init(_ query: String) {
        for part in Array(query.utf8).split(separator: UInt8(ascii: "&")) {
            let mark = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            add(Self.decoded(part[..<mark]), Self.decoded(part[mark...].dropFirst()))
        }
    }

    /// Adds a parameter, neither part encoded yet.
    mutating func add(_ name: some Sequence<UInt8>, _ value: some Sequence<UInt8>) {
        var parameter = Parameter(name: [], value: [])
        parameter.name.appendEncoded(name)
        parameter.value.appendEncoded(value)
        parameters.append(parameter)
    }

    /// Appends the parameters in their order.
    func append(to output: inout [UInt8]) {
        var isFirst = true
        for parameter in parameters.sorted() {
            if !isFirst { output.append(UInt8(ascii: "&")) }
            isFirst = false
            output.append(contentsOf: parameter.name)
            output.append(UInt8(ascii: "="))
            output.append(contentsOf: parameter.value)
        }
    }

    /// Resolves percent escapes; a percent sign that begins none stays.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let high = rest[rest.startIndex].hexValue,
                let low = rest[rest.startIndex + 1].hexValue
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
