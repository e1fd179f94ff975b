internal import Foundation
internal import Logging
internal import Synchronization

/// Says once when the file is taken away or changed that devices' certificates are checked against, and once when it is back. What was
/// read of it stays in use.
final class AuthorityWatch: Sendable {
    /// When a file was written last, how long it is, and which it is.
    private struct Facts: Equatable {
        let changed: Date?
        let size: Int?
        let number: Int?

        init?(_ path: String) {
            guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            changed = facts[.modificationDate] as? Date
            size = (facts[.size] as? NSNumber)?.intValue
            number = (facts[.systemFileNumber] as? NSNumber)?.intValue
        }
    }

    private struct State {
        var inUse: Data?
        var facts: Facts?
        var isSaid = false
    }

    private let path: String?
    private let logger: Logger
    private let state: Mutex<State>

    /// - Parameter path: the file that was read; nil: there was none to read.
    init(path: String?, logger: Logger) {
        self.path = path
        self.logger = logger
        state = Mutex(
            State(inUse: path.flatMap { FileManager.default.contents(atPath: $0) }, facts: path.flatMap(Facts.init)))
    }

    /// Looks; costs some microseconds while nothing has changed.
    func look() {
        guard let path else { return }
        let isBack: Bool? = state.withLock { state in
            let facts = Facts(path)
            guard facts != state.facts else { return nil }
            state.facts = facts
            let isInUse = facts != nil && FileManager.default.contents(atPath: path) == state.inUse
            guard isInUse == state.isSaid else { return nil }
            state.isSaid = !isInUse
            return isInUse
        }
        guard let isBack else { return }
        if isBack {
            logger.notice(
                "The authority of devices' certificates is back in its file", metadata: ["file": .string(path)])
        } else {
            logger.error(
                """
                The file with the authority of devices' certificates was removed or changed while the hub runs. What was read of it stays in \
                use until the hub starts again or is told to read it (SIGHUP); if that was not meant, put the file back
                """, metadata: ["file": .string(path)])
        }
    }

    /// Notes that the file has been read again.
    func readAgain() {
        guard let path else { return }
        let (data, facts) = (FileManager.default.contents(atPath: path), Facts(path))
        state.withLock { $0 = State(inUse: data, facts: facts) }
    }
}
