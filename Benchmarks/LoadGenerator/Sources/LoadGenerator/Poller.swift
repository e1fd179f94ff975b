import CEpoll
import Glibc

/// Waits for many sockets with one thread.
struct Poller {
    private let descriptor = epoll_create1(0)
    private var events = [epoll_event](repeating: epoll_event(), count: 256)

    /// Wants to know when the socket can be read; `token` names it.
    func add(_ socket: Socket, token: Int) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(token)
        guard epoll_ctl(descriptor, EPOLL_CTL_ADD, socket.descriptor, &event) == 0 else {
            fail("epoll_ctl: \(String(cString: strerror(errno)))")
        }
    }

    /// Calls `body` with the token of each socket that can be read; waits at most so many milliseconds for the first.
    mutating func wait(milliseconds: Int32, _ body: (Int) -> Void) {
        let count = epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
        guard count > 0 else { return }
        for index in 0..<Int(count) {
            body(Int(events[index].data.u64))
        }
    }
}
