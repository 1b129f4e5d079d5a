/// The parameters of a query string or of a form, decoded.
struct QueryParameters: Sendable {
    /// In the order of arrival; a name may come twice.
    private(set) var pairs: [(name: String, value: String)] = []

    /// How many parameters are taken; the rest of the text belongs to the last.
    static let limit = 1_000

    init() {}

    /// Decodes `a=b&c=d`; `+` stands for a space, invalid UTF-8 is replaced.
    init(decoding bytes: some Collection<UInt8>) {
        for pair in bytes.split(separator: 0x26, maxSplits: Self.limit) {
            let equals = pair.firstIndex(of: 0x3D)
            let name = pair[..<(equals ?? pair.endIndex)]
            let value = equals.map { pair[pair.index(after: $0)...] } ?? pair[pair.endIndex...]
            pairs.append((Self.text(name), Self.text(value)))
        }
    }

    /// The first value of a name.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    /// Adds the parameters of another part of the same request.
    mutating func append(_ other: QueryParameters) {
        pairs += other.pairs
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: PercentCoding.decode(bytes, plusIsSpace: true), as: UTF8.self)
    }
}
