internal import HubModel
internal import Registry
public import SolutionKit
internal import Synchronization

/// How often links were used since that was written last. Whoever follows a link waits for no commit: a use is counted in memory, and `write` stores
/// all of them together, once a minute and at a stop. A hub that crashes loses the uses of the last minute.
public final class LinkUses: Sendable {
    /// Uses of one link that are not written yet.
    private struct Unwritten {
        var times: Int64 = 0
        var lastAt: Timestamp
    }

    /// How often they are written.
    public static let interval = Duration.seconds(60)
    /// The most links of which uses wait to be written, as many as the hub keeps. Those of further ones are not counted: there can be more only while
    /// nothing can be stored.
    private static let maximumLinks = 10_000
    /// The most links that are written in one piece of a batch.
    private static let linksPerPiece = 500

    private let line: any Line
    private let table = LinkTable()
    private let unwritten = Mutex<[String: Unwritten]>([:])

    /// No uses.
    public init(line: any Line) {
        self.line = line
    }

    /// Counts a use.
    /// - Parameter link: its identifier.
    func count(_ link: String, at instant: Timestamp) {
        unwritten.withLock { unwritten in
            guard unwritten[link] != nil || unwritten.count < LinkUses.maximumLinks else { return }
            unwritten[link, default: Unwritten(lastAt: instant)].times += 1
            unwritten[link]?.lastAt = instant
        }
    }

    /// A link as it was read, with its uses that are not written yet. One that is read while they are being written may count them twice, or not at all.
    func added(to link: LinkRecord) -> LinkRecord {
        guard let more = unwritten.withLock({ $0[link.grant.id] }) else { return link }
        return link.used(more.times, lastAt: more.lastAt)
    }

    /// Writes all of them; where there are none, the line hears of nothing. Not twice at once.
    /// - Throws: what the line throws. What is not written then is kept for the next time.
    public func write() async throws {
        var waiting = unwritten.withLock { $0.sorted { $0.key < $1.key } }[...]
        while !waiting.isEmpty {
            let piece = Array(waiting.prefix(LinkUses.linksPerPiece))
            waiting = waiting.dropFirst(LinkUses.linksPerPiece)
            try await line.perform { [table] line in
                for (link, uses) in piece {
                    try table.used(link, times: uses.times, at: uses.lastAt, in: line.transaction())
                }
            }
            unwritten.withLock { unwritten in
                for (link, written) in piece {
                    unwritten[link]?.times -= written.times
                    if unwritten[link]?.times == 0 { unwritten[link] = nil }
                }
            }
        }
    }
}
