import CDescriptors
import Glibc

/// An epoll instance and the event descriptor that wakes it.
///
/// Only the thread of the loop may wait; any thread may wake.
struct EventPoll: Sendable {
    struct Event {
        var id: UInt64
        var isReadable: Bool
        var isWritable: Bool
        /// Both directions are closed, or the connection has failed.
        var isBroken: Bool
    }

    enum Interest {
        case nothing, reading, writing

        fileprivate var flags: UInt32 {
            switch self {
            case .nothing: 0
            case .reading: EPOLLIN.rawValue
            case .writing: EPOLLOUT.rawValue
            }
        }
    }

    static let wakeID = UInt64.max
    private let epoll: Int32
    private let wakeDescriptor: Int32

    init() throws(SandboxError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw .system("epoll_create1", errno) }
        wakeDescriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wakeDescriptor >= 0 else {
            let number = errno
            Glibc.close(epoll)
            throw .system("eventfd", number)
        }
        add(wakeDescriptor, id: Self.wakeID, .reading)
    }

    func close() {
        Glibc.close(epoll)
        Glibc.close(wakeDescriptor)
    }

    func wake() {
        _ = eventfd_write(wakeDescriptor, 1)
    }

    @discardableResult
    func add(_ descriptor: Int32, id: UInt64, _ interest: Interest) -> Bool {
        control(EPOLL_CTL_ADD, descriptor, id, interest)
    }

    func change(_ descriptor: Int32, id: UInt64, _ interest: Interest) {
        _ = control(EPOLL_CTL_MOD, descriptor, id, interest)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ id: UInt64, _ interest: Interest
    ) -> Bool {
        var event = epoll_event(events: interest.flags, data: epoll_data_t(u64: id))
        return epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// Waits for events, at most so many milliseconds; -1 waits without limit.
    func wait(milliseconds: Int32) -> [Event] {
        var events = [epoll_event](repeating: epoll_event(), count: 128)
        let count = epoll_wait(epoll, &events, Int32(events.count), milliseconds)
        guard count > 0 else { return [] }
        return events.prefix(Int(count)).map { event in
            Event(
                id: event.data.u64, isReadable: event.events & EPOLLIN.rawValue != 0,
                isWritable: event.events & EPOLLOUT.rawValue != 0,
                isBroken: event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
        }
    }
}
