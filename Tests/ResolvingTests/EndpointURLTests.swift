import Testing

@testable import Resolving

@Suite struct EndpointURLTests {
    @Test(arguments: [
        (
            "https://sts.us-east-1.amazonaws.com", "https://sts.us-east-1.amazonaws.com",
            "sts.us-east-1.amazonaws.com"
        ),
        ("HTTP://LocalHost:4566/", "http://localhost:4566", "localhost"),
        ("http://127.0.0.1:1/Path/", "http://127.0.0.1:1/Path", "127.0.0.1"),
        ("http://[::1]:65535", "http://[::1]:65535", "::1"),
        ("https://[fd00:ec2::23]", "https://[fd00:ec2::23]", "fd00:ec2::23"),
        ("http://local_stack", "http://local_stack", "local_stack"),
    ])
    func accepted(_ text: String, _ url: String, _ host: String) {
        #expect(EndpointURL.parse(text) == .success(EndpointURL(url: url, host: host)))
    }

    @Test(arguments: [
        ("", "begin with"), ("sts.amazonaws.com", "begin with"), ("ftp://a", "begin with"),
        ("https://", "host"), ("https:///path", "host"), ("https://-a", "host"),
        ("https://a..b", "host"), ("https://[::1", "host"), ("https://[]", "host"),
        ("https://[::1]x", "host"), ("https://a%41", "host"),
        ("https://user:pw@host", "user name"), ("https://host?x=1", "query"),
        ("https://host/#x", "fragment"), ("https://host:", "port"), ("https://host:0", "port"),
        ("https://host:65536", "port"), ("https://host:+1", "port"), ("https://host:1:2", "port"),
        ("https://ho st", "character 11"), ("https://host\n", "character 13"),
        ("https://h\u{00F6}st", "character 10"), ("https://a\\b", "character 10"),
    ])
    func refused(_ text: String, _ why: String) {
        guard case .failure(let flaw) = EndpointURL.parse(text) else {
            return #expect(Bool(false), "\(text) was accepted")
        }
        #expect(flaw.what.contains(why))
        #expect(!flaw.what.contains("pw"))
    }
}
