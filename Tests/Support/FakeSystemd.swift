import CSystemd
import Glibc
import Model
import Synchronization

/// A bus of its own, on which a test answers in the place of systemd.
package final class FakeBus: Sendable {
    package let address: String
    private let daemon: Subprocess

    package static let isPossible = access("/usr/bin/dbus-daemon", X_OK) == 0

    /// Starts the bus in a directory.
    package init(in directory: String) async throws {
        address = "unix:path=\(directory)/bus"
        let configuration = """
            <busconfig><type>session</type><listen>\(address)</listen><policy context="default">
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
            </policy></busconfig>
            """
        guard let file = fopen("\(directory)/bus.conf", "we") else { throw FakeBusFailure() }
        fputs(configuration, file)
        fclose(file)
        daemon = try Subprocess(
            "dbus-daemon",
            ["--config-file=\(directory)/bus.conf", "--nofork", "--print-address"])
        guard await daemon.hasWritten("unix:path") else { throw FakeBusFailure() }
    }

    deinit {
        daemon.send(signal: SIGKILL)
    }

    /// Connects, and takes systemd's name.
    package func systemd(
        _ answers: [String: BusAnswer], refusesJobs: Bool = false,
        onJob: (@Sendable (String, FakeManager) -> Void)? = nil
    ) throws -> FakeManager {
        try FakeManager(address, answers, refusesJobs, onJob)
    }
}

package struct FakeBusFailure: Error {}

package enum BusAnswer: Sendable {
    case text(String)
    case number(UInt32)
    case truth(Bool)
    /// The job property, which names a job so many times and then none.
    case jobs(Int)
    case error
    case silence
}

/// Answers for properties until it is told to stop.
package final class FakeManager: Sendable {
    private let isOver = Atomic(false)
    private let paths = Mutex<[String]>([])
    private let jobs = Mutex<[String]>([])
    private let busy = Mutex(0)
    private let answers: Mutex<[String: BusAnswer]>
    private let refusesJobs: Bool
    private let onJob: (@Sendable (String, FakeManager) -> Void)?

    /// The paths that were asked about.
    package var asked: [String] { paths.withLock(\.self) }
    /// The jobs that were asked for, with their arguments.
    package var calls: [String] { jobs.withLock(\.self) }

    /// Answers something else from now on.
    package func set(_ property: String, _ answer: BusAnswer) {
        answers.withLock { $0[property] = answer }
    }

    init(
        _ address: String, _ answers: [String: BusAnswer], _ refusesJobs: Bool,
        _ onJob: (@Sendable (String, FakeManager) -> Void)?
    ) throws {
        self.answers = Mutex(answers)
        self.refusesJobs = refusesJobs
        self.onJob = onJob
        // The bus belongs to the one thread that is made here.
        nonisolated(unsafe) var bus: OpaquePointer?
        guard sd_bus_new(&bus) >= 0 else { throw FakeBusFailure() }
        guard sd_bus_set_address(bus, address) >= 0 else { throw FakeBusFailure() }
        guard sd_bus_set_bus_client(bus, 1) >= 0 else { throw FakeBusFailure() }
        guard sd_bus_start(bus) >= 0 else { throw FakeBusFailure() }
        guard sd_bus_request_name(bus, "org.freedesktop.systemd1", 0) >= 0 else {
            throw FakeBusFailure()
        }
        let started = bus
        nonisolated(unsafe) let own = started
        Thread.start { [self] in
            while !isOver.load(ordering: .relaxed) {
                var message: OpaquePointer?
                let result = sd_bus_process(own, &message)
                if let message {
                    answer(message)
                    sd_bus_message_unref(message)
                }
                if result == 0 { sd_bus_wait(own, 20_000) }
                if result < 0 { break }
            }
            sd_bus_flush_close_unref(own)
        }
    }

    package func stop() {
        isOver.store(true, ordering: .relaxed)
    }

    private func answer(_ message: OpaquePointer) {
        if let member = sd_bus_message_get_member(message).map({ String(cString: $0) }),
            member.hasSuffix("RestartUnit")
        {
            return startJob(message, member)
        }
        guard
            sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Properties", "Get") > 0
        else { return }
        var interface: UnsafePointer<CChar>?
        var property: UnsafePointer<CChar>?
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &interface)
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &property)
        paths.withLock { $0.append(String(cString: sd_bus_message_get_path(message))) }
        let answer = property.flatMap { known(String(cString: $0)) } ?? .error
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
        case .truth(let truth):
            var number: Int32 = truth ? 1 : 0
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_open_container(reply, CChar(UInt8(ascii: "v")), "b")
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "b")), &number)
            sd_bus_message_close_container(reply)
        case .jobs(let count):
            var number: UInt32 = busy.withLock {
                $0 += 1
                return $0 <= count ? 7 : 0
            }
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_open_container(reply, CChar(UInt8(ascii: "v")), "(uo)")
            sd_bus_message_open_container(reply, CChar(UInt8(ascii: "r")), "uo")
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "u")), &number)
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "o")), "/job")
            sd_bus_message_close_container(reply)
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

    private func known(_ property: String) -> BusAnswer? {
        answers.withLock { $0[property] }
    }

    private func startJob(_ message: OpaquePointer, _ member: String) {
        var unit: UnsafePointer<CChar>?
        var mode: UnsafePointer<CChar>?
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &unit)
        sd_bus_message_read_basic(message, CChar(UInt8(ascii: "s")), &mode)
        let name = unit.map { String(cString: $0) } ?? ""
        let call = "\(member) \(name) \(mode.map { String(cString: $0) } ?? "")"
        var reply: OpaquePointer?
        if refusesJobs {
            var error = sd_bus_error()
            sd_bus_error_set(&error, "org.freedesktop.DBus.Error.AccessDenied", "Access denied")
            sd_bus_message_new_method_error(message, &reply, &error)
            sd_bus_error_free(&error)
        } else {
            jobs.withLock { $0.append(call) }
            onJob?(name, self)
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_append_basic(reply, CChar(UInt8(ascii: "o")), "/job")
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
