internal import SQL
internal import Synchronization

/// A series with its fields, by id and name.
struct SeriesNames: Sendable {
    var id: Int64
    var key: SeriesKey
    var fields: [(id: Int64, name: String)]
}

extension Heads {
    func names(series id: Int64) -> SeriesNames? {
        guard let position = position(id: id) else { return nil }
        let head = all[Int(position)]
        return SeriesNames(id: id, key: head.key, fields: zip(head.fields.ids, head.fields.names).map { ($0, $1) })
    }
}

extension MonthFile {
    /// The names the file has.
    func names() async throws -> [SeriesNames] {
        try await database.read { reader in
            var fields: [Int64: [(id: Int64, name: String)]] = [:]
            try reader.queryEach("SELECT id, series, name FROM field ORDER BY id") { row in
                fields[try row.integer(1), default: []].append((try row.integer(0), try row.text(2)))
            }
            return try reader.query("SELECT id, source, measurement, tags FROM series ORDER BY id").map { row in
                let id = try row.integer(0)
                let tags = SeriesKey.tags(of: try row.text(3))
                let key = SeriesKey(source: try row.text(1), measurement: try row.text(2), tags: tags)
                return SeriesNames(id: id, key: key, fields: fields[id] ?? [])
            }
        }
    }
}

extension TimeSeriesStore {
    /// Takes names over from a month's file into a main database that does not have them: it is an older copy than the file,
    /// as after a restore.
    /// - Throws: `TimeSeriesFailure.foreignMonth` where an id or a name means something else here; nothing is taken then.
    func adopt(_ found: [SeriesNames], of month: Month) async throws {
        let missing = heads.withLock { heads in
            found.filter { names in
                let known = heads.names(series: names.id)
                return known?.key != names.key
                    || !names.fields.allSatisfy { field in
                        known?.fields.contains { $0.id == field.id && $0.name == field.name } ?? false
                    }
            }
        }
        guard !missing.isEmpty else { return }
        try await database.write { transaction in
            for names in missing {
                do {
                    try Self.adopt(names, in: transaction)
                } catch let failure as SQLFailure where failure.code == .uniqueViolation {
                    throw TimeSeriesFailure.foreignMonth(file: month.fileName, series: names.key)
                }
            }
        }
        heads.withLock { heads in
            for names in missing {
                let position = heads.install(names.key, id: names.id)
                for field in names.fields { _ = heads.all[Int(position)].install(field.name, id: field.id) }
            }
        }
    }

    private static func adopt(_ names: SeriesNames, in transaction: Transaction) throws {
        let key = names.key
        let known = try transaction.queryFirst(
            "SELECT 1 FROM telemetry_series WHERE id = $1 AND source = $2 AND measurement = $3 AND tags = $4",
            [.integer(names.id), .text(key.source), .text(key.measurement), .text(key.tagText)])
        if known == nil {
            try transaction.execute(
                "INSERT INTO telemetry_series (id, source, measurement, tags) VALUES ($1, $2, $3, $4)",
                [.integer(names.id), .text(key.source), .text(key.measurement), .text(key.tagText)])
        }
        for field in names.fields {
            let known = try transaction.queryFirst(
                "SELECT 1 FROM telemetry_field WHERE id = $1 AND series = $2 AND name = $3",
                [.integer(field.id), .integer(names.id), .text(field.name)])
            guard known == nil else { continue }
            try transaction.execute(
                "INSERT INTO telemetry_field (id, series, name) VALUES ($1, $2, $3)",
                [.integer(field.id), .integer(names.id), .text(field.name)])
        }
    }

    /// Finds the latest values of series that have none in the main database in their newest chunk: of those that were
    /// adopted, and those whose row was damaged.
    func findLatest() async throws {
        let lost = heads.withLock { heads in
            heads.all.compactMap { $0.latest.time == .min ? $0.id : nil }
        }
        guard !lost.isEmpty else { return }
        for month in months.all.reversed() {
            let rest = heads.withLock { heads in lost.filter { heads.hasNoLatest($0) } }
            guard !rest.isEmpty else { return }
            do {
                _ = try await months.use(month) { file in
                    for id in rest { try await findLatest(of: id, in: file) }
                }
            } catch let failure as SQLFailure {
                guard let reason = failure.reason(of: months.path(month)) else { throw failure }
                damages.note(Damage(reason, month, detail: failure.message))
            }
        }
    }

    private func findLatest(of id: Int64, in file: MonthFile) async throws {
        let whole = file.month.start..<file.month.next.start
        let newest = try await file.database.read { reader in
            var newest: Block?
            try file.visit(reader, series: id, whole, descending: true) { row in
                newest = try? Chunk(row.data).block()
                return newest == nil
            }
            return newest
        }
        guard let newest else { return }
        heads.withLock { $0.restoreLatest(id, newest) }
    }
}

extension Heads {
    fileprivate func hasNoLatest(_ id: Int64) -> Bool {
        position(id: id).map { all[Int($0)].latest.time == .min } ?? false
    }

    fileprivate func restoreLatest(_ id: Int64, _ block: Block) {
        guard let position = position(id: id) else { return }
        let head = all[Int(position)]
        for (field, column) in zip(block.ids, block.columns) {
            guard let place = head.fields.position(id: field),
                let row = (0..<column.count).last(where: { column.tags[$0] != Cell.null })
            else { continue }
            head.latest.restore(place, from: block, column, row)
        }
        head.latest.isUnsaved = true
    }
}
