import Glibc
import HTTP
import Model
import Probing
import Support
import Synchronization
import Testing

@Suite struct CurlTransportTests {
    @Test func usesAConnectionAgain() async throws {
        let server = try FaultServer(.identity)
        let prober = try makeProber()
        for _ in 0..<20 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
            #expect(outcome.details?.httpStatus == 200)
        }
        #expect(server.requestCount == 20)
        #expect(server.connectionCount == 1)
    }

    @Test func connectsAgainWhenTheServerHasHungUp() async throws {
        let server = try FaultServer(.identity)
        let prober = try makeProber()
        for _ in 0..<3 {
            let outcome = await prober.probe(
                exampleCredentials(), at: server.endpoint, timeout: .seconds(5))
            #expect(outcome.details?.httpStatus == 200, "\(outcome)")
            server.dropConnections()
        }
        #expect(server.connectionCount >= 3)
    }

    @Test func carriesManyRequestsAtTheSameTime() async throws {
        let server = try FaultServer(.identity)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let prober = Prober(transport: transport, clock: systemTime)
        let keys = (0..<200).map { "AKIAEXAMPLE\(1_000 + $0)" }
        for (index, key) in keys.enumerated() {
            server.set(
                CallerIdentity(account: "\(index)", arn: "arn:\(index)", userID: "u"), forKey: key)
        }
        let endpoint = server.endpoint
        let tasks = keys.map { key in
            Task(executorPreference: transport) {
                await prober.probe(
                    exampleCredentials(key: key), at: endpoint, timeout: .seconds(30))
            }
        }
        for (index, task) in tasks.enumerated() {
            guard case .identity(let identity, _) = await task.value else {
                Issue.record("request \(index) got no identity")
                continue
            }
            #expect(identity.account == "\(index)")
        }
        #expect(server.requestCount == 200)
    }

    @Test func servesTasksThatRunElsewhere() async throws {
        let server = try FaultServer(.identity)
        let prober = try makeProber()
        let endpoint = server.endpoint
        let good = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let outcome = await prober.probe(
                        exampleCredentials(), at: endpoint, timeout: .seconds(30))
                    return outcome.details?.httpStatus == 200
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 50)
    }

    @Test func runsTasksOnItsOneThread() async throws {
        let server = try FaultServer(.identity)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let prober = Prober(transport: transport, clock: systemTime)
        let endpoint = server.endpoint
        let threads = Mutex<Set<UInt>>([])
        let note: @Sendable () -> Void = {
            _ = threads.withLock { $0.insert(UInt(pthread_self())) }
        }
        let tasks = (0..<20).map { _ in
            Task(executorPreference: transport) {
                note()
                _ = await prober.probe(exampleCredentials(), at: endpoint, timeout: .seconds(30))
                note()
                await Task.yield()
                note()
            }
        }
        for task in tasks { await task.value }
        let seen = threads.withLock { $0 }
        #expect(seen.count == 1)
        #expect(!seen.contains(UInt(pthread_self())))
    }

    @Test(.timeLimit(.minutes(1))) func livesAsLongAsItsTasks() async throws {
        let server = try FaultServer(.identity)
        let endpoint = server.endpoint
        var transport: CurlTransport? = try CurlTransport(CurlOptions(proxy: .none))
        weak let watched = transport
        let task = try #require(transport).startTask(at: endpoint)
        transport = nil
        let outcome = await task.value
        #expect(outcome.details?.httpStatus == 200)
        // The thread lets go of the task, and with it of the transport, after it gave its value.
        while watched != nil { await Task.yield() }
    }

    @Test(.timeLimit(.minutes(1))) func endsWhenItsTaskIsCancelled() async throws {
        let server = try FaultServer(.blackHole)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        for executor in [transport, nil] {
            let before = server.requestCount
            let task = startTimedTask(transport, on: executor, at: server.endpoint)
            #expect(await server.waitForRequests(before + 1))
            let start = ContinuousClock.now
            task.cancel()
            let (outcome, end) = await task.value
            let failure = try #require(outcome.failure)
            #expect(failure.phase == .wait)
            #expect(failure.reason == "the request was cancelled")
            #expect(!failure.timedOut)
            // Elsewhere, the other tests decide when a thread is free for the task.
            if executor != nil { #expect(end - start < .seconds(1)) }
        }
    }

    @Test func sendsNothingForATaskThatIsCancelledBefore() async throws {
        let server = try FaultServer(.blackHole)
        let prober = try makeProber()
        let endpoint = server.endpoint
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await prober.probe(exampleCredentials(), at: endpoint, timeout: .seconds(30))
        }
        let failure = try #require(await task.value.failure)
        #expect(failure.reason == "the request was cancelled")
        #expect(failure.phase == .setup)
        #expect(server.connectionCount == 0)
    }

    @Test(.timeLimit(.minutes(1))) func endsEverythingAtShutdown() async throws {
        let server = try FaultServer(.blackHole)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        let tasks = (0..<20).map { _ in
            startTimedTask(transport, on: transport, at: server.endpoint)
        }
        #expect(await server.waitForRequests(20))
        let start = ContinuousClock.now
        transport.shutdown()
        for task in tasks {
            let (outcome, end) = await task.value
            let failure = try #require(outcome.failure)
            #expect(failure.phase == .wait)
            #expect(failure.reason == "credwatch is stopping")
            #expect(end - start < .seconds(1))
        }
        let late = await Prober(transport: transport, clock: systemTime).probe(
            exampleCredentials(), at: server.endpoint, timeout: .seconds(30))
        #expect(late.failure?.reason == "credwatch is stopping")
        // Tasks still run, so that they can come to their end.
        #expect(await Task(executorPreference: transport) { 7 }.value == 7)
    }

    @Test func saysWhoRefusesAConnection() async throws {
        let server = try FaultServer(.identity)
        let endpoint = server.endpoint
        server.close()
        let outcome = try await makeProber().probe(
            exampleCredentials(), at: endpoint, timeout: .seconds(5))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .connect)
        #expect(
            failure.reason
                == "could not connect to 127.0.0.1 port \(server.port): Connection refused")
    }

    @Test func givesUpOnAPortThatDoesNotAnswer() async throws {
        let port = try UnansweredPort()
        let outcome = try await makeProber().probe(
            exampleCredentials(),
            at: Endpoint(url: port.url, signingRegion: "us-east-1", partition: "aws"),
            timeout: .milliseconds(400))
        let failure = try #require(outcome.failure, "\(outcome)")
        #expect(failure.phase == .connect && failure.timedOut)
        // Three quarters of the time, for the connection.
        #expect(failure.latency >= .milliseconds(290) && failure.latency < .seconds(3))
    }

    @Test func saysWhichHostHasNoAddress() async throws {
        let outcome = try await makeProber().probe(
            exampleCredentials(),
            at: Endpoint(
                url: "https://sts.nowhere-1.invalid", signingRegion: "us-east-1", partition: "aws"),
            timeout: .seconds(5))
        let failure = try #require(outcome.failure)
        #expect(failure.phase == .lookup)
        #expect(failure.reason.contains("sts.nowhere-1.invalid"))
    }

    @Test func sendsAGetWithoutABodyAfterAPost() async throws {
        let server = try FaultServer(.identity)
        let transport = try CurlTransport(CurlOptions(proxy: .none))
        for method in [HTTPRequest.Method.post, .get, .post] {
            let response = try await transport.send(
                HTTPRequest(
                    method: method, url: server.url + "/x?y=z", headers: [],
                    body: method == .post ? Array("body".utf8) : [],
                    connectTimeout: .seconds(5), timeout: .seconds(5)))
            #expect(response.status == 200)
        }
        #expect(server.requests.map(\.method) == ["POST", "GET", "POST"])
        #expect(server.requests.map(\.body) == ["body", "", "body"])
        #expect(server.requests.map(\.target) == ["/x?y=z", "/x?y=z", "/x?y=z"])
    }
}

/// Starts a probe that says when it ended.
private func startTimedTask(
    _ transport: CurlTransport, on executor: CurlTransport?, at endpoint: Endpoint
) -> Task<(ProbeOutcome, ContinuousClock.Instant), Never> {
    Task(executorPreference: executor) {
        let outcome = await Prober(transport: transport, clock: systemTime).probe(
            exampleCredentials(), at: endpoint, timeout: .seconds(30))
        return (outcome, ContinuousClock.now)
    }
}

extension CurlTransport {
    /// Starts a probe that alone keeps the transport alive.
    fileprivate func startTask(at endpoint: Endpoint) -> Task<ProbeOutcome, Never> {
        Task(executorPreference: self) { [unowned self] in
            await Prober(transport: self, clock: systemTime).probe(
                exampleCredentials(), at: endpoint, timeout: .seconds(5))
        }
    }
}
