import CClock
import Glibc

/// Writes all bytes to a descriptor that may be a terminal, a pipe, a socket or a file.
///
/// Waits for room by `poll` and writes no more than a pipe takes at once, so that a reader which has
/// stopped blocks this thread and nothing else. Raises no SIGPIPE. False when the reader is gone or
/// the write failed.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    withoutBrokenPipeSignal {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard waitForRoom(descriptor) else { return false }
            let piece = rest.prefix(Int(PIPE_BUF))
            let count = piece.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                return false
            }
        }
        return true
    }
}

private func waitForRoom(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    while poll(&request, 1, -1) < 0 {
        guard errno == EINTR else { return false }
    }
    // POLLERR too: the write that follows says what is wrong.
    return request.revents & Int16(POLLNVAL) == 0
}

/// Runs a body in which this thread neither gets nor leaves behind a SIGPIPE.
private func withoutBrokenPipeSignal(_ body: () -> Bool) -> Bool {
    var brokenPipe = sigset_t()
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    var pending = sigset_t()
    sigpending(&pending)
    var previous = sigset_t()
    pthread_sigmask(SIG_BLOCK, &brokenPipe, &previous)
    let result = body()
    if !result, sigismember(&pending, SIGPIPE) == 0 {
        credwatch_take_pending(&brokenPipe)
    }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
    return result
}
