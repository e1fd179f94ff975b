internal import SQL
internal import Synchronization

/// The damage that is known, and whom to tell of what is found.
final class DamageList: Sendable {
    private struct State {
        /// Of whole files, by when they were found.
        var found: [Damage] = []
        /// Those not yet in the main database.
        var unsaved: [Damage] = []
        /// Chunks that were found damaged, by file and id.
        var chunks: Set<ChunkPlace> = []
    }

    struct ChunkPlace: Hashable, Sendable {
        var month: Month
        var id: Int64
    }

    /// Damaged chunks that are told apart; each costs a line in the log.
    private static let mostChunks = 10_000

    private let state = Mutex(State())
    private let tell: @Sendable (Damage) -> Void

    init(tell: @escaping @Sendable (Damage) -> Void) {
        self.tell = tell
    }

    /// The damage of whole files.
    var found: [Damage] { state.withLock { $0.found } }

    /// How many chunks were found damaged.
    var chunks: Int { state.withLock { $0.chunks.count } }

    /// Takes in what was found, and tells of it unless that was done before.
    func note(_ damage: Damage, isSaved: Bool = false) {
        let isNew = state.withLock { state in
            let isKnown = state.found.contains {
                $0.file == damage.file && $0.reason == damage.reason && $0.setAside == damage.setAside
            }
            guard !isKnown else { return false }
            state.found.append(damage)
            // That a file cannot be opened is found anew each time; it may be all right the next.
            if !isSaved, damage.reason != .unreadable || damage.setAside != nil { state.unsaved.append(damage) }
            return true
        }
        if isNew { tell(damage) }
    }

    /// Takes in that a chunk is damaged.
    func note(chunk place: ChunkPlace, range: Range<Int64>, detail: String) {
        let isNew = state.withLock { state in
            guard state.chunks.count < DamageList.mostChunks else { return false }
            return state.chunks.insert(place).inserted
        }
        guard isNew else { return }
        tell(Damage(.chunk, file: place.month.fileName, range: range, detail: "\(place.id): \(detail)"))
    }

    /// A file could be opened after all.
    func forgetUnreadable(_ month: Month) {
        state.withLock { state in
            guard !state.found.isEmpty else { return }
            state.found.removeAll {
                $0.reason == .unreadable && $0.setAside == nil && $0.file == month.fileName
            }
        }
    }

    /// Forgets what is known of a month that is no longer kept.
    func forget(_ month: Month) {
        state.withLock { state in
            state.found.removeAll { $0.file == month.fileName }
            state.unsaved.removeAll { $0.file == month.fileName }
        }
    }

    func takeUnsaved() -> [Damage] {
        state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved
        }
    }

    func giveBack(_ unsaved: [Damage]) {
        state.withLock { $0.unsaved = unsaved + $0.unsaved }
    }
}

extension TimeSeriesStore {
    /// What is known to be damaged or missing of the sealed telemetry, by files.
    public var damage: [Damage] { damages.found }

    /// Writes down what was found since, so that a restart knows it: damage inside a file is not looked for at the start.
    func saveDamage(now: Int64) async throws {
        let unsaved = damages.takeUnsaved()
        guard !unsaved.isEmpty else { return }
        do {
            try await database.write { transaction in
                for damage in unsaved {
                    guard let month = Month(fileName: damage.file) else { continue }
                    try transaction.execute(
                        """
                        INSERT INTO telemetry_damage (month, reason, detail, set_aside, superseded, found_at)
                        VALUES ($1, $2, $3, $4, 0, $5)
                        """,
                        [
                            .integer(Int64(month.number)), .text(damage.reason.rawValue), .text(damage.detail),
                            damage.setAside.map { .text($0) } ?? .null, .integer(now),
                        ])
                }
            }
        } catch {
            damages.giveBack(unsaved)
            throw error
        }
    }
}
