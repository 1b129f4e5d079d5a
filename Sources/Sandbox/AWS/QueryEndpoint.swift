import Model

/// The query protocol of STS and IAM: a request in, an answer out, the world perhaps changed.
enum QueryEndpoint {
    /// Answers a request; `now` is the service's clock.
    static func answer(
        _ request: HTTPRequest, world: inout World, faults: FaultSwitches, now: WallTime
    ) -> (HTTPResponse, Call) {
        let query = QueryParameters(decoding: request.query ?? [])
        var parameters = query
        if request.method == "POST" { parameters.append(QueryParameters(decoding: request.body)) }
        let requestID = world.nextRequestID()
        var call = Call(
            at: now, requestID: requestID, service: service(parameters),
            action: parameters["Action"] ?? "")
        var response: HTTPResponse
        do throws(ServiceFault) {
            response = HTTPResponse(
                status: 200,
                body: try perform(
                    request, query, parameters, world: &world, faults: faults, call: &call))
        } catch {
            call.errorCode = error.code
            response = HTTPResponse(
                status: error.httpStatus, body: document(error, call))
        }
        call.httpStatus = response.status
        response.headers = [
            ("x-amzn-RequestId", requestID), ("Content-Type", "text/xml"), ("Date", now.httpDate),
        ]
        return (response, call)
    }

    private static func perform(
        _ request: HTTPRequest, _ query: QueryParameters, _ parameters: QueryParameters,
        world: inout World, faults: FaultSwitches, call: inout Call
    ) throws(ServiceFault) -> [UInt8] {
        guard !faults.isOut else { throw .unavailable }
        guard !faults.isThrottling else { throw .throttling }
        if call.service == .sts, call.action == "AssumeRoleWithWebIdentity" {
            // The token speaks for itself, so nobody signs this one.
            let result = try WebIdentityAction.perform(
                parameters, in: &world, faults: faults, now: call.at)
            return document(result, call)
        }
        let presented = try PresentedSignature(of: request, query: query)
        call.accessKeyID = presented.accessKeyID
        call.region = presented.region
        if parameters["Version"] == nil, let service = Service(rawValue: presented.service) {
            call.service = service
        }
        let found = try world.findCredential(for: presented, faults: faults, now: call.at)
        let verifier = SignatureVerifier(now: call.at, service: call.service)
        do {
            try verifier.verify(request, presented, secret: found.secret)
        } catch {
            if error == .wrongSignature {
                world.noteWrongSecret(for: presented.accessKeyID, now: call.at)
            }
            throw error
        }
        guard !found.isHeld, !faults.altersSignatures else { throw .wrongSignature }
        world.noteUse(
            of: presented.accessKeyID, region: presented.region, service: call.service,
            now: call.at)
        if faults.throttlesIAM, call.service == .iam { throw .throttling }
        return try act(parameters, found.principal, world: &world, faults: faults, call: call)
    }

    private static func act(
        _ parameters: QueryParameters, _ caller: Principal, world: inout World,
        faults: FaultSwitches, call: Call
    ) throws(ServiceFault) -> [UInt8] {
        guard parameters["Version"] == call.service.version else {
            throw .invalidAction(call.action, version: parameters["Version"])
        }
        guard let identity = world.identity(of: caller) else {
            throw .invalidToken(tokenSent: caller.isSession)
        }
        let name = "\(call.service.rawValue):\(call.action)"
        guard !faults.deniedActions.contains(name) else {
            throw .accessDenied(
                "User: \(identity.arn) is not authorized to perform: \(name) "
                    + "because no identity-based policy allows the \(name) action")
        }
        if call.service == .iam, case .userSession = caller {
            // IAM takes sessions of GetSessionToken only with MFA, which the sandbox has not.
            throw .invalidToken(tokenSent: true)
        }
        let action = ActionCall(
            service: call.service, action: call.action, parameters: parameters, caller: caller,
            identity: identity, now: call.at, pageSize: faults.pageSize)
        let result =
            switch call.service {
            case .sts: try STSActions.perform(action, in: &world) as ActionCall.Result?
            case .iam: try IAMActions.perform(action, in: &world)
            }
        return document(result, call)
    }

    private static func document(_ result: ActionCall.Result?, _ call: Call) -> [UInt8] {
        var xml = XMLWriter()
        xml.element("\(call.action)Response", namespace: call.service.namespace) { root in
            if let result { root.element("\(call.action)Result", result) }
            root.element("ResponseMetadata") { $0.element("RequestId", call.requestID) }
        }
        return Array(xml.text.utf8)
    }

    private static func document(_ fault: ServiceFault, _ call: Call) -> [UInt8] {
        var xml = XMLWriter()
        xml.element("ErrorResponse", namespace: call.service.namespace) { root in
            root.element("Error") { error in
                error.element("Type", fault.isSender ? "Sender" : "Receiver")
                error.element("Code", fault.code)
                error.element("Message", fault.message)
            }
            root.element("RequestId", call.requestID)
        }
        return Array(xml.text.utf8)
    }

    /// The service by the API version that a request names; STS when it names none.
    private static func service(_ parameters: QueryParameters) -> Service {
        Service.allCases.first { $0.version == parameters["Version"] } ?? .sts
    }
}
