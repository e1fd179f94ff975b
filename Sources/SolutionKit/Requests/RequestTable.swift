public import HubModel
public import SQL

/// A table of requests and their answers, for what leaves no row of its own in which its content and answer could be kept: an upload, a command,
/// a batch of bookings. What has a row of its own, such as a payment, keeps them there and uses `RepeatedRequest` alone.
///
///     static let requests = RequestTable("room_request")
///     let (answer, _) = try Self.requests.once(
///         "k7", in: "user:anna", content: wanted.text, at: line.now, in: line.transaction()) { try book(wanted) }
///
/// A solution makes the table in its own migrations (`creation`) and throws away now and then what is too old (`removeExpired`).
public struct RequestTable: Hashable, Sendable {
    /// The table's name.
    public let table: String
    /// How long an answer is kept, in seconds.
    public let keptSeconds: Int64

    /// The most bytes of a name.
    public static let longestName = 64

    /// A table. Its name stands in statements as it is: it is the program's own, never somebody's input.
    /// - Parameter keptSeconds: how long an answer is kept: as long as a caller may try again; a week without it.
    public init(_ table: String, keptSeconds: Int64 = 604_800) {
        self.table = table
        self.keptSeconds = keptSeconds
    }

    /// The statements of the migration that makes the table.
    public var creation: [String] {
        [
            """
            CREATE TABLE \(table) (
                scope TEXT NOT NULL,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND \(RequestTable.longestName)),
                content TEXT NOT NULL,
                answer TEXT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (scope, name))
            """,
            "CREATE INDEX \(table)_expiry ON \(table) (expires_at)",
        ]
    }

    /// Does a piece of work once for a name, and gives its answer again when the same is asked again. Everything is one transaction: without the
    /// work there is no answer, and the other way round.
    /// - Parameters:
    ///   - name: the caller's, 1 to 64 bytes.
    ///   - scope: where names are one's own: the caller or the device, so that nobody meets another's.
    ///   - content: what was asked, in a form in which the same is always written the same.
    ///   - member: the member under which the refusal of other content gives the answer of the first time, such as `booking_id`; nil: it does
    ///     not. The caller may see the answer: it is their own.
    ///   - work: does it, and gives the answer as text.
    /// - Returns: the answer, and whether it is that of an earlier time.
    /// - Throws: `conflict` when something else was asked under the name; `invalid_identifier` for a name that is empty or too long; what `work`
    ///   throws; `SQLFailure`.
    public func once(
        _ name: String, in scope: String, content: String, answerMember member: String? = nil, at now: Timestamp,
        in transaction: Transaction, _ work: () throws -> String
    ) throws -> (answer: String, isAgain: Bool) {
        guard (1...RequestTable.longestName).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw Refusal(.invalidIdentifier, "A request's name has 1 to \(RequestTable.longestName) bytes.")
        }
        let known = try transaction.queryFirst(
            "SELECT content, answer FROM \(table) WHERE scope = $1 AND name = $2 AND expires_at > $3",
            [.text(scope), .text(name), .integer(now.microseconds)]
        ).map { (content: try $0.text(0), answer: try $0.text(1)) }
        let first = try RepeatedRequest.answer(known, asked: content, kind: "request", name: name) { answer in
            member.map { [RefusalMember($0, answer)] } ?? []
        }
        if let first { return (first, true) }
        let answer = try work()
        // One that has expired makes room for the new one.
        try transaction.execute(
            """
            INSERT INTO \(table) (scope, name, content, answer, expires_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (scope, name) DO UPDATE SET content = $3, answer = $4, expires_at = $5
            """,
            [
                .text(scope), .text(name), .text(content), .text(answer),
                .integer(now.advanced(bySeconds: keptSeconds).microseconds),
            ])
        return (answer, false)
    }

    /// Throws away what has expired, at most 1,000 rows.
    /// - Returns: how many there were.
    @discardableResult
    public func removeExpired(at now: Timestamp, in transaction: Transaction) throws -> Int {
        try transaction.execute(
            """
            DELETE FROM \(table) WHERE expires_at <= $1 AND expires_at <= (SELECT MAX(expires_at) FROM
                (SELECT expires_at FROM \(table) WHERE expires_at <= $1 ORDER BY expires_at LIMIT 1000) AS oldest)
            """, [.integer(now.microseconds)])
    }
}
