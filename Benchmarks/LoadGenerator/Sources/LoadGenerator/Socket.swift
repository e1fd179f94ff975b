import Glibc

/// A non-blocking TCP connection to this machine.
struct Socket {
    let descriptor: Int32

    /// Connects to a port of 127.0.0.1.
    init(port: UInt16) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { fail("no socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let file = descriptor
        // The pointer is used only within the call, and the size is that of the structure it points to.
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { fail("cannot connect to port \(port): \(String(cString: strerror(errno)))") }
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Reads the answer to CONNECT, which must be yes; before `makeNonBlocking`.
    func expectConnack() {
        var answer: [UInt8] = []
        while answer.count < 4 {
            var rest = [UInt8](repeating: 0, count: 4 - answer.count)
            answer += rest[..<read(into: &rest)]
        }
        guard answer == [0x20, 2, 0, 0] else { fail("CONNECT was answered with \(answer)") }
    }

    func makeNonBlocking() {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    /// Writes all of it; the amounts are small against the kernel's buffer, so waiting is rare and short.
    func write(_ bytes: some Collection<UInt8>) {
        let sent: Void? = bytes.withContiguousStorageIfAvailable { storage in
            var rest = UnsafeRawBufferPointer(storage)
            while let start = rest.baseAddress, rest.count > 0 {
                // The pointer and the count are of one buffer, which outlives the call.
                let count = send(descriptor, start, rest.count, Int32(MSG_NOSIGNAL))
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno == EAGAIN || errno == EINTR {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, 1_000)
                } else {
                    fail("the server closed the connection: \(String(cString: strerror(errno)))")
                }
            }
        }
        if sent == nil { write(Array(bytes)) }
    }

    /// Reads what is there into the buffer: the count, 0 when there is nothing at the moment.
    func read(into buffer: inout [UInt8]) -> Int {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return count }
        if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
        fail("the server closed the connection")
    }
}
