/// The path of a canonical request.
enum CanonicalPath {
    /// Appends the path in its canonical form, as the options want it.
    static func append(_ path: String, options: SigningOptions, to output: inout [UInt8]) {
        let bytes = Array(path.utf8)
        guard bytes.contains(where: { $0 != UInt8(ascii: "/") }) || !options.normalizesPath else {
            output.append(UInt8(ascii: "/"))
            return
        }
        let kept = options.normalizesPath ? normalized(bytes) : bytes
        if kept.first != UInt8(ascii: "/") { output.append(UInt8(ascii: "/")) }
        for byte in kept {
            switch byte {
            case UInt8(ascii: "/"): output.append(byte)
            // Encoded by whoever made the path.
            case UInt8(ascii: "%") where !options.encodesPath: output.append(byte)
            default: output.appendEncoded(byte)
            }
        }
    }

    /// Removes empty and dot segments; a slash at the end stays.
    private static func normalized(_ path: [UInt8]) -> [UInt8] {
        var kept: [ArraySlice<UInt8>] = []
        let segments = path.split(separator: UInt8(ascii: "/"))
        for segment in segments {
            if segment.elementsEqual("..".utf8) {
                _ = kept.popLast()
            } else if !segment.elementsEqual(".".utf8) {
                kept.append(segment)
            }
        }
        var result: [UInt8] = [UInt8(ascii: "/")]
        result.append(contentsOf: kept.joined(separator: [UInt8(ascii: "/")]))
        let isFolder =
            path.last == UInt8(ascii: "/") || segments.last.map { $0.allSatisfy(isDot) } ?? false
        if isFolder, !kept.isEmpty { result.append(UInt8(ascii: "/")) }
        return result
    }

    private static func isDot(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") }
}
