import Glibc
import HTTP
import Model
import Probing
import Support

/// Credentials with a made-up key.
func exampleCredentials(
    key: String = "AKIAQNCLJGYSAZAAN74C", secret: String = "made/up+secret", token: String? = nil
) -> Credentials {
    Credentials(
        accessKeyID: Sourced(key, from: .builtIn("a test")),
        secretAccessKey: Sourced(Secret(secret), from: .builtIn("a test")),
        sessionToken: token.map { Sourced(Secret($0), from: .builtIn("a test")) })
}

/// The time that the system's clock shows.
@Sendable func systemTime() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
}

/// A prober with a transport of its own, which connects directly unless told otherwise.
func makeProber(_ options: CurlOptions = CurlOptions(proxy: .none)) throws -> Prober {
    Prober(transport: try CurlTransport(options), clock: systemTime)
}

extension ProbeOutcome {
    var details: AnswerDetails? {
        switch self {
        case .identity(_, let details), .refused(_, let details), .notAWS(_, let details): details
        case .failed: nil
        }
    }

    var failure: TransportFailure? {
        if case .failed(let failure) = self { failure } else { nil }
    }
}
