package import Model
import Synchronization

/// A signer of requests by AWS Signature Version 4 (AWS4-HMAC-SHA256).
///
/// Pure but for a small cache of derived keys: it reads no clock and no environment. It may be shared
/// between threads; nothing that prints or dumps it shows key material.
package final class Signer: Sendable, CustomReflectable {
    private let state: Mutex<SigningState>

    /// Makes a signer that remembers at most as many derived keys as given, of one day.
    package init(keyLimit: Int = 1_024) {
        state = Mutex(SigningState(keyLimit: keyLimit))
    }

    func withState<Result>(_ body: (inout sending SigningState) -> sending Result) -> sending Result
    {
        state.withLock(body)
    }

    package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }

    /// Signs a request in its headers.
    ///
    /// Returns the headers to add, in the order in which they should be sent: `X-Amz-Date` unless the
    /// request has a date, `X-Amz-Content-Sha256` if asked for, `X-Amz-Security-Token` with a token
    /// that the request does not have yet, and `Authorization`. Everything else must be sent as given.
    package func sign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        options: SigningOptions = SigningOptions()
    ) -> [HeaderField] {
        state.withLock {
            $0.sign(request, scope: scope, credentials: credentials, options: options).added
        }
    }

    /// Signs a request in its query, good for a number of seconds.
    ///
    /// Returns the whole query to send. The body's hash is part of the signature.
    package func presign(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        expires seconds: Int, options: SigningOptions = SigningOptions()
    ) -> String {
        state.withLock {
            $0.presign(
                request, scope: scope, credentials: credentials, expires: seconds,
                options: options
            ).query
        }
    }

    /// Returns what ``sign(_:scope:credentials:options:)`` computes on its way; it holds the session
    /// token and is for tests, never for a log.
    package func trace(
        _ request: SigningRequest, scope: SigningScope, credentials: SigningCredentials,
        options: SigningOptions = SigningOptions(), expires seconds: Int? = nil
    ) -> (canonicalRequest: String, stringToSign: String, signature: String) {
        state.withLock { state in
            let signature =
                if let seconds {
                    state.presign(
                        request, scope: scope, credentials: credentials, expires: seconds,
                        options: options
                    ).signature
                } else {
                    state.sign(
                        request, scope: scope, credentials: credentials, options: options
                    ).signature
                }
            return (
                String(decoding: state.text, as: UTF8.self),
                String(decoding: state.stringToSign, as: UTF8.self),
                String(decoding: signature, as: UTF8.self)
            )
        }
    }
}
