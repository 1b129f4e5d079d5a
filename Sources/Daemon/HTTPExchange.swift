import EventLoops
import Glibc
import Model
import Scheduling
import Serving

/// One request and its answer.
extension HTTPServer {
    /// Takes in what a client sends.
    func read(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 2_048)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        guard let connection = connections[descriptor] else { return }
        if count == 0, case .waiting = connection.phase {
            // Who has said all there is to say may still listen, like `nc -N`; the answer finds out.
            return loop.unwatch(descriptor)
        }
        guard count > 0 else { return drop(descriptor) }
        switch connection.phase {
        case .asking:
            let request = connection.request + buffer[..<count]
            connections[descriptor]?.request = request
            switch readRequest(request) {
            case .incomplete: break
            case .refused(let refusal): answer(descriptor, service.answer(to: refusal))
            case .complete(let request): take(request, from: descriptor)
            }
        case .waiting, .sending, .ending:
            // A body, or another request: nobody reads it, but to hang up on it would be a reset, with
            // which the answer might be lost.
            connections[descriptor]?.thrown += count
            if connection.thrown > 65_536 { drop(descriptor) }
        }
    }

    private func take(_ request: RequestHead, from descriptor: Int32) {
        guard let id = connections[descriptor]?.id else { return }
        connections[descriptor]?.isHead = request.method == .head
        connections[descriptor]?.phase = .waiting
        connections[descriptor]?.request = []
        limit(descriptor, to: patience.engine)
        service.answer(request) { [weak self] answer, rendering in
            guard let self else { return }
            loop.async {
                self.assumeIsolated { $0.answered(descriptor, id, answer, rendering) }
            }
        }
    }

    /// Takes the answer for a connection, if it is still the one that asked.
    private func answered(
        _ descriptor: Int32, _ id: Int, _ answer: ServedAnswer, _ rendering: Int?
    ) {
        guard let connection = connections[descriptor], connection.id == id,
            case .waiting = connection.phase
        else { return }
        self.answer(descriptor, answer, rendering: rendering)
    }

    /// Begins to send an answer; `rendering` is its number, if many share it.
    func answer(_ descriptor: Int32, _ answer: ServedAnswer, rendering: Int? = nil) {
        guard let connection = connections[descriptor] else { return }
        connections[descriptor]?.phase = .sending
        connections[descriptor]?.request = []
        connections[descriptor]?.output =
            [answer.head(at: SystemClock.wall())[...]]
            + (connection.isHead ? [] : [answer.body[...]])
        if let rendering, !connection.isHead {
            connections[descriptor]?.rendering = (rendering, answer.body.count)
            keepFew()
        }
        limit(descriptor, to: patience.answer)
        send(descriptor)
    }

    /// Sends as much as the client takes now.
    private func send(_ descriptor: Int32) {
        while let part = connections[descriptor]?.output.first {
            let count = part.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                loop.watch(descriptor, for: .writing) { [weak self] in
                    self?.assumeIsolated { $0.send(descriptor) }
                }
                return
            }
            guard count >= 0 else { return drop(descriptor) }
            if count == part.count {
                connections[descriptor]?.output.removeFirst()
            } else {
                connections[descriptor]?.output[0] = part.dropFirst(count)
            }
        }
        end(descriptor)
    }

    /// Waits for the client to hang up first, for a moment.
    private func end(_ descriptor: Int32) {
        guard connections[descriptor] != nil else { return }
        connections[descriptor]?.phase = .ending
        connections[descriptor]?.rendering = nil
        shutdown(descriptor, Int32(SHUT_WR))
        limit(descriptor, to: patience.farewell)
        loop.watch(descriptor) { [weak self] in self?.assumeIsolated { $0.read(descriptor) } }
        noteRoom()
    }
}
