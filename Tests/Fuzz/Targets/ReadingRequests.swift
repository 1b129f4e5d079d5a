import Model
import Serving

/// Whatever a client sends, a request is refused, incomplete, or one whose page is known.
func serve(_ bytes: [UInt8]) {
    for input in [
        bytes, Array("GET ".utf8) + bytes + Array(" HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.0\r\nAccept: ".utf8) + bytes + Array("\r\n\r\n".utf8),
        Array("GET /metrics HTTP/1.1\r\nHost: ".utf8) + bytes + Array("\r\n\r\n".utf8),
    ] {
        switch readRequest(input) {
        case .incomplete: expect(input.count < RequestHead.largest, "a request without an end")
        case .refused(let refusal): expect(refusal.status >= 400, "a refusal that is none")
        case .complete(let request):
            expect(input.contains(0x0A), "a request without a line")
            expect(
                !request.path.utf8.contains { $0 <= 0x20 || $0 >= 0x7F },
                "a path that is no plain text")
            guard case .success(.metrics) = page(for: request, allowsRemote: false) else {
                continue
            }
            expect(request.path == "/metrics", "metrics elsewhere")
        }
    }
}
