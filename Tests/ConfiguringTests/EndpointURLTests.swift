import Testing

@testable import Configuring

@Suite struct EndpointURLTests {
    @Test(arguments: [
        ("https://sts.amazonaws.com", "sts.amazonaws.com", true),
        ("https://sts.example.com:8443/base/", "sts.example.com", true),
        ("http://localhost:5000", "localhost", false),
        ("HTTP://127.0.0.1:5000/", "127.0.0.1", false),
        ("https://[::1]:4566", "[::1]", true),
        ("http://my_host", "my_host", false),
    ])
    func endpointsAreTakenApart(text: String, host: String, isEncrypted: Bool) throws {
        let url = try EndpointURL(parsing: text)
        #expect(url.host == host)
        #expect(url.isEncrypted == isEncrypted)
    }

    @Test(arguments: [
        ("sts.amazonaws.com", URLFault.scheme), ("ftp://host", .scheme), ("", .scheme),
        ("https://", .host), ("https:///path", .host), ("https://a..b", .host),
        ("https://-a", .host), ("https://a b", .host), ("https://[::1", .host),
        ("https://[1]", .host), ("https://[]", .host), ("https://ho\u{AD}st", .host),
        ("https://user@host", .userInfo), ("https://user:pass@host/", .userInfo),
        ("https://host?x=1", .queryOrFragment), ("https://host/#a", .queryOrFragment),
        ("https://host:", .port), ("https://host:0", .port), ("https://host:65536", .port),
        ("https://host:1x", .port), ("https://host:+1", .port), ("https://[::1]x", .port),
        ("https://host/a b", .path), ("https://host/\u{E9}", .path),
        ("https://host/\r\nX: y", .path),
    ])
    func anythingElseIsRefused(text: String, fault: URLFault) {
        #expect(throws: fault) { try EndpointURL(parsing: text) }
    }

    @Test(arguments: [
        ("http://localhost", true), ("http://a.localhost:1", true), ("http://127.1.2.3", true),
        ("http://[::1]", true), ("http://localhost.example.com", false), ("http://10.0.0.1", false),
    ])
    func loopbackIsTold(text: String, isLoopback: Bool) throws {
        #expect(try EndpointURL(parsing: text).isLoopback == isLoopback)
    }
}
