import Answers
import Dispatch
import HTTP
import Model

/// The carrier of requests to services of AWS: STS, the portal of single sign-on, sign-in.
struct ServiceCall: Sendable {
    let transport: any Transport
    /// The time that requests are signed with.
    let clock: @Sendable () -> WallTime

    /// Sends a request, and returns the answer if it has a status of success; whether it holds what was
    /// asked for is the caller's to read.
    ///
    /// `request.timeout` is for all of it. What may be well a moment later (throttling, a 5xx, a
    /// connection that broke) is asked again until `attempts` are used up. `secrets` are what a message
    /// must not repeat.
    func answer(
        to request: HTTPRequest, attempts: Int = 2, hiding secrets: [Secret] = []
    ) async throws(ServiceFailure) -> ServiceAnswer {
        let end = ContinuousClock.now + request.timeout
        var request = request
        var failure: ServiceFailure
        var left = attempts
        while true {
            left -= 1
            let start = clock()
            do {
                let response = try await transport.send(request)
                let answer = ServiceAnswer(response, sentAt: start, secrets)
                if (200..<300).contains(response.status) { return answer }
                failure = answer.failure
            } catch {
                failure = ServiceFailure(.failed(error))
            }
            guard left > 0, failure.mayPass, !Task.isCancelled else { throw failure }
            await pause(.milliseconds(.random(in: 100...300)))
            request.timeout = end - .now
            guard request.timeout > .milliseconds(100) else { throw failure }
            request.connectTimeout = min(request.connectTimeout, request.timeout)
        }
    }
}

/// An answer of a service, not read yet.
struct ServiceAnswer: Sendable {
    let response: HTTPResponse
    let details: AnswerDetails
    private let secrets: [Secret]

    init(_ response: HTTPResponse, sentAt start: WallTime, _ secrets: [Secret]) {
        self.response = response
        self.secrets = secrets
        details = AnswerDetails(
            httpStatus: response.status, requestID: response.usableRequestID,
            skew: response.skew(from: start), latency: response.latency)
    }

    /// What the answer is when it does not hold what was asked for: an error of AWS, whatever the status,
    /// or somebody else's words.
    var failure: ServiceFailure {
        if let refusal = response.proxyRefusal { return ServiceFailure(.failed(refusal)) }
        if var error = ServiceDocument(response.body).error ?? jsonError {
            for secret in secrets { error.message = error.message.hiding(secret) }
            return ServiceFailure(.refused(error, details))
        }
        if let redirection = response.redirection {
            return ServiceFailure(.notAWS(what: redirection, details))
        }
        let shape = BodyShape(response.body).rawValue
        let what =
            response.status >= 400 ? "\(shape) with HTTP status \(response.status)" : shape
        return ServiceFailure(.notAWS(what: what, details))
    }

    /// An error in one of the forms of JSON: with a header that names it, `{"__type": …}`, or that of
    /// OAuth, `{"error": "invalid_grant", "error_description": …}`.
    private var jsonError: ServiceError? {
        if response.errorType == nil, let error = JSONErrorBody.decoded(response.body)?.error {
            return error
        }
        let body = JSONValue(parsing: response.body)
        let name = response.errorType ?? body?["error"]?.text
        let message = ["message", "Message", "error_description"].lazy
            .compactMap { body?[$0]?.text }.first
        // A namespace before the name and a URL behind it are no part of the code.
        let code = name?.split(separator: ":").first?.split(separator: "#").last
        return code.flatMap { ServiceError(checkedCode: String($0), message: message ?? "") }
    }
}

/// Why a service gave no answer that can be read.
struct ServiceFailure: Error {
    var reason: ObtainProblem.Reason
    /// What is worth knowing beside the reason.
    var evidence: [Evidence] = []

    init(_ reason: ObtainProblem.Reason, _ evidence: [Evidence] = []) {
        self.reason = reason
        self.evidence = evidence
    }

    /// Whether the same request may do better in a moment.
    var mayPass: Bool {
        switch reason {
        case .refused(let error, let details):
            details.httpStatus >= 500 || details.httpStatus == 429
                || error.code.holds("Throttl") || Self.passing.contains(error.code)
        case .notAWS(_, let details): details.httpStatus >= 500 || details.httpStatus == 429
        case .failed(let failure):
            switch failure.phase {
            case .lookup, .connect, .send, .wait, .body: true
            case .tls, .proxy, .setup: false
            }
        default: false
        }
    }

    private static let passing = [
        "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "PriorRequestNotComplete",
        "IDPCommunicationError",
    ]
}

extension String {
    /// The text without a secret that somebody repeats.
    func hiding(_ secret: Secret) -> String {
        guard secret.count >= 8 else { return self }
        let needle = secret.withBytes { Array($0) }
        var bytes = Array(utf8)
        while let start = bytes.firstIndex(ofBytes: needle) {
            bytes.replaceSubrange(start..<(start + needle.count), with: "<redacted>".utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Waits without holding a thread up, on no timer but Dispatch's own.
func pause(_ duration: Duration) async {
    await withUnsafeContinuation { continuation in
        pauses.asyncAfter(deadline: .now() + .nanoseconds(Int(duration.nanoseconds))) {
            continuation.resume()
        }
    }
}

private let pauses = DispatchQueue(label: "credwatch.obtaining.pauses")
