import Answers
package import HTTP
package import Model
package import Signing

/// A caller of what a profile's credentials should be able to do.
package struct CanaryProber: Sendable {
    private let transport: any Transport
    private let signer: Signer
    private let clock: @Sendable () -> WallTime

    /// Makes a prober; `clock` gives the time that requests are signed with.
    package init(
        transport: any Transport, signer: Signer = Signer(),
        clock: @escaping @Sendable () -> WallTime
    ) {
        self.transport = transport
        self.signer = signer
        self.clock = clock
    }

    /// Makes all calls at the same time; returns what each came to, in their order.
    ///
    /// Never throws, and takes `limit` at most. Of a large answer only the beginning is read.
    package func probe(
        _ calls: [(CanaryCall, Result<CanaryTarget, CanaryObstacle>)],
        with credentials: Credentials, within limit: Duration
    ) async -> [CanaryOutcome] {
        await withTaskGroup(of: (Int, CanaryOutcome).self) { group in
            for (index, (call, target)) in calls.enumerated() {
                group.addTask { (index, await probe(call, target, credentials, limit)) }
            }
            var outcomes: [(Int, CanaryOutcome)] = []
            for await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func probe(
        _ call: CanaryCall, _ found: Result<CanaryTarget, CanaryObstacle>,
        _ credentials: Credentials, _ limit: Duration
    ) async -> CanaryOutcome {
        let target: CanaryTarget
        switch found {
        case .success(let place): target = place
        case .failure(let problem):
            return CanaryOutcome(call: call, target: nil, answer: .unsendable(problem.reason))
        }
        let start = clock()
        let request: HTTPRequest
        do {
            request = try self.request(call, target, credentials, at: start, limit)
        } catch {
            return CanaryOutcome(call: call, target: target, answer: .unsendable(error.reason))
        }
        do {
            let response = try await transport.send(request)
            let answer = CanaryAnswer(reading: response, sentAt: start)
            return CanaryOutcome(call: call, target: target, answer: answer)
        } catch {
            return CanaryOutcome(call: call, target: target, answer: .failed(error))
        }
    }

    /// Puts a signed request together.
    func request(
        _ call: CanaryCall, _ target: CanaryTarget, _ credentials: Credentials,
        at time: WallTime, _ limit: Duration
    ) throws(EndpointAddress.Problem) -> HTTPRequest {
        let address = try EndpointAddress(target.place)
        let query = target.url.utf8.dropFirst(target.place.utf8.count).dropFirst()
        let draft = CanaryDraft(call)
        let headers =
            [HeaderField("Host", address.hostHeader), .userAgent] + draft.headers
        // S3 signs the path as it is sent, and wants the body's hash in a header.
        let isStorage = target.service == "s3" || target.service.hasPrefix("s3-")
        let added = signer.sign(
            SigningRequest(
                method: draft.name, path: address.path,
                query: String(decoding: query, as: UTF8.self), headers: headers, body: draft.body),
            scope: SigningScope(
                date: time.basicISO8601, region: target.region, service: target.service),
            credentials: SigningCredentials(credentials),
            options: SigningOptions(
                normalizesPath: !isStorage, encodesPath: !isStorage, addsContentHash: isStorage))
        return HTTPRequest(
            method: draft.method, url: target.url, headers: headers + added, body: draft.body,
            connectTimeout: limit.threeQuarters, timeout: limit, mayBeCut: true)
    }

}

/// What a call is made of, before it is signed.
private struct CanaryDraft {
    var method: HTTPRequest.Method
    var name: String
    var headers: [HeaderField] = []
    var body: [UInt8] = []

    init(_ call: CanaryCall) {
        switch call.form {
        case .request(_, let method, _, _):
            self.method = method == "HEAD" ? .head : .get
            name = method == "HEAD" ? "HEAD" : "GET"
        case .action(let service, let action):
            switch CanaryService(named: service)?.form {
            case .query(let version):
                method = .post
                name = "POST"
                body = QueryForm(action, version: version).bytes
            case .json(let target, let minor):
                method = .post
                name = "POST"
                headers = [
                    HeaderField("Content-Type", "application/x-amz-json-1.\(minor)"),
                    HeaderField("X-Amz-Target", "\(target).\(action)"),
                ]
                body = Array("{}".utf8)
            case .bucketList, nil:
                method = .get
                name = "GET"
            }
        }
    }
}

extension CanaryAnswer {
    /// Reads an answer: AWS's error if it is one, in XML, in JSON or by the header that names it.
    init(reading response: HTTPResponse, sentAt start: WallTime) {
        if let refusal = response.proxyRefusal {
            self = .failed(refusal)
            return
        }
        let details = AnswerDetails(
            httpStatus: response.status, requestID: response.anyRequestID,
            skew: response.skew(from: start), latency: response.latency)
        // What a success carries is the operator's own data, and none of our business.
        if !(200..<300).contains(response.status), let error = Self.error(in: response) {
            self = .refused(error, details)
            return
        }
        self = .answered(
            details, what: response.redirection ?? BodyShape(response.body).rawValue)
    }

    private static func error(in response: HTTPResponse) -> ServiceError? {
        if let error = ServiceDocument(response.body).error { return error }
        if let error = JSONErrorBody.decoded(response.body)?.error { return error }
        // The REST style names its error in a header, and the message stands alone in the body.
        guard let name = response.errorType?.split(separator: ":").first else { return nil }
        let body = JSONValue(parsing: response.body)
        let message = body?["message"]?.text ?? body?["Message"]?.text ?? ""
        return ServiceError(
            checkedCode: String(name.split(separator: "#").last ?? ""),
            message: String(message.prefix(4_096)))
    }
}
