public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// An audit that notes in memory what it was told.
public final class RecordingAudit: AuditBook {
    private let noted = Mutex<[AuditEntry]>([])
    private let isFull = Mutex(false)

    /// An audit in which nothing stands.
    public init() {}

    /// What it was told, in order; also what was undone afterwards.
    public var entries: [AuditEntry] { noted.withLock { $0 } }

    /// From now on it refuses every entry, or takes them again.
    public func refuses(_ isSo: Bool) { isFull.withLock { $0 = isSo } }

    /// Notes an entry.
    /// - Throws: `BrokenAudit.Broken` while it refuses them.
    public func record(_ entry: AuditEntry, at instant: Timestamp, in transaction: Transaction) throws {
        if isFull.withLock({ $0 }) { throw BrokenAudit.Broken() }
        noted.withLock { $0.append(entry) }
    }
}

/// An audit that refuses every entry, for what must not be done unless it is recorded.
public struct BrokenAudit: AuditBook {
    /// The audit could not be written.
    public struct Broken: Error {}

    /// An audit.
    public init() {}

    /// Throws.
    public func record(_ entry: AuditEntry, at instant: Timestamp, in transaction: Transaction) throws {
        throw Broken()
    }
}
