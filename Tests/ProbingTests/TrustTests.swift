import Glibc
import HTTP
import Model
import Probing
import Support
import Testing

/// TLS, as the transport verifies it.
@Suite struct TrustTests {
    @Test func acceptsACertificateOfTheBundle() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let prober = try makeProber(CurlOptions(caBundle: server.caBundle, proxy: .none))
        for _ in 0..<3 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        }
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [
        (TestCertificate.wrongHost, "no alternative certificate subject name"),
        (.selfSigned, "self-signed certificate"),
        (.expired, "certificate has expired"),
    ])
    func refusesABadCertificate(kind: TestCertificate, words: String) async throws {
        let server = try FaultServer(.identity, tls: kind)
        let outcome = try await makeProber(CurlOptions(caBundle: server.caBundle, proxy: .none))
            .probe(exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .tls)
        #expect(failure.reason.hasPrefix("no TLS with 127.0.0.1: "))
        #expect(failure.reason.contains(words), "\(failure.reason)")
        #expect(server.requestCount == 0)
    }

    @Test func refusesAnAuthorityThatTheSystemDoesNotKnow() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        #expect(outcome.failure?.phase == .tls, "\(outcome)")
        #expect(server.requestCount == 0)
    }

    @Test func findsAnAuthorityInTheSystemsFolder() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let folder = try await hashedFolder(with: try #require(server.caBundle))
        defer { removeFolder(folder) }
        // No file is needed, and one that holds no certificate is not looked at.
        for file in [nil, "/dev/null"] {
            let prober = try makeProber(
                CurlOptions(systemTrust: SystemTrust(file: file, folder: folder), proxy: .none))
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        }
    }

    @Test func looksForAnAuthorityInTheSystemsFileAsWell() async throws {
        let other = try FaultServer(.identity, tls: .valid)
        let folder = try await hashedFolder(with: try #require(other.caBundle))
        defer { removeFolder(folder) }
        let server = try FaultServer(.identity, tls: .valid)
        let trust = SystemTrust(file: server.caBundle, folder: folder)
        let prober = try makeProber(CurlOptions(systemTrust: trust, proxy: .none))
        // Several at once: each finds out for itself, or hears of it.
        try await withThrowingTaskGroup(of: ProbeOutcome.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    await prober.probe(
                        exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
                }
            }
            for try await outcome in group {
                #expect(outcome.details?.httpStatus == 200, "\(outcome)")
            }
        }
        #expect(server.requestCount == 8)
    }

    @Test func refusesAnAuthorityThatNeitherStoreHas() async throws {
        let other = try FaultServer(.identity, tls: .valid)
        let bundle = try #require(other.caBundle)
        let folder = try await hashedFolder(with: bundle)
        defer { removeFolder(folder) }
        let server = try FaultServer(.identity, tls: .selfSigned)
        let prober = try makeProber(
            CurlOptions(systemTrust: SystemTrust(file: bundle, folder: folder), proxy: .none))
        for _ in 0..<2 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
            #expect(outcome.failure?.phase == .tls, "\(outcome)")
        }
        #expect(server.requestCount == 0)
    }

    @Test func takesTheFileWhereTheFolderHasNoHashes() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let folder = try makeFolder()
        defer { removeFolder(folder) }
        let trust = SystemTrust(file: server.caBundle, folder: folder)
        let outcome = try await makeProber(CurlOptions(systemTrust: trust, proxy: .none)).probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        #expect(outcome.details?.httpStatus == 200, "\(outcome)")
        // A bad certificate needs no second handshake then.
        #expect(server.connectionCount == 1)
    }

    private func makeFolder() throws -> String {
        var template = Array("/tmp/credwatch-trust-XXXXXX".utf8CString)
        return String(cString: try #require(mkdtemp(&template)))
    }

    private func removeFolder(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                unlink("\(path)/\(name)")
            }
            closedir(folder)
        }
        rmdir(path)
    }

    /// Makes a folder as `update-ca-certificates` leaves one behind.
    private func hashedFolder(with bundle: String) async throws -> String {
        let folder = try makeFolder()
        try #require(link(bundle, folder + "/authority.pem") == 0)
        let made = try await Subprocess.run("openssl", ["rehash", folder])
        try #require(made.ending == .exited(0), "\(made.errorText)")
        return folder
    }

    @Test func saysThatAServerEndsNoHandshake() async throws {
        let server = try FaultServer(.garbage)
        let endpoint = Endpoint(
            url: "https://127.0.0.1:\(server.port)", signingRegion: "us-east-1", partition: "aws")
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: endpoint, timeout: .milliseconds(400))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .tls && failure.timedOut)
    }

    @Test func namesABundleThatCannotBeRead() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let outcome = try await makeProber(
            CurlOptions(caBundle: "/nonexistent/ca.pem", proxy: .none)
        ).probe(exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .setup)
        #expect(
            failure.reason
                == "cannot read the CA bundle /nonexistent/ca.pem: No such file or directory")
    }

    @Test func refusesAFIFOAsABundle() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let good = try #require(server.caBundle)
        let bundle = good + ".fifo"
        try #require(mkfifo(bundle, 0o600) == 0)
        defer { unlink(bundle) }
        let outcome = try await makeProber(CurlOptions(caBundle: bundle, proxy: .none)).probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .setup)
        #expect(failure.reason == "the CA bundle \(bundle) is neither a file nor a folder")
    }

    @Test func healsWhenTheBundleIsMended() async throws {
        let server = try FaultServer(.identity, tls: .valid)
        let other = try FaultServer(.identity, tls: .valid)
        let good = try #require(server.caBundle)
        let wrong = try #require(other.caBundle)
        let bundle = good + ".link"
        #expect(symlink(wrong, bundle) == 0)
        defer { unlink(bundle) }
        let prober = try makeProber(CurlOptions(caBundle: bundle, proxy: .none))
        let before = await prober.probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        #expect(before.failure?.phase == .tls, "\(before)")
        #expect(unlink(bundle) == 0 && symlink(good, bundle) == 0)
        // What libcurl has read is trusted for a second at most after a refusal.
        let start = ContinuousClock.now
        var after = before
        while after.failure != nil, ContinuousClock.now - start < .seconds(10) {
            after = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(10))
        }
        #expect(after.details?.httpStatus == 200, "\(after)")
    }
}
