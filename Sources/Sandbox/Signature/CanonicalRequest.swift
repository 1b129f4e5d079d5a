/// The canonical form of a request, computed from what came over the wire.
///
/// The rules are SigV4's for every service but S3: the path is normalized and encoded once more,
/// the query is decoded, encoded afresh and sorted.
enum CanonicalRequest {
    static func bytes(
        of request: HTTPRequest, signedHeaders: [String], signatureInQuery: Bool
    ) -> [UInt8] {
        var result = Array(request.method.utf8) + [0x0A]
        result += path(request.path) + [0x0A]
        result += query(request.query ?? [], leavingOutSignature: signatureInQuery) + [0x0A]
        for name in signedHeaders {
            result += Array(name.utf8) + [0x3A] + header(name, of: request) + [0x0A]
        }
        result += [0x0A] + Array(signedHeaders.joined(separator: ";").utf8) + [0x0A]
        // The body as it arrived, whatever x-amz-content-sha256 claims: STS and IAM sign it always.
        return result + Digest.hex(Digest.sha256(request.body))
    }

    /// Removes empty and dot segments as RFC 3986 does, and encodes all but the slashes.
    static func path(_ raw: [UInt8]) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        for segment in raw.split(separator: 0x2F) where Array(segment) != [0x2E] {
            if Array(segment) == [0x2E, 0x2E] {
                _ = segments.popLast()
            } else {
                segments.append(segment)
            }
        }
        var result: [UInt8] = []
        for segment in segments { result += [0x2F] + PercentCoding.encode(segment) }
        if result.isEmpty || raw.last == 0x2F { result.append(0x2F) }
        return result
    }

    static func query(_ raw: [UInt8], leavingOutSignature: Bool) -> [UInt8] {
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for pair in raw.split(separator: 0x26) {
            let name = pair.prefix { $0 != 0x3D }
            let encoded = (reencode(name), reencode(pair.dropFirst(name.count + 1)))
            if leavingOutSignature, encoded.0 == Array("X-Amz-Signature".utf8) { continue }
            pairs.append(encoded)
        }
        pairs.sort {
            $0.name == $1.name
                ? $0.value.lexicographicallyPrecedes($1.value)
                : $0.name.lexicographicallyPrecedes($1.name)
        }
        return Array(pairs.map { $0.name + [0x3D] + $0.value }.joined(separator: [0x26]))
    }

    private static func reencode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        // botocore sends a space of a parameter as + and signs it as %20.
        PercentCoding.encode(PercentCoding.decode(bytes, plusIsSpace: true))
    }

    /// Joins the values of a header by commas, each with its blanks collapsed.
    private static func header(_ name: String, of request: HTTPRequest) -> [UInt8] {
        let values = request.values(name).map { value in
            Array(value.split { $0 == 0x20 || $0 == 0x09 }.joined(separator: [0x20]))
        }
        return Array(values.joined(separator: [0x2C]))
    }
}
