internal import Blobs
internal import HubModel
internal import SQL
internal import SolutionKit

/// One thing that the hub's retention does. Counting and deleting choose the same.
enum RetentionTask: Sendable {
    /// Deletes rows that are old.
    case rows(RetentionRule)
    /// Lets go of files that are old.
    case oldFiles(BlobPurpose)
    /// Lets go of the oldest files of sites that have too many bytes of them, where they may go for that.
    case filesBeyond(BlobPurpose)

    /// Its name, the solution first.
    var name: String {
        switch self {
        case .rows(let rule): rule.name
        case .oldFiles(let purpose): "\(purpose.owner).\(purpose.name)"
        case .filesBeyond(let purpose): "\(purpose.owner).\(purpose.name)-bytes"
        }
    }

    /// The setting that bounds what is kept.
    var setting: DeclaredSetting {
        switch self {
        case .rows(let rule): rule.days
        case .oldFiles(let purpose): purpose.days
        case .filesBeyond(let purpose): purpose.mebibytesPerSite
        }
    }

    /// What it deletes, for people.
    func title(_ settings: SettingValues) -> String {
        switch self {
        case .rows(let rule): return rule.title
        case .oldFiles(let purpose): return purpose.title.prefix(1).uppercased() + purpose.title.dropFirst()
        case .filesBeyond(let purpose):
            let bound = "\(settings[purpose.mebibytesPerSite]) MiB of \(purpose.title) at a site"
            return switch settings[purpose.whenFull] {
            case .refuse: "Beyond \(bound): nothing, new ones are refused"
            case .oldestGo: "Beyond \(bound): those that were kept first"
            }
        }
    }

    /// Whether it goes by age, and its setting is of days.
    var isByAge: Bool { if case .filesBeyond = self { false } else { true } }

    /// The instant before which something is old; nil: nothing ever is.
    func cutoff(_ settings: SettingValues, at now: Timestamp) -> Timestamp? {
        guard isByAge, settings[setting] > 0 else { return nil }
        return now.advanced(bySeconds: -86_400 * Int64(settings[setting]))
    }

    /// How much is due.
    /// - Throws: `SQLFailure`.
    func count(_ settings: SettingValues, at now: Timestamp, in reader: some SQLReading) throws -> Int64 {
        switch self {
        case .rows(let rule): try cutoff(settings, at: now).map { try rule.count(before: $0, in: reader) } ?? 0
        case .oldFiles(let purpose), .filesBeyond(let purpose):
            try excess(settings, at: now).map { try BlobTable().count($0, of: purpose, in: reader) } ?? 0
        }
    }

    /// Deletes some of it.
    /// - Returns: how much; less than `limit` means that nothing is left.
    /// - Throws: `SQLFailure`.
    func delete(
        _ settings: SettingValues, at now: Timestamp, atMost limit: Int, in transaction: Transaction
    ) throws -> Int {
        switch self {
        case .rows(let rule):
            try cutoff(settings, at: now).map { try rule.delete(before: $0, atMost: limit, in: transaction) } ?? 0
        case .oldFiles(let purpose), .filesBeyond(let purpose):
            try excess(settings, at: now).map {
                try BlobTable().drop($0, of: purpose, atMost: limit, in: transaction)
            } ?? 0
        }
    }

    private func excess(_ settings: SettingValues, at now: Timestamp) -> BlobExcess? {
        if case .filesBeyond(let purpose) = self {
            return settings[purpose.whenFull] == .oldestGo
                ? .beyond(bytesPerSite: purpose.bytesPerSite(settings)) : nil
        }
        return cutoff(settings, at: now).map { .before($0) }
    }
}
