import Testing

@testable import HTTP

@Suite struct EndpointAddressTests {
    @Test(arguments: [
        ("https://sts.amazonaws.com", "sts.amazonaws.com", "/"),
        ("https://sts.amazonaws.com/", "sts.amazonaws.com", "/"),
        ("HTTPS://sts.amazonaws.com:443/a/b", "sts.amazonaws.com", "/a/b"),
        ("http://localhost:4566", "localhost:4566", "/"),
        ("http://localhost:80/x", "localhost", "/x"),
        ("http://localhost:443", "localhost:443", "/"),
        ("http://[::1]:5000/x", "[::1]:5000", "/x"),
        ("https://[::1]", "[::1]", "/"),
    ])
    func takesAURLApart(url: String, hostHeader: String, path: String) throws {
        let address = try EndpointAddress(url)
        #expect(address.hostHeader == hostHeader)
        #expect(address.path == path)
    }

    @Test(arguments: [
        "", "x", "https:", "https://", "https:///path", "https://:443", "https://h:0",
        "https://h:65536", "https://h:8x", "https://ä", "https://h\n", "https://h/\0",
        "https://h/?", "https://h#f", "https://u@h", "file:///etc/passwd", "https://h h",
    ])
    func refusesWhatIsNoEndpoint(url: String) {
        #expect(throws: EndpointAddress.Problem.self) { try EndpointAddress(url) }
    }
}
