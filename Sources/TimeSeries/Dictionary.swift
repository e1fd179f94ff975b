internal import SQL
internal import Synchronization

extension TimeSeriesStore {
    /// Gives ids to the series and fields of some reports, inside the caller's transaction.
    ///
    /// The database decides about uniqueness: when another replica added the same name meanwhile, its id is taken.
    func newNames(
        _ reports: [Report], _ unknown: [Int], _ refused: inout [Int: ReportRejection], in transaction: Transaction
    ) throws -> NewNames {
        var names = NewNames()
        let limits = configuration.limits
        for index in unknown {
            let report = reports[index]
            let known = heads.withLock { heads in
                heads.head(report.series).map { head in
                    (
                        id: head.id, count: head.fields.ids.count,
                        missing: report.fields.filter { head.fields.position($0.name) == nil }
                    )
                }
            }
            let missing = Self.unique(known?.missing ?? report.fields)
            guard limits.allows(report.series), missing.allSatisfy({ limits.allowsName($0) }) else {
                refused[index] = .badName
                continue
            }
            let pending = names.seriesPosition(report.series).map { names.series[Int($0)].id }
            let id: Int64
            if let existing = known?.id ?? pending {
                id = existing
            } else {
                let count = heads.withLock { $0.all.count } + names.series.count
                guard count < limits.series else {
                    refused[index] = .tooManySeries
                    continue
                }
                id = try newSeries(report.series, in: transaction)
                names.add(report.series, id: id)
            }
            let added = missing.filter { names.fieldPosition(id, $0) == nil }
            guard (known?.count ?? 0) + names.fieldCount(id) + added.count <= limits.fieldsOfSeries else {
                refused[index] = .tooManyFields
                continue
            }
            for name in added { names.add(id, name, id: try newField(id, name, in: transaction)) }
        }
        return names
    }

    private func newSeries(_ key: SeriesKey, in transaction: Transaction) throws -> Int64 {
        try transaction.queryOne(
            """
            INSERT INTO telemetry_series (source, measurement, tags) VALUES ($1, $2, $3)
            ON CONFLICT (source, measurement, tags) DO UPDATE SET source = excluded.source RETURNING id
            """,
            [.text(key.source), .text(key.measurement), .text(key.tagText)]
        ).integer(0)
    }

    private func newField(_ series: Int64, _ name: String, in transaction: Transaction) throws -> Int64 {
        try transaction.queryOne(
            """
            INSERT INTO telemetry_field (series, name) VALUES ($1, $2)
            ON CONFLICT (series, name) DO UPDATE SET name = excluded.name RETURNING id
            """,
            [.integer(series), .text(name)]
        ).integer(0)
    }

    private static func unique(_ fields: [Field]) -> [String] {
        var seen: Set<String> = []
        return fields.map(\.name).filter { seen.insert($0).inserted }
    }
}
