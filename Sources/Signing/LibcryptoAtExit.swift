import CCrypto

/// Keeps libcrypto from taking itself apart when the process ends.
///
/// It would do so in `exit`, while another thread may still be closing its TLS connections, and that
/// thread would crash a daemon that has done everything right. To be called before any other use.
package func keepLibcryptoUntilTheEnd() {
    _ = once
}

private let once: Bool = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
