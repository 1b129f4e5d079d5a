import Model
import Testing

@testable import Serving

@Suite struct ServedPageTests {
    private func request(
        _ path: String, host: String? = "localhost", method: RequestHead.Method = .get
    ) -> RequestHead {
        RequestHead(method: method, path: path, host: host, accept: nil)
    }

    @Test func `each path has its page`() {
        #expect(page(for: request("/"), allowsRemote: false) == .success(.index))
        #expect(page(for: request("/metrics"), allowsRemote: false) == .success(.metrics(.text)))
        #expect(page(for: request("/healthz"), allowsRemote: false) == .success(.health))
        for path in ["/metrics/", "//metrics", "/Metrics", "/%6Detrics", "*", "localhost:80", ""] {
            #expect(page(for: request(path), allowsRemote: false) == .failure(.notFound))
        }
    }

    @Test func `only GET and HEAD are served`() {
        #expect(
            page(for: request("/metrics", method: .other), allowsRemote: false)
                == .failure(.method))
        #expect(
            page(for: request("/metrics", method: .head), allowsRemote: false)
                == .success(.metrics(.text)))
    }

    @Test(arguments: [
        nil, "", "localhost", "LOCALHOST:9812", "localhost.", "a.localhost:1", "127.0.0.1",
        "127.0.0.1:9812", "192.0.2.1:80", "[::1]", "[::1]:9812",
    ])
    func `an address and localhost are this machine`(_ host: String?) {
        #expect(page(for: request("/", host: host), allowsRemote: false) == .success(.index))
    }

    @Test(arguments: [
        "example.com", "example.com:9812", "localhost.example.com", "xlocalhost",
        "127.0.0.1.nip.io",
        "127.0.0", "127.0.0.256", "127.0.0.+1", "1.2.3.4.5", ":", "[::1", "web1",
    ])
    func `another name is a page of the web that leads here`(_ host: String) {
        let request = request("/metrics", host: host)
        #expect(page(for: request, allowsRemote: false) == .failure(.foreignHost))
        #expect(page(for: request, allowsRemote: true) == .success(.metrics(.text)))
    }
}
