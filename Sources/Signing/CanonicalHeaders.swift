import Model

/// The headers of a canonical request: small letters, sorted, values tidied, repeated names joined.
struct CanonicalHeaders {
    /// The names that are signed, joined by `;`.
    private(set) var signedNames: [UInt8] = []
    private var names: [UInt8] = []
    private var order: [Entry] = []

    private struct Entry {
        var name: Range<Int>
        var header: Int
    }

    /// Appends a line for each signed header, and remembers their names.
    mutating func append(_ headers: [HeaderField], to output: inout [UInt8]) {
        sort(headers)
        signedNames.removeAll(keepingCapacity: true)
        var previous: Range<Int>?
        for entry in order {
            if let previous, names[previous] == names[entry.name] {
                output.append(UInt8(ascii: ","))
            } else {
                if previous != nil {
                    output.append(UInt8(ascii: "\n"))
                    signedNames.append(UInt8(ascii: ";"))
                }
                output.append(contentsOf: names[entry.name])
                signedNames.append(contentsOf: names[entry.name])
                output.append(UInt8(ascii: ":"))
            }
            previous = entry.name
            Self.appendTidied(headers[entry.header].value, to: &output)
        }
        if previous != nil { output.append(UInt8(ascii: "\n")) }
    }

    /// Sorts by name in place; a handful of headers is fastest with the simplest method.
    private mutating func sort(_ headers: [HeaderField]) {
        names.removeAll(keepingCapacity: true)
        order.removeAll(keepingCapacity: true)
        for (index, header) in headers.enumerated() {
            let start = names.count
            for byte in header.name.utf8 { names.append(byte.lowercased) }
            let entry = Entry(name: start..<names.count, header: index)
            if Self.isUnsigned(names[entry.name]) { continue }
            var place = order.count
            while place > 0,
                names[entry.name].lexicographicallyPrecedes(names[order[place - 1].name])
            {
                place -= 1
            }
            order.insert(entry, at: place)
        }
    }

    /// Whether a header stays unsigned, because proxies and HTTP libraries change it on the way.
    private static func isUnsigned(_ name: ArraySlice<UInt8>) -> Bool {
        switch name.count {
        case 2: name.elementsEqual("te".utf8)
        case 6: name.elementsEqual("expect".utf8)
        case 7: name.elementsEqual("upgrade".utf8)
        case 10: name.elementsEqual("user-agent".utf8) || name.elementsEqual("connection".utf8)
        case 13: name.elementsEqual("authorization".utf8)
        case 15: name.elementsEqual("x-amzn-trace-id".utf8)
        case 17: name.elementsEqual("transfer-encoding".utf8)
        default: false
        }
    }

    /// Appends a value without white space around it, and with single spaces in it.
    private static func appendTidied(_ value: [UInt8], to output: inout [UInt8]) {
        // Spaces are few: what stands between them goes over as a whole.
        var isPending = false
        var isEmpty = true
        guard value.contains(where: \.isHeaderSpace) else {
            output.append(contentsOf: value)
            return
        }
        for byte in value {
            if byte.isHeaderSpace {
                isPending = !isEmpty
            } else {
                if isPending { output.append(UInt8(ascii: " ")) }
                isPending = false
                isEmpty = false
                output.append(byte)
            }
        }
    }
}
