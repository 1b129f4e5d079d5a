import CCrypto
import Glibc

/// What is right or wrong with the certificate of a test server.
package enum TestCertificate: String, Sendable, CaseIterable {
    /// For 127.0.0.1, localhost and all hosts of amazonaws.com that have a region.
    case valid
    case wrongHost
    case selfSigned
    case expired
}

/// A failed call of libcrypto or libssl, by its name.
struct CertificateFailure: Error {
    var call: String
}

/// A certificate authority that test servers share; its file goes with the last of them.
final class TestAuthority: @unchecked Sendable {
    // Unchecked: nothing changes these after the start, but an OpaquePointer cannot say so.
    fileprivate let key: OpaquePointer
    fileprivate let certificate: OpaquePointer
    /// The authority's certificate in PEM.
    let file: String

    init() throws {
        key = try made("EC key", credwatch_new_p256_key())
        certificate = try makeCertificate(
            subject: "credwatch test authority", key: key, issuer: nil, issuerKey: key,
            extensions: [(NID_basic_constraints, "critical,CA:TRUE")])
        file = try write(certificate)
    }

    deinit {
        unlink(file)
        EVP_PKEY_free(key)
        X509_free(certificate)
    }
}

/// A server certificate, made for one test server.
final class TestCertificates: @unchecked Sendable {
    // Unchecked: libssl's contexts are made for sharing, but an OpaquePointer cannot say so.
    private let context: OpaquePointer

    init(_ kind: TestCertificate, of authority: TestAuthority) throws {
        // A client that hangs up in the handshake must not end the tests' process.
        signal(SIGPIPE, SIG_IGN)
        let key = try made("EC key", credwatch_new_p256_key())
        let names =
            kind == .wrongHost
            ? "DNS:elsewhere.example"
            : "DNS:localhost,IP:127.0.0.1,DNS:sts.amazonaws.com,DNS:*.us-east-1.amazonaws.com,"
                + "DNS:sts.eu-west-1.amazonaws.com,DNS:*.sts.eu-west-1.vpce.amazonaws.com"
        let certificate = try makeCertificate(
            subject: "credwatch test server", key: key,
            issuer: kind == .selfSigned ? nil : authority.certificate,
            issuerKey: kind == .selfSigned ? key : authority.key,
            extensions: [(NID_subject_alt_name, names)],
            endsIn: kind == .expired ? -86_400 : 86_400)
        defer {
            EVP_PKEY_free(key)
            X509_free(certificate)
        }
        context = try made("SSL_CTX", SSL_CTX_new(TLS_server_method()))
        guard SSL_CTX_use_certificate(context, certificate) == 1,
            SSL_CTX_use_PrivateKey(context, key) == 1
        else { throw CertificateFailure(call: "SSL_CTX_use_certificate") }
    }

    /// Shakes hands on a connection; nil when that fails.
    func accept(_ descriptor: Int32) -> OpaquePointer? {
        guard let tls = SSL_new(context) else { return nil }
        guard SSL_set_fd(tls, descriptor) == 1, SSL_accept(tls) == 1 else {
            SSL_free(tls)
            return nil
        }
        return tls
    }

    deinit { SSL_CTX_free(context) }
}

private func makeCertificate(
    subject: String, key: OpaquePointer, issuer: OpaquePointer?, issuerKey: OpaquePointer,
    extensions: [(nid: Int32, value: String)], endsIn seconds: Int = 86_400
) throws -> OpaquePointer {
    let certificate = try made("certificate", X509_new())
    X509_set_version(certificate, 2)
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), Int.random(in: 1...Int(Int32.max)))
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * 86_400)
    X509_gmtime_adj(X509_getm_notAfter(certificate), seconds)
    X509_set_pubkey(certificate, key)
    let name = X509_get_subject_name(certificate)
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, subject, -1, -1, 0)
    X509_set_issuer_name(certificate, issuer.map { X509_get_subject_name($0) } ?? name)
    for (nid, value) in extensions {
        let item = try made(
            "extension", credwatch_new_extension(issuer ?? certificate, certificate, nid, value)
        )
        X509_add_ext(certificate, item, -1)
        X509_EXTENSION_free(item)
    }
    guard X509_sign(certificate, issuerKey, EVP_sha256()) > 0 else {
        throw CertificateFailure(call: "X509_sign")
    }
    return certificate
}

private func write(_ certificate: OpaquePointer) throws -> String {
    var path = Array("/tmp/credwatch-test-ca-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0, let file = fdopen(descriptor, "w") else {
        throw CertificateFailure(call: "mkstemp")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    defer { fclose(file) }
    guard PEM_write_X509(file, certificate) == 1 else {
        throw CertificateFailure(call: "PEM_write_X509")
    }
    return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

private func made(_ what: String, _ pointer: OpaquePointer?) throws -> OpaquePointer {
    guard let pointer else { throw CertificateFailure(call: what) }
    return pointer
}
