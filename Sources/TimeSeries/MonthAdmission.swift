internal import SQL
internal import Synchronization

extension TimeSeriesStore {
    /// Finds out which months there are, which there ought to be, and takes those that are whole and this hub's. What cannot be used is
    /// set aside and named; the store opens without it.
    func admitMonths(now: Int64, newIdentity: String) async throws {
        let (recorded, earlier, known) = try await database.read { reader in
            let months = try reader.query("SELECT month, reports FROM telemetry_month").map { row in
                (Month(number: Int(try row.integer(0))), try row.integer(1))
            }
            let damage = try reader.query(
                "SELECT id, month, reason, detail, set_aside, superseded FROM telemetry_damage ORDER BY id"
            ).map(StoredDamage.init)
            let hub = try reader.queryFirst("SELECT id FROM telemetry_hub")
            return (
                Dictionary(months) { first, _ in first }, damage, try hub.map { try $0.text(0) }
            )
        }
        var identity = known
        var unstamped: [Month] = []
        for month in try months.listed() {
            let says = try await admit(month, recorded: recorded[month], hub: &identity, now: now)
            if says == .nothing { unstamped.append(month) }
        }
        let hub = identity ?? newIdentity
        self.identity.withLock { $0 = hub }
        if known == nil {
            try await database.write { _ = try $0.execute("INSERT INTO telemetry_hub (id) VALUES ($1)", [.text(hub)]) }
        }
        for month in unstamped { try await months.stamp(month, hub: hub) }

        var isExplained: Set<Month> = []
        for damage in earlier {
            if await isHealed(damage, recorded: recorded[damage.month]) {
                try await database.write {
                    _ = try $0.execute("DELETE FROM telemetry_damage WHERE id = $1", [.integer(damage.id)])
                }
                continue
            }
            damages.note(damage.damage, isSaved: true)
            if !damage.isSuperseded { isExplained.insert(damage.month) }
        }
        let unusable = Set(damages.found.compactMap { Month(fileName: $0.file) })
        for month in recorded.keys.sorted() where !months.contains(month) {
            guard !isExplained.contains(month), !unusable.contains(month) else { continue }
            damages.note(Damage(.missing, month))
        }
        try await saveDamage(now: now)
    }

    /// Takes a month's file if it is whole and this hub's, and sets it aside if it is not.
    /// - Parameters:
    ///   - recorded: the reports that it held when it was last sealed into.
    ///   - hub: whose the files are; found out from the first one where the main database does not say.
    /// - Returns: whether a file that was taken says whose it is.
    @discardableResult
    func admit(
        _ month: Month, recorded: Int64?, hub: inout String?, now: Int64
    ) async throws -> MonthOwner {
        switch try await months.examine(month, now: now) {
        case .unusable(.unreadable, let detail):
            months.note(month, MonthTotals())
            damages.note(Damage(.unreadable, month, detail: detail))
            return .notTaken
        case .unusable(let reason, let detail):
            let name = try months.setAside(month, now: now)
            damages.note(Damage(reason, month, setAside: name, detail: detail))
            return .notTaken
        case .sound(let contents):
            do {
                if let theirs = contents.hub, let ours = hub, theirs != ours {
                    throw TimeSeriesFailure.foreignMonth(file: month.fileName, series: nil)
                }
                try await adopt(contents.names, of: month)
            } catch TimeSeriesFailure.foreignMonth(_, let series) {
                let name = try months.setAside(month, now: now)
                damages.note(
                    Damage(
                        .foreign, month, setAside: name,
                        detail: series.map { "what it calls \($0.source) \($0.measurement) is another series here" }
                            ?? ""))
                return .notTaken
            }
            if hub == nil { hub = contents.hub }
            months.note(month, contents.totals)
            if let detail = contents.logDamage { damages.note(Damage(.damaged, month, detail: detail)) }
            if let recorded, contents.totals.reports < recorded {
                damages.note(
                    Damage(.outdated, month, detail: "\(contents.totals.reports) of \(recorded) reports"))
            }
            return contents.hub == nil ? .nothing : .said
        }
    }

    /// Whether the file of a month that was damaged is there again and whole: somebody has put it back.
    private func isHealed(_ damage: StoredDamage, recorded: Int64?) async -> Bool {
        guard !damage.isSuperseded, months.contains(damage.month) else { return false }
        // Found anew, or gone.
        if damage.damage.reason == .outdated { return true }
        let problems = try? await months.use(damage.month) { file in
            let reports = try await file.database.read { try MonthFile.totals($0).reports }
            guard reports >= recorded ?? 0 else { return ["fewer reports"] }
            return try await file.database.integrityCheck()
        }
        return problems == []
    }
}

/// What a month's file says of whose it is.
enum MonthOwner {
    case said
    /// It is of an older version.
    case nothing
    /// The file was not taken.
    case notTaken
}

/// A row of the table of damage.
private struct StoredDamage: Sendable {
    var id: Int64
    var month: Month
    var damage: Damage
    /// Whether the month has a new file since.
    var isSuperseded: Bool

    init(_ row: Row) throws {
        id = try row.integer(0)
        month = Month(number: Int(try row.integer(1)))
        damage = Damage(
            Damage.Reason(rawValue: try row.text(2)) ?? .damaged, month, setAside: try row.optionalText("set_aside"),
            detail: try row.text(3))
        isSuperseded = try row.integer(5) != 0
    }
}
