import CSystemd
import Glibc
import Model
import Support
import Synchronization
import Testing

@testable import Resolving

/// A bus of its own, on which a test answers in the place of systemd.
private final class TestBus: Sendable {
    let address: String
    private let daemon: Subprocess

    static let isPossible = access("/usr/bin/dbus-daemon", X_OK) == 0

    init(in directory: TemporaryDirectory) async throws {
        address = "unix:path=\(directory["bus"])"
        try directory.write(
            "bus.conf",
            """
            <busconfig><type>session</type><listen>\(address)</listen><policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
            </policy></busconfig>
            """)
        daemon = try Subprocess(
            "dbus-daemon",
            ["--config-file=\(directory["bus.conf"])", "--nofork", "--print-address"])
        try #require(await daemon.hasWritten("unix:path"))
    }

    deinit {
        daemon.send(signal: SIGKILL)
    }

    /// Connects, and takes systemd's name.
    func systemd(_ answers: [String: Answer]) throws -> FakeManager {
        try FakeManager(address, answers)
    }
}

private enum Answer: Sendable {
    case text(String)
    case number(UInt32)
    case error
    case silence
}

/// Answers for properties until it is told to stop.
private final class FakeManager: Sendable {
    private let isOver = Atomic(false)
    private let paths = Mutex<[String]>([])

    /// The paths that were asked about.
    var asked: [String] { paths.withLock(\.self) }

    init(_ address: String, _ answers: [String: Answer]) throws {
        // The bus belongs to the one thread that is made here.
        nonisolated(unsafe) var bus: OpaquePointer?
        try #require(sd_bus_new(&bus) >= 0)
        try #require(sd_bus_set_address(bus, address) >= 0)
        try #require(sd_bus_set_bus_client(bus, 1) >= 0)
        try #require(sd_bus_start(bus) >= 0)
        try #require(sd_bus_request_name(bus, "org.freedesktop.systemd1", 0) >= 0)
        let started = bus
        nonisolated(unsafe) let own = started
        Thread.start { [self] in
            while !isOver.load(ordering: .relaxed) {
                var message: OpaquePointer?
                let result = sd_bus_process(own, &message)
                if let message {
                    answer(message, answers)
                    sd_bus_message_unref(message)
                }
                if result == 0 { sd_bus_wait(own, 20_000) }
                if result < 0 { break }
            }
            sd_bus_flush_close_unref(own)
        }
    }

    func stop() {
        isOver.store(true, ordering: .relaxed)
    }

    private func answer(_ message: OpaquePointer, _ answers: [String: Answer]) {
        guard
            sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") > 0
        else { return }
        var interface: UnsafePointer<CChar>?
        var property: UnsafePointer<CChar>?
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &interface)
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &property)
        paths.withLock { $0.append(String(cString: sd_bus_message_get_path(message))) }
        let answer = property.flatMap { answers[String(cString: $0)] } ?? .error
        var reply: OpaquePointer?
        switch answer {
        case .silence: return
        case .error:
            sd_bus_message_new_method_errno(message, &reply, -EACCES, nil)
        case .text(let text):
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_open_container(reply, CChar(UInt8(ascii: "v")), "s")
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "s")), text)
            sd_bus_message_close_container(reply)
        case .number(var number):
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_open_container(reply, CChar(UInt8(ascii: "v")), "u")
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "u")), &number)
            sd_bus_message_close_container(reply)
        }
        sd_bus_send(nil, reply, nil)
        sd_bus_message_unref(reply)
    }
}

private enum Thread {
    /// Runs a closure on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { pointer in
                if let pointer {
                    Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                }
                return nil
            }, box)
        pthread_detach(thread)
    }
}

@Suite(.timeLimit(.minutes(1)), .enabled(if: TestBus.isPossible, "needs dbus-daemon"))
struct SystemBusTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func failure(_ bus: SystemBus, _ limit: Duration = .seconds(20)) -> String {
        do throws(UnitDirectoryFailure) {
            return "\(try bus.state(of: "app.service", within: limit))"
        } catch {
            return error.what
        }
    }

    @Test func aUnitIsAskedAbout() async throws {
        let bus = try await TestBus(in: directory)
        let manager = try bus.systemd([
            "LoadState": .text("loaded"), "ActiveState": .text("active"),
            "SubState": .text("running"), "MainPID": .number(812),
        ])
        defer { manager.stop() }
        let state = try SystemBus(address: bus.address).state(
            of: "app@1.service", within: .seconds(20))
        #expect(state == FakeUnits.running(812))
        #expect(Set(manager.asked) == ["/org/freedesktop/systemd1/unit/app_401_2eservice"])
    }

    @Test func aUnitThatIsNotThereHasNoProcess() async throws {
        let bus = try await TestBus(in: directory)
        let manager = try bus.systemd([
            "LoadState": .text("not-found"), "ActiveState": .text("inactive"),
            "SubState": .text("dead"),
        ])
        defer { manager.stop() }
        let state = try SystemBus(address: bus.address).state(
            of: "app.service", within: .seconds(20))
        #expect(
            state
                == UnitState(load: "not-found", active: "inactive", sub: "dead", mainProcess: 0))
    }

    @Test func aRefusalIsAReason() async throws {
        let bus = try await TestBus(in: directory)
        let manager = try bus.systemd([:])
        defer { manager.stop() }
        #expect(
            failure(SystemBus(address: bus.address))
                == "systemd does not answer: Permission denied")
    }

    @Test func silenceComesToAnEnd() async throws {
        let bus = try await TestBus(in: directory)
        let manager = try bus.systemd(["LoadState": .silence])
        defer { manager.stop() }
        let what = failure(SystemBus(address: bus.address), .milliseconds(50))
        #expect(what == "systemd does not answer: Connection timed out")
    }

    @Test func aBusThatIsNotThereIsAReason() {
        let bus = SystemBus(address: "unix:path=\(directory["none"])")
        #expect(failure(bus).hasPrefix("the system bus cannot be reached: "))
    }

    @Test(
        .enabled(
            if: access("/run/systemd/system", F_OK) == 0
                && access("/run/dbus/system_bus_socket", F_OK) == 0,
            "needs a machine that systemd runs, with its system bus"))
    func systemdKnowsItsUnits() throws {
        let missing = try SystemBus().state(of: "credwatch-no-such.service", within: .seconds(5))
        #expect(missing.load == "not-found")
        let journald = try SystemBus().state(of: "systemd-journald.service", within: .seconds(5))
        #expect(journald.load == "loaded")
        #expect(journald.active != "active" || journald.mainProcess > 0)
    }
}
