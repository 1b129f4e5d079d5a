import Model
import Testing

@testable import Serving

@Suite struct ServedAnswerTests {
    private let now = WallTime(seconds: 784_111_777)

    private func lines(_ answer: ServedAnswer) -> [Substring] {
        String(decoding: answer.head(at: now), as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
    }

    @Test(arguments: MetricsForm.allCases)
    func `metrics come with their type and length`(_ form: MetricsForm) {
        let lines = lines(.metrics(Array("abc".utf8), form))
        #expect(lines.first == "HTTP/1.1 200 OK")
        #expect(lines.contains("Date: Sun, 06 Nov 1994 08:49:37 GMT"))
        #expect(lines.contains("Content-Length: 3"))
        #expect(lines.contains("Connection: close") && lines.contains("Vary: Accept"))
        let type =
            switch form {
            case .text: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        #expect(lines.contains("Content-Type: \(type)"))
        #expect(lines.suffix(2) == ["", ""])
    }

    @Test(arguments: Refusal.allCases)
    func `a refusal says why`(_ refusal: Refusal) {
        let answer = ServedAnswer.refusal(refusal)
        #expect(lines(answer).first?.hasPrefix("HTTP/1.1 \(refusal.status) ") == true)
        #expect(String(decoding: answer.body, as: UTF8.self) == refusal.sentence + "\n")
        #expect(lines(answer).contains("Allow: GET, HEAD") == (refusal == .method))
    }

    @Test func `the reason is that of the status`() {
        let reasons = Refusal.allCases.map { lines(.refusal($0)).first.map(String.init) ?? "" }
        #expect(
            reasons == [
                "HTTP/1.1 400 Bad Request", "HTTP/1.1 421 Misdirected Request",
                "HTTP/1.1 404 Not Found", "HTTP/1.1 405 Method Not Allowed",
                "HTTP/1.1 408 Request Timeout", "HTTP/1.1 431 Request Header Fields Too Large",
                "HTTP/1.1 503 Service Unavailable", "HTTP/1.1 505 HTTP Version Not Supported",
            ])
    }

    @Test func `health is good or not`() {
        #expect(ServedAnswer.health(isValid: true).status == 200)
        #expect(ServedAnswer.health(isValid: false).status == 503)
    }

    @Test func `the page names the metrics`() {
        let text = String(decoding: ServedAnswer.index.body, as: UTF8.self)
        #expect(text.contains("/metrics") && text.contains("/healthz"))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (1_795_356_190, "Sun, 22 Nov 2026 14:03:10 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (-86_400, "Wed, 31 Dec 1969 00:00:00 GMT"), (-604_801, "Wed, 24 Dec 1969 23:59:59 GMT"),
    ])
    func `a date is as HTTP writes it`(_ seconds: Int64, _ text: String) {
        #expect(WallTime(seconds: seconds).httpDate == text)
    }
}
