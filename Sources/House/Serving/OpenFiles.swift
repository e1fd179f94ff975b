internal import Foundation

/// How many files and sockets the program may have open.
enum OpenFiles {
    /// Takes as many as the system lets this program have. Shells and systemd start programs with 1,024, which a thousand devices
    /// use up, and raising that is left to programs that do not use `select`.
    static func raiseLimit() {
        guard var limit = current(), limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// How many may be open at once; nil where the system does not tell.
    static var limit: Int? { current().map { Int(clamping: $0.rlim_cur) } }

    /// How many are open; nil where the system does not tell.
    static var count: Int? {
        // One of them is the look at the folder itself.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { $0.count - 1 }
    }

    private static func current() -> rlimit? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit
    }
}
