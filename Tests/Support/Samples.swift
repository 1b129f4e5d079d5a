package import Model

/// Values for tests: every time hangs on one made-up boot.
package enum Sample {
    /// 2026-11-22T14:00:00Z, one day after boot.
    package static let start = Instant(
        moment: Moment(nanoseconds: 86_400_000_000_000), wall: WallTime(seconds: 1_795_356_000))
    package static let keyID = "AKIAQNCLJGYSAZAAN74C"
    package static let temporaryKeyID = "ASIAY34FZKBOKMUTVV7A"
    package static let otherKeyID = "AKIASP2TPHJSQH3FJXYZ"
    package static let secret = "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"
    package static let token =
        "FwoGZXIvYXdzEJr//////////wEaDHq2m0Yx8s3T4u5V6w7X8y9Z0a1B2c3D4e5F6g=="
    package static let requestID = "4f5bc0f6-8a5a-4f1b-9c3e-0d6b1f1f2a77"
    package static let place = Provenance.file(
        SourceLocation(file: "/home/app/.aws/credentials", line: 4, column: 1))
    package static let endpoint = Endpoint(
        url: "https://sts.eu-central-1.amazonaws.com", signingRegion: "eu-central-1",
        partition: "aws")
    package static let mainEndpoint = Endpoint(
        url: "https://sts.us-east-1.amazonaws.com", signingRegion: "us-east-1", partition: "aws")
    package static let identity = CallerIdentity(
        account: "028075177508", arn: "arn:aws:iam::028075177508:user/app",
        userID: "AIDAQNCLJGYSAZAAN74CA")

    /// Makes credentials; the defaults have the form that AWS gives them.
    package static func credentials(
        keyID: String = Sample.keyID, secret: String = Sample.secret, token: String? = nil
    ) -> Credentials {
        Credentials(
            accessKeyID: Sourced(keyID, from: place),
            secretAccessKey: Sourced(
                Secret(secret),
                from: .file(SourceLocation(file: "/home/app/.aws/credentials", line: 5))),
            sessionToken: token.map {
                Sourced(Secret($0), from: .environment(variable: "AWS_SESSION_TOKEN"))
            })
    }

    /// Makes a resolved profile in eu-central-1.
    package static func resolved(
        _ credentials: Credentials = credentials(), region: String = "eu-central-1",
        endpoint: Endpoint = endpoint, main: Endpoint? = mainEndpoint
    ) -> ResolvedProfile {
        ResolvedProfile(
            credentials: credentials,
            region: Sourced(region, from: .environment(variable: "AWS_REGION")),
            endpoint: Sourced(endpoint, from: .builtIn("the region's own endpoint")),
            mainEndpoint: main, source: "[app] in /home/app/.aws/credentials:4")
    }

    /// Makes what comes with an answer of AWS.
    package static func details(
        status: Int = 200, requestID: String? = requestID, skew: Duration? = .zero
    ) -> AnswerDetails {
        AnswerDetails(
            httpStatus: status, requestID: requestID, skew: skew, latency: .milliseconds(40))
    }

    /// Makes an error answer of AWS.
    package static func refused(
        _ code: String, _ message: String = "", status: Int = 403,
        requestID: String? = requestID, skew: Duration? = .zero
    ) -> ProbeOutcome {
        .refused(
            ServiceError(code: code, message: message),
            details(status: status, requestID: requestID, skew: skew))
    }

    /// Makes a good answer of AWS.
    package static func accepted(
        _ identity: CallerIdentity = identity, requestID: String? = requestID
    ) -> ProbeOutcome {
        .identity(identity, details(requestID: requestID))
    }

    /// Makes the result of a check that began `after` the start and took 50 ms.
    package static func result(
        _ profile: String, _ cause: Cause, after: Duration = .zero, verdict: Verdict? = nil,
        keyID: String? = nil, endpoint: Endpoint? = endpoint, skew: Duration? = .zero,
        latency: Duration? = .milliseconds(40), fingerprint: Int? = nil,
        modifiedAt: WallTime? = nil, identity: CallerIdentity? = nil
    ) -> CheckResult {
        CheckResult(
            profile: profile, startedAt: start + after,
            finishedAt: start + after + .milliseconds(50),
            diagnosis: Diagnosis(
                cause: cause, verdict: verdict ?? cause.verdict, summary: "\(cause.title).",
                remedy: ""),
            identity: identity, accessKeyID: keyID ?? "AKIA-\(profile)", latency: latency,
            endpoint: endpoint,
            skew: skew, fingerprint: fingerprint, sourceModifiedAt: modifiedAt)
    }
}

/// A generator of random numbers whose sequence follows from its seed, so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    /// Returns the next number, by splitmix64.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
