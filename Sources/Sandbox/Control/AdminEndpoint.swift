import Model

/// The admin path of a sandbox: orders and the state, for those who have its token.
struct AdminEndpoint: Sendable {
    static let prefix = Array("/_sandbox/".utf8)
    let token: Secret
    let port: UInt16

    static func handles(_ request: HTTPRequest) -> Bool {
        request.path.starts(with: prefix)
    }

    func answer(_ request: HTTPRequest, state: inout SandboxState) -> HTTPResponse {
        // A web page may reach the loopback by a name of its own; it cannot choose this header.
        guard let host = request.header("host"), hosts.contains(host.lowercased()) else {
            return problem(403, "The Host header is not this sandbox's own.")
        }
        guard isAuthorized(request) else {
            return problem(401, "Send the token as Authorization: Bearer TOKEN.")
        }
        let name = String(decoding: request.path.dropFirst(Self.prefix.count), as: UTF8.self)
        let query = QueryParameters(decoding: request.query ?? [])
        switch (request.method, name) {
        case ("GET", "state"):
            return response(200, state.document)
        case (_, "state"):
            return problem(405, "state is read with GET.")
        case ("POST", _):
            do {
                return try perform(name, query, &state)
            } catch {
                return problem(400, error.description)
            }
        default:
            return problem(405, "Orders are given with POST.")
        }
    }

    private var hosts: [String] {
        ["127.0.0.1:\(port)", "localhost:\(port)"]
    }

    private func isAuthorized(_ request: HTTPRequest) -> Bool {
        guard let given = request.values("authorization").first else { return false }
        let expected = Array("Bearer ".utf8) + token.withBytes { Array($0) }
        return Digest.areEqual(given, expected)
    }

    private func perform(
        _ name: String, _ query: QueryParameters, _ state: inout SandboxState
    ) throws(CommandProblem) -> HTTPResponse {
        var commands: [Command] = []
        if name == "fault" {
            // Read all before the first is done: an order is carried out whole or not at all.
            for (name, value) in query.pairs {
                commands.append(.fault(try FaultChange(name: name, value: value)))
            }
            guard !commands.isEmpty else {
                throw CommandProblem(
                    "fault needs one of \(FaultChange.names.joined(separator: ", ")).")
            }
        } else {
            let argument = query["key"] ?? query["user"] ?? ""
            commands.append(try Command(verb: name, argument: argument))
        }
        var outcomes: [CommandOutcome] = []
        for command in commands { outcomes.append(try state.perform(command)) }
        var json = JSONWriter(pretty: true)
        json.object { root in
            root.array("done") { list in
                for line in outcomes.flatMap(\.lines) { list.element(line) }
            }
            if let key = outcomes.compactMap(\.createdKey).first {
                root.member("access_key_id", key.id)
                root.member("secret_access_key", key.secret.reveal())
            }
        }
        json.finish()
        return response(200, json.bytes)
    }

    private func problem(_ status: Int, _ sentence: String) -> HTTPResponse {
        var json = JSONWriter()
        json.object { $0.member("error", sentence) }
        json.finish()
        return response(status, json.bytes)
    }

    private func response(_ status: Int, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: [("Content-Type", "application/json"), ("Cache-Control", "no-store")],
            body: body)
    }
}
