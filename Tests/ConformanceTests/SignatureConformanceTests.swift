import Answers
import Model
import Signing
import Testing

/// Signatures, byte by byte, against the cases of the SDKs.
@Suite(.enabled(if: casesFolder != nil, "CREDWATCH_CONFORMANCE names no folder with cases"))
struct SignatureConformanceTests {
    @Test func `what an STS client needs is signed alike`() throws {
        let count = try Family("sigv4").judge { value in
            value["tags"]?.elements.contains(.text("plausible-for-sts-client")) == true
        } _: {
            difference($0)
        }
        #expect(count > 0)
    }

    private func difference(_ value: JSONValue) -> String? {
        guard let request = value["request"], let creds = value["creds"],
            let options = value["options"], let time = value["time"]?.text,
            let id = creds["access_key_id"]?.text, let secret = creds["secret_access_key"]?.secret
        else { return "the case has another form" }
        let expires = options["expires"]?.integer.map { Int($0) }
        let signing = SigningRequest(
            method: request["method"]?.text ?? "", path: request["path"]?.text ?? "/",
            query: request["query"]?.text ?? "",
            headers: (request["headers"]?.elements ?? []).map {
                HeaderField($0.elements.first?.text ?? "", $0.elements.last?.text ?? "")
            }, body: Array((request["body"]?.text ?? "").utf8))
        let credentials = SigningCredentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: creds["session_token"]?.secret)
        let scope = SigningScope(
            date: time.filter { $0 != "-" && $0 != ":" }, region: value["region"]?.text ?? "",
            service: value["service"]?.text ?? "")
        let signingOptions = SigningOptions(
            normalizesPath: options["normalize_path"]?.isTrue == true,
            encodesPath: options["double_encode_path"]?.isTrue == true,
            signsSessionToken: options["sign_session_token"]?.isTrue == true,
            addsContentHash: options["content_sha256_header"]?.isTrue == true)
        let trace = Signer().trace(
            signing, scope: scope, credentials: credentials, options: signingOptions,
            expires: value["location"]?.text == "query" ? expires : nil)
        let found = [
            "canonical_request": trace.canonicalRequest, "string_to_sign": trace.stringToSign,
            "signature": trace.signature,
        ]
        for name in ["canonical_request", "string_to_sign", "signature"] {
            if let wanted = value[name]?.text, wanted != found[name] { return "another \(name)" }
        }
        guard let wanted = value["authorization"]?.text else { return nil }
        let added = Signer().sign(
            signing, scope: scope, credentials: credentials, options: signingOptions)
        let own = added.last.map { String(decoding: $0.value, as: UTF8.self) }
        return own == wanted ? nil : "another Authorization"
    }
}
