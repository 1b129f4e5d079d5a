import Model
import Serving

/// Whatever a client sends, a request is refused, incomplete, or one whose page is known.
func serve(_ bytes: [UInt8]) {
    for input in [
        bytes, Array("GET ".utf8) + bytes + Array(" HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.0\r\nAccept: ".utf8) + bytes + Array("\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.1\r\nHost: ".utf8) + bytes + Array("\r\n\r\n".utf8),
        Array("GET /groups/".utf8) + bytes
            + Array(" HTTP/1.1\r\nHost: 127.0.0.1:9911\r\nAuthorization: a\r\n\r\n".utf8),
    ] {
        switch readRequest(input) {
        case .incomplete: expect(input.count < RequestHead.largest, "a request without an end")
        case .refused(let refusal): expect(refusal.status >= 400, "a refusal that is none")
        case .complete(let request):
            expect(input.contains(0x0A), "a request without a line")
            expect(
                !request.path.utf8.contains { $0 <= 0x20 || $0 >= 0x7F },
                "a path that is no plain text")
            askForCredentials(request)
            guard case .success(.metrics) = page(for: request, allowsRemote: false) else {
                continue
            }
            expect(request.path == "/metrics", "metrics elsewhere")
        }
    }
}

/// Who asks for credentials has named this machine, and no group without a name.
private func askForCredentials(_ request: RequestHead) {
    guard case .success(let asked) = credentialRequest(request) else { return }
    expect(asked.group?.isEmpty != true, "a group without a name")
    expect(asked.group == nil || request.path.hasPrefix("/groups/"), "a group elsewhere")
    guard let host = request.host else { return }
    let name = host.lowercased()
    expect(
        ["127.", "localhost", "[::1]"].contains { name.hasPrefix($0) }, "the host of somebody else")
}
