import Model
import Testing

@testable import Serving

@Suite struct AcceptanceTests {
    private static let prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    private static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"

    @Test(arguments: [
        (nil, MetricsForm.text), ("", .text), ("*/*", .text), ("text/html, */*;q=0.8", .text),
        ("text/plain", .text), ("application/json", .text), ("application/*", .text),
        (prometheus2, .openMetrics), (prometheus3, .openMetrics),
        ("application/openmetrics-text", .openMetrics),
        ("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"", .openMetrics),
        ("application/openmetrics-text;version=0.0.1", .openMetrics),
        ("application/openmetrics-text;version=2.0.0", .text),
        ("application/openmetrics-text;version=2.0.0, */*", .text),
        ("application/openmetrics-text;q=0", .text),
        ("application/openmetrics-text;q=0.000, text/plain;q=0", .text),
        ("application/openmetrics-text, */*", .openMetrics),
        ("application/openmetrics-text, text/plain", .text),
        ("application/openmetrics-text;q=0.5, text/plain", .text),
        ("text/plain;q=0.5, application/openmetrics-text;q=0.501", .openMetrics),
        ("text/plain;version=0.0.3, application/openmetrics-text;q=0.1", .openMetrics),
        (
            "text/plain;version=0.0.4;q=0.1, text/plain, application/openmetrics-text;q=0.5",
            .openMetrics
        ),
        ("text/*;q=0.9, application/openmetrics-text;q=0.8", .text),
        // A weight that is none makes an element none.
        ("application/openmetrics-text;q=2", .text), ("application/openmetrics-text;q=x", .text),
        ("application/openmetrics-text;q=0.1234", .text),
        ("application/openmetrics-text;q=", .openMetrics),
        ("a=\"x,application/openmetrics-text\"", .text), (",;=,", .text),
    ])
    func `the form is the one that is wanted most`(_ accept: String?, _ expected: MetricsForm) {
        #expect(form(accepting: accept) == expected)
    }
}
