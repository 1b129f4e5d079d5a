import Glibc
import Model
import Testing

@testable import Reporting

/// The manager's variables belong to the process, so each of these runs in one of its own.
@Suite struct ServiceManagerTests {
    @Test func tellsAManagerInOrder() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let socket = try DatagramSocket(path: folder.file("notify"))
            setenv("NOTIFY_SOCKET", folder.file("notify"), 1)
            let manager = ServiceManager()
            #expect(manager.isPresent)
            manager.ready("12 healthy")
            manager.watchdog()
            manager.status("11 healthy,\n1 failing")
            manager.reloading()
            manager.stopping()
            #expect(socket.receive() == "READY=1\nSTATUS=12 healthy")
            #expect(socket.receive() == "WATCHDOG=1")
            #expect(socket.receive() == "STATUS=11 healthy,\\n1 failing")
            let reloading = try #require(socket.receive())
            let match = try #require(
                reloading.wholeMatch(
                    of: /RELOADING=1\nMONOTONIC_USEC=(\d+)\nSTATUS=reloading the config/))
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            let now = Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
            let age = now - (Int64(match.1) ?? 0)
            #expect(age >= 0 && age < 60_000_000)
            #expect(socket.receive() == "STOPPING=1\nSTATUS=stopping")
            #expect(socket.receive(within: 0) == nil)
            socket.close()
        }
    }

    @Test func isSilentWithoutAManager() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            let manager = ServiceManager()
            #expect(!manager.isPresent)
            #expect(manager.watchdogInterval == nil)
            manager.ready("12 healthy")
            manager.stopping()
            manager.flush(within: .seconds(10))
        }
    }

    @Test(arguments: [
        ("30000000", nil, Duration.seconds(30)), ("30000000", "1", nil), ("0", nil, nil),
        ("x", nil, nil), ("18446744073709551614", nil, nil),
    ])
    func readsTheWatchdogsInterval(microseconds: String, process: String?, expected: Duration?)
        async
    {
        await #expect(processExitsWith: .success) { [microseconds, process, expected] in
            setenv("WATCHDOG_USEC", microseconds, 1)
            setenv("WATCHDOG_PID", process ?? "\(getpid())", 1)
            #expect(ServiceManager().watchdogInterval == expected)
        }
    }

    @Test func aManagerThatDoesNotReadHoldsUpNobody() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let socket = try DatagramSocket(path: folder.file("notify"))
            setenv("NOTIFY_SOCKET", folder.file("notify"), 1)
            let manager = ServiceManager()
            // Far more than a socket takes: would hang here for ever if it waited.
            for number in 0..<2_000 { manager.status("\(number)") }
            manager.stopping()
            manager.flush(within: .milliseconds(50))
            var received: [String] = []
            while let notice = socket.receive() {
                received.append(notice)
                if notice.hasPrefix("STOPPING=1") { break }
            }
            #expect(received.first == "STATUS=0")
            #expect(received.last == "STOPPING=1\nSTATUS=stopping")
            #expect(received.count < 2_000)
            socket.close()
        }
    }
}
