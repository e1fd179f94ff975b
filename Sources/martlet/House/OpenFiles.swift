internal import Foundation

/// How many files and sockets the program may have open.
enum OpenFiles {
    /// Takes as many as the system lets this program have. Shells and systemd start programs with 1,024, which a thousand devices
    /// use up, and raising that is left to programs that do not use `select`.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
