import Dispatch
import Model
import Reporting
import Scheduling
import Tracking

/// Who asks for the credentials of groups, and where they may.
struct Handout {
    /// Somebody who waits for a credential to be proven, or for a group to move.
    struct Waiter {
        var group: String
        var until: Moment
        var reply: @Sendable (GroupCredential) -> Void
    }

    var servers: [ListenAddress: CredentialsServer] = [:]
    var troubles: [ListenAddress: [ServingTrouble]] = [:]
    var socket: CredentialsSocket?
    var socketProblem: SocketProblem?
    var waiters: [Waiter] = []
    /// When a request was the reason for a check of a profile last.
    var promptedAt: [String: Moment] = [:]

    /// How long a client waits for a check or a move; botocore hangs up after 2 s.
    static let patience = Duration.milliseconds(1_500)
    /// What lasts less than this is checked, and by that renewed, when somebody asks for it.
    static let nearEnd = Duration.seconds(330)
    /// What lasts less than this is over before a client has used it.
    static let leastUse = Duration.seconds(5)
    static let promptPause = (unproven: Duration.seconds(2), nearEnd: Duration.seconds(30))

    /// Whether somebody may be kept from a credential; who tries tokens keeps nobody from one.
    var isTroubled: Bool {
        socketProblem != nil || troubles.values.contains { $0.contains { $0 != .wrongTokens } }
    }

    /// Closes everything.
    func stop() async {
        for server in servers.values { await server.stop() }
        await socket?.stop()
    }
}

/// Handing out the proven credentials of groups.
extension Engine {
    /// Brings the servers and the socket to what the config wants: started, stopped, or left alone.
    func serveGroups() {
        proven.keep(only: configuration.profiles)
        var wanted: [ListenAddress: [String: String]] = [:]
        var users: [String: [String]] = [:]
        for group in configuration.groups {
            guard let serve = group.serve else { continue }
            users[group.name] = serve.users
            guard let endpoint = serve.endpoint else { continue }
            wanted[endpoint.address, default: [:]][group.name] = endpoint.tokenFile
        }
        for (address, server) in handout.servers where wanted[address] == nil {
            handout.servers[address] = nil
            handout.troubles[address] = nil
            Task.detached(executorPreference: parts.transport) { await server.stop() }
        }
        for (address, tokenFiles) in wanted {
            let server = handout.servers[address] ?? makeCredentialsServer(address)
            handout.servers[address] = server
            server?.serve(tokenFiles, on: address)
        }
        serveBySocket(users)
    }

    private func serveBySocket(_ users: [String: [String]]) {
        guard !users.isEmpty else {
            if let socket = handout.socket {
                Task.detached(executorPreference: parts.transport) { await socket.stop() }
            }
            handout.socket = nil
            handout.socketProblem = nil
            return
        }
        if handout.socket == nil {
            handout.socket = CredentialsSocket(path: configuration.credentialsSocket) {
                [weak self] group, reply in self?.ask(for: group, reply)
            }
        }
        guard let socket = handout.socket else { return tellNoThread() }
        socket.serve(users)
        listenForCredentials()
    }

    private func makeCredentialsServer(_ address: ListenAddress) -> CredentialsServer? {
        let server = CredentialsServer(
            asking: { [weak self] group, reply in self?.ask(for: group, reply) },
            onChange: { [weak self] troubles in
                guard let self else { return }
                queue.async {
                    self.assumeIsolated { $0.servingChanged(at: address, troubles) }
                }
            })
        if server == nil { tellNoThread() }
        return server
    }

    private nonisolated func ask(
        for group: String, _ reply: @escaping @Sendable (GroupCredential) -> Void
    ) {
        queue.async { self.assumeIsolated { $0.tellCredential(of: group, reply) } }
    }

    /// Opens the socket; when that fails, it is tried again with every status file.
    func listenForCredentials() {
        guard let socket = handout.socket else { return }
        Task.detached(executorPreference: parts.transport) { [self] in
            do throws(SocketProblem) {
                try await socket.start()
                await credentialsSocketChanged(nil)
            } catch {
                await credentialsSocketChanged(error)
            }
        }
    }

    // MARK: - What is told

    private func credentialsSocketChanged(_ problem: SocketProblem?) {
        guard !isStopping, handout.socket != nil, problem != handout.socketProblem else { return }
        handout.socketProblem = problem
        tellServing(problem.map { ["\($0). It is tried again"] } ?? [], by: "the socket")
    }

    /// Tells what is new of an endpoint.
    private func servingChanged(at address: ListenAddress, _ troubles: [ServingTrouble]) {
        guard !isStopping, handout.servers[address] != nil else { return }
        let before = handout.troubles[address] ?? []
        handout.troubles[address] = troubles
        let news = troubles.filter { !before.contains($0) }
        guard !news.isEmpty || (troubles.isEmpty && !before.isEmpty) else { return }
        tellServing(news.map(\.text), by: "\(address)")
    }

    private func tellServing(_ troubles: [String], by way: String) {
        for trouble in troubles {
            parts.journal.write(
                JournalEntry(
                    .credentialsUnserved, .warning,
                    "Credentials are not served by \(way) as they should be: \(trouble)."))
        }
        if troubles.isEmpty {
            parts.journal.write(
                JournalEntry(.credentialsServed, .notice, "Credentials are served by \(way) again.")
            )
        }
        publication.markDirty(urgent: true)
        turn()
    }

    private func tellNoThread() {
        parts.journal.write(
            JournalEntry(
                .credentialsUnserved, .warning,
                "Credentials are not served: no thread or descriptor is left for it."))
    }

    // MARK: - Requests

    /// Answers who asks for the credential of a group: at once, or when a check that may prove it has ended,
    /// or when it is decided who takes over.
    private func tellCredential(
        of group: String, _ reply: @escaping @Sendable (GroupCredential) -> Void
    ) {
        guard !isStopping else { return reply(.none(.stopping)) }
        let now = SystemClock.now()
        let found = credential(of: group, at: now)
        guard isWorthWaiting(found) else { return answer(group, found, reply) }
        handout.waiters.append(
            Handout.Waiter(group: group, until: now.moment + Handout.patience, reply: reply))
        if case .none(.unproven(_, let profile)) = found {
            prompt(profile, pause: Handout.promptPause.unproven, at: now.moment)
        }
        turn()
    }

    /// Whether there may be a credential in a moment where there is none now.
    private func isWorthWaiting(_ found: GroupCredential) -> Bool {
        switch found {
        case .none(.unproven): true
        case .none(.refused(let group, _)): tracker.isUndecided(group)
        case .none(.notServed), .none(.stopping), .credentials: false
        }
    }

    /// Answers those who wait, as far as there is something to answer by now.
    func answerWaiters() {
        let now = SystemClock.now()
        let waiters = handout.waiters
        handout.waiters = []
        for waiter in waiters {
            let found = credential(of: waiter.group, at: now)
            if isWorthWaiting(found), now.moment < waiter.until {
                handout.waiters.append(waiter)
            } else {
                answer(waiter.group, found, waiter.reply)
            }
        }
        if let first = handout.waiters.map(\.until).min() {
            schedule.set(.handout, due: first)
        } else {
            schedule.remove(.handout)
        }
    }

    private func answer(
        _ group: String, _ credential: GroupCredential, _ reply: (GroupCredential) -> Void
    ) {
        if case .credentials = credential {
            counters.handouts[group, default: .init()].count(isServed: true)
        } else {
            counters.handouts[group, default: .init()].count(isServed: false)
        }
        reply(credential)
    }

    /// Finds what a client of a group may be given now.
    private func credential(of group: String, at now: Instant) -> GroupCredential {
        guard let serve = configuration.groups.first(where: { $0.name == group })?.serve,
            let choice = tracker.profileToServe(of: group)
        else { return .none(.notServed(group: group)) }
        switch choice {
        case .failure(let gap): return .none(gap)
        case .success(let name):
            guard let profile = profiles[name], let entry = proven.entry(of: profile) else {
                return .none(.unproven(group: group, profile: name))
            }
            if let rest = entry.remaining(at: now) {
                guard rest > Handout.leastUse else {
                    return .none(.unproven(group: group, profile: name))
                }
                if rest < Handout.nearEnd {
                    prompt(name, pause: Handout.promptPause.nearEnd, at: now.moment)
                }
            }
            let end = servedUntil(
                entry.credentials.expiresAt?.value, for: serve.duration, at: now.wall)
            return .credentials(entry.credentials, end: end)
        }
    }

    /// Checks a profile because somebody wants its credential, unless that was done a moment ago.
    private func prompt(_ name: String, pause: Duration, at now: Moment) {
        guard let profile = profiles[name], !jobs.hasRoutine(name) else { return }
        if let before = handout.promptedAt[name], now - before < pause { return }
        handout.promptedAt[name] = now
        add(.routine(due: nil), of: profile)
        startJobs()
    }

    /// Lets nobody wait any more; returns what has to be closed.
    func endHandout() -> Handout {
        for waiter in handout.waiters { waiter.reply(.none(.stopping)) }
        handout.waiters = []
        return handout
    }
}
