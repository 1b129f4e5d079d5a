package import Model

/// AWS's errors in JSON, as its other protocols and some gateways write them.
///
/// `{"__type": "com.amazon.coral.service#ExpiredTokenException", "message": "…"}`, or
/// `{"Error": {"Code": "…", "Message": "…"}}`.
package struct JSONErrorBody {
    package private(set) var error: ServiceError?

    /// Decodes a body that may be JSON; nil when it is not.
    package static func decoded(_ body: [UInt8]) -> JSONErrorBody? {
        guard body.first(where: { $0 > 0x20 }).map({ $0 == 0x7B || $0 == 0x5B }) ?? false
        else { return nil }
        return JSONValue(parsing: body).map(JSONErrorBody.init)
    }

    private init(_ body: JSONValue) {
        let inner = body["Error"]
        let fields = if let inner, inner.isObject { inner } else { body }
        func text(_ names: String...) -> String? {
            names.lazy.compactMap { fields[$0]?.text }.first
        }
        guard let name = text("__type", "code", "Code") else { return }
        // A namespace before the name and a URL behind it are no part of the code.
        let code = name.split(separator: "#").last?.split(separator: ":").first ?? ""
        let message = (text("message", "Message") ?? "").prefix(4_096)
        error = ServiceError(
            checkedCode: String(code),
            message: String(
                String.UnicodeScalarView(
                    message.unicodeScalars.map { $0.value < 0x20 ? " " : $0 })))
    }
}
