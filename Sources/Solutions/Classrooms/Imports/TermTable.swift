internal import HubModel
internal import SQL

/// The table `classroom_term`.
enum TermTable {
    private static let columns = "id, site, name, first_day, last_day, days_off"

    /// The terms at these sites, by their first days.
    static func all(at sites: SiteScope, in reader: some SQLReading) throws -> [Term] {
        var conditions = Conditions()
        conditions.add("site", isOneOf: sites.names)
        return try reader.query(
            "SELECT \(columns) FROM classroom_term WHERE \(conditions.text) ORDER BY first_day, name, id",
            conditions.arguments
        ).map(term)
    }

    /// One term; nil when there is none.
    static func one(_ id: String, in reader: some SQLReading) throws -> Term? {
        try reader.queryFirst("SELECT \(columns) FROM classroom_term WHERE id = $1", [.text(id)]).map(term)
    }

    /// Writes all of a term, a new one or one that is there.
    static func write(_ term: Term, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_term (\(columns)) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (id) DO UPDATE SET name = $3, first_day = $4, last_day = $5, days_off = $6
            """,
            [
                .text(term.id), .text(term.site.text), .text(term.name), .text("\(term.first)"),
                .text("\(term.last)"), .text(term.daysOffTexts.joined(separator: " ")),
            ])
    }

    /// Removes a term.
    static func remove(_ id: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM classroom_term WHERE id = $1", [.text(id)])
    }

    private static func term(_ row: Row) throws -> Term {
        let daysOff = try row.text("days_off").split(separator: " ").map { Term.daysOff($0) }
        guard let site = SiteID(try row.text("site")), let first = CivilDate(iso8601: try row.text("first_day")),
            let last = CivilDate(iso8601: try row.text("last_day")), !daysOff.contains(nil)
        else { throw SQLFailure(.wrongType, "a row of classroom_term holds no term") }
        return Term(
            id: try row.text("id"), site: site, name: try row.text("name"), first: first, last: last,
            daysOff: daysOff.compactMap(\.self))
    }
}
