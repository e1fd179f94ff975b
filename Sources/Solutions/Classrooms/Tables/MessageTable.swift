internal import HubModel
internal import SQL
internal import SolutionKit

/// The table `classroom_message`.
enum MessageTable {
    private static let columns = "id, site, sender, subject, message, at, answered_at, answered_by"

    /// Keeps a message.
    /// - Returns: its number.
    static func insert(
        _ subject: String, _ message: String, from sender: String?, at site: SiteID, _ instant: Timestamp,
        in transaction: Transaction
    ) throws -> Int64 {
        try transaction.queryOne(
            """
            INSERT INTO classroom_message (site, sender, subject, message, at) VALUES ($1, $2, $3, $4, $5) RETURNING id
            """,
            [
                .text(site.text), SQLValue(sender), .text(subject), .text(message), .integer(instant.microseconds),
            ]
        ).integer(0)
    }

    /// How many somebody has sent since an instant.
    static func count(of sender: String?, since instant: Timestamp, in reader: some SQLReading) throws -> Int64 {
        var conditions = Conditions()
        if let sender {
            conditions.add("sender", .equals, .text(sender))
        } else {
            conditions.add("sender IS NULL")
        }
        conditions.add("at", .isGreater, .integer(instant.microseconds))
        return try reader.queryOne(
            "SELECT COUNT(*) FROM classroom_message WHERE \(conditions.text)", conditions.arguments
        ).integer(0)
    }

    /// How many nobody has answered.
    static func countOpen(at sites: SiteScope, in reader: some SQLReading) throws -> Int64 {
        var conditions = Conditions()
        conditions.add("answered_at IS NULL")
        conditions.add("site", isOneOf: sites.names)
        return try reader.queryOne(
            "SELECT COUNT(*) FROM classroom_message WHERE \(conditions.text)", conditions.arguments
        ).integer(0)
    }

    /// Messages, newest first.
    static func all(
        at sites: SiteScope, onlyOpen: Bool, before: Int64?, limit: Int, _ people: any PeopleBook,
        in reader: some SQLReading
    ) throws -> [ClassroomMessage] {
        var conditions = Conditions()
        conditions.add("site", isOneOf: sites.names)
        if onlyOpen { conditions.add("answered_at IS NULL") }
        if let before { conditions.add("id", .isLess, .integer(before)) }
        let bound = conditions.place(.integer(Int64(limit)))
        return try reader.query(
            "SELECT \(columns) FROM classroom_message WHERE \(conditions.text) ORDER BY id DESC LIMIT \(bound)",
            conditions.arguments
        ).compactMap { try message($0, people, in: reader) }
    }

    /// One message; nil when there is none.
    static func one(_ id: Int64, _ people: any PeopleBook, in reader: some SQLReading) throws -> ClassroomMessage? {
        try reader.queryFirst("SELECT \(columns) FROM classroom_message WHERE id = $1", [.integer(id)]).flatMap {
            try message($0, people, in: reader)
        }
    }

    /// Notes that somebody has answered a message; the first who says so counts.
    static func answer(_ id: Int64, by person: String?, at instant: Timestamp, in transaction: Transaction) throws {
        try transaction.execute(
            "UPDATE classroom_message SET answered_at = $2, answered_by = $3 WHERE id = $1 AND answered_at IS NULL",
            [.integer(id), .integer(instant.microseconds), SQLValue(person)])
    }

    private static func message(
        _ row: Row, _ people: any PeopleBook, in reader: some SQLReading
    ) throws -> ClassroomMessage? {
        guard let site = SiteID(try row.text("site")) else { return nil }
        func name(_ column: String) throws -> String? {
            try row.optionalText(column).flatMap { try people.known($0, in: reader)?.name }
        }
        return ClassroomMessage(
            id: try row.integer("id"), site: site, sender: try name("sender"), subject: try row.text("subject"),
            message: try row.text("message"), at: Timestamp(microseconds: try row.integer("at")),
            answeredAt: try row.optionalInteger("answered_at").map(Timestamp.init(microseconds:)),
            answeredBy: try name("answered_by"))
    }
}
