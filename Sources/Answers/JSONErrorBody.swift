import FoundationEssentials
package import Model

/// AWS's errors in JSON, as its other protocols and some gateways write them.
///
/// `{"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "…"}`, or
/// `{"Error": {"Code": "…", "Message": "…"}}`.
package struct JSONErrorBody: Decodable {
    package private(set) var error: ServiceError?

    package init(from decoder: any Decoder) throws {
        guard let object = try? decoder.container(keyedBy: Key.self) else { return }
        let inner = try? object.nestedContainer(keyedBy: Key.self, forKey: .error)
        let fields = inner ?? object
        func text(_ keys: Key...) -> String? {
            keys.lazy.compactMap { try? fields.decode(String.self, forKey: $0) }.first
        }
        guard let name = text(.type, .code, .capitalCode) else { return }
        // A namespace before the name and a URL behind it are no part of the code.
        let code = name.split(separator: "#").last?.split(separator: ":").first ?? ""
        let message = (text(.message, .capitalMessage) ?? "").prefix(4_096)
        error = ServiceError(
            checkedCode: String(code),
            message: String(
                String.UnicodeScalarView(
                    message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 })))
    }

    /// Decodes a body that may be JSON; nil when it is not.
    package static func decoded(_ body: [UInt8]) -> JSONErrorBody? {
        guard body.first(where: { $0 > 0x20 }).map({ $0 == 0x7B || $0 == 0x5B }) ?? false
        else { return nil }
        return try? JSONDecoder().decode(JSONErrorBody.self, from: Data(body))
    }

    private enum Key: String, CodingKey {
        case type = "__type"
        case code
        case capitalCode = "Code"
        case message
        case capitalMessage = "Message"
        case error = "Error"
    }
}
