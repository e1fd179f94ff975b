/// Names that a batch brings and the dictionary does not have yet, with the ids the database gave them. They become
/// part of the heads when the transaction has committed, not before: it may still be rolled back.
struct NewNames {
    struct Series {
        var key: SeriesKey
        var id: Int64
    }

    struct Field {
        var seriesID: Int64
        var name: String
        var id: Int64
    }

    private(set) var series: [Series] = []
    private(set) var fields: [Field] = []
    private var seriesPositions: [SeriesKey: Int32] = [:]
    private var fieldPositions: [Int64: [String: Int32]] = [:]

    var isEmpty: Bool { series.isEmpty && fields.isEmpty }

    func seriesPosition(_ key: SeriesKey) -> Int32? { seriesPositions[key] }

    func fieldPosition(_ seriesID: Int64, _ name: String) -> Int32? { fieldPositions[seriesID]?[name] }

    func fieldCount(_ seriesID: Int64) -> Int { fieldPositions[seriesID]?.count ?? 0 }

    mutating func add(_ key: SeriesKey, id: Int64) {
        seriesPositions[key] = Int32(series.count)
        series.append(Series(key: key, id: id))
    }

    mutating func add(_ seriesID: Int64, _ name: String, id: Int64) {
        fieldPositions[seriesID, default: [:]][name] = Int32(fields.count)
        fields.append(Field(seriesID: seriesID, name: name, id: id))
    }
}

/// Reports turned into a batch and its journal row.
struct Staged {
    var batch = Batch()
    var journal = ByteWriter()
    var refused: [Appended.Refused] = []
    /// Reports with a series or a field that has no id yet.
    var unknown: [Int] = []
}

extension Heads {
    /// Resolves names and encodes. Called with the lock held, once a batch: no look-up in SQL, no existential, one hash
    /// of the series a report.
    func stage(
        _ reports: [Report], limits: StoreLimits, now: Int64, oldest: Int64, names: NewNames,
        refusedAlready: [Int: ReportRejection]
    ) -> Staged {
        var staged = Staged()
        staged.batch.rows.reserveCapacity(reports.count)
        staged.batch.entries.reserveCapacity(reports.count * 8)
        staged.journal = ByteWriter(capacity: reports.count * 48)
        Journal.begin(&staged.journal)
        var previous: Int64 = 0
        for index in reports.indices {
            if let refusal = refusedAlready[index] ?? limits.refusal(reports[index], now: now, oldest: oldest) {
                staged.refused.append(Appended.Refused(index, refusal))
                continue
            }
            guard stage(reports[index], names, &staged, &previous) else {
                staged.unknown.append(index)
                continue
            }
        }
        if !staged.batch.rows.isEmpty { staged.journal.checksum() }
        return staged
    }

    /// False when a name is unknown; then nothing was added.
    @inline(__always)
    private func stage(
        _ report: Report, _ names: NewNames, _ staged: inout Staged, _ previous: inout Int64
    ) -> Bool {
        let start = staged.batch.entries.count
        let series: Int32
        let seriesID: Int64
        let delay = report.receivedAt.map { $0 &- report.time }
        let count = report.fields.count
        if let position = self.position(report.series) {
            let head = all[Int(position)]
            series = position
            seriesID = head.id
            switch head.fields.resolve(report.fields, names, series: seriesID, &staged.batch) {
            case .asBefore: break
            case .another: head.learn(report.fields)
            case .unknown: return false
            }
            Journal.report(
                series: seriesID, time: report.time, after: previous, flags: report.flags.rawValue, delay: delay,
                fields: count, into: &staged.journal)
            head.fields.encode(staged.batch, from: start, names, into: &staged.journal)
        } else if let position = names.seriesPosition(report.series) {
            series = -1 - position
            seriesID = names.series[Int(position)].id
            let none = FieldTable()
            if case .unknown = none.resolve(report.fields, names, series: seriesID, &staged.batch) { return false }
            Journal.report(
                series: seriesID, time: report.time, after: previous, flags: report.flags.rawValue, delay: delay,
                fields: count, into: &staged.journal)
            none.encode(staged.batch, from: start, names, into: &staged.journal)
        } else {
            return false
        }
        previous = report.time
        staged.batch.rows.append(
            Batch.Row(
                series: series, end: Int32(staged.batch.entries.count), flags: report.flags.rawValue,
                hasDelay: delay != nil, time: report.time, delay: delay ?? 0))
        return true
    }

    /// Makes the new names part of the heads, and the batch's positions those of the heads.
    mutating func install(_ names: NewNames, _ batch: inout Batch) {
        guard !names.isEmpty else { return }
        let series = names.series.map { install($0.key, id: $0.id) }
        let columns = names.fields.map { field in
            position(id: field.seriesID).map { all[Int($0)].install(field.name, id: field.id) } ?? 0
        }
        for index in batch.rows.indices where batch.rows[index].series < 0 {
            batch.rows[index].series = series[Int(-1 - batch.rows[index].series)]
        }
        for index in batch.entries.indices where batch.entries[index].column < 0 {
            batch.entries[index].column = columns[Int(-1 - batch.entries[index].column)]
        }
    }
}
