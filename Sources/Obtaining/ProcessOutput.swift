import Answers
import Model

/// What is wrong with what a program printed, as a clause after its name that repeats no value.
struct ProcessOutputProblem: Error, Hashable {
    var clause: String

    init(_ clause: String) {
        self.clause = clause
    }
}

extension Credentials {
    /// Reads what a credential process printed: a JSON object of version 1, whose names may have any
    /// letter case.
    ///
    /// `accountID` counts when the program names no account. A time of expiry that is over is no
    /// problem here: the server's clock decides.
    init(
        printed bytes: [UInt8], at place: Provenance, accountID: String? = nil
    ) throws(ProcessOutputProblem) {
        guard let start = bytes.first(where: { $0 > 0x20 }) else {
            throw ProcessOutputProblem("printed nothing")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw ProcessOutputProblem("printed bytes that are no UTF-8 text")
        }
        // Zero bytes would pass for UTF-16.
        guard !bytes.contains(0), let document = JSONValue(parsing: bytes) else {
            throw ProcessOutputProblem(
                start == UInt8(ascii: "<")
                    ? "printed what looks like an HTML page, not JSON"
                    : "printed what is not JSON")
        }
        guard document.isObject else {
            throw ProcessOutputProblem("printed JSON that is no object")
        }
        switch document.member(ignoringCase: "Version") {
        case nil: throw ProcessOutputProblem("printed no Version")
        case let version?:
            guard version.integer == 1 else {
                throw ProcessOutputProblem("printed another Version than the number 1")
            }
        }
        guard let keyID = try document.text("AccessKeyId") else {
            throw ProcessOutputProblem("printed no AccessKeyId")
        }
        guard let secret = try document.text("SecretAccessKey") else {
            throw ProcessOutputProblem("printed no SecretAccessKey")
        }
        var expiresAt: WallTime?
        if let text = try document.text("Expiration") {
            guard let time = WallTime(parsing: text) else {
                throw ProcessOutputProblem("printed an Expiration that is no RFC 3339 time")
            }
            expiresAt = time
        }
        self.init(
            accessKeyID: Sourced(keyID, from: place),
            secretAccessKey: Sourced(Secret(secret), from: place),
            sessionToken: try document.text("SessionToken").map {
                Sourced(Secret($0), from: place)
            },
            expiresAt: expiresAt.map { Sourced($0, from: place) },
            accountID: try document.text("AccountId") ?? accountID)
    }
}

extension JSONValue {
    /// A member that is a text; nil when it is missing, null or empty.
    fileprivate func text(_ name: String) throws(ProcessOutputProblem) -> String? {
        switch member(ignoringCase: name) {
        case nil, .null, .text(""): return nil
        case .text(let text): return text
        default: throw ProcessOutputProblem("printed a value for \(name) that is no text")
        }
    }
}
