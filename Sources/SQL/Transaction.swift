/// What can be asked of a database, in a transaction or on a snapshot. Statements are text in the dialect that SQLite
/// and PostgreSQL share, placeholders are `$1`, `$2`, ... in any order and as often as needed.
///
/// Statements are prepared once for each connection and kept by their text: write values as placeholders, never
/// into the text. An explicit type is `CAST($1 AS BIGINT)`, not `$1::bigint`.
public protocol SQLReading {
    /// Hands over each row of the result as it is read. The closure may run other statements.
    /// - Throws: `SQLFailure`, or what `body` throws, which ends the reading.
    func queryEach(_ sql: String, _ arguments: [SQLValue], _ body: (Row) throws -> Void) throws
}

extension SQLReading {
    /// All rows of the result.
    /// - Throws: `SQLFailure`.
    public func query(_ sql: String, _ arguments: [SQLValue] = []) throws -> [Row] {
        var rows: [Row] = []
        try queryEach(sql, arguments) { rows.append($0) }
        return rows
    }

    /// The first row of the result, nil when there is none.
    /// - Throws: `SQLFailure`.
    public func queryFirst(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row? {
        try query(sql, arguments).first
    }

    /// The first row of a result that must have one, such as a count or `INSERT ... RETURNING`.
    /// - Throws: `SQLFailure`, with `noRow` when there is none.
    public func queryOne(_ sql: String, _ arguments: [SQLValue] = []) throws -> Row {
        guard let row = try query(sql, arguments).first else {
            throw SQLFailure(.noRow, "no row", statement: sql)
        }
        return row
    }
}

/// A consistent snapshot of the database for one `Database.read`. It must not leave that closure.
public struct Reader: SQLReading {
    let connection: SQLConnection

    /// Hands over each row of the result as it is read.
    public func queryEach(_ sql: String, _ arguments: [SQLValue] = [], _ body: (Row) throws -> Void) throws {
        try connection.forEach(sql, arguments, body)
    }
}

/// The one transaction of a `Database.write`. It must not leave that closure.
///
/// A statement that fails makes the whole transaction fail: what comes after it throws `transactionFailed`, unless a
/// `savepoint` around it has taken it back. So it is in PostgreSQL, and so it is here with SQLite too.
public struct Transaction: SQLReading {
    let connection: SQLConnection

    /// Runs one statement and returns the number of rows it inserted, updated or deleted.
    /// - Throws: `SQLFailure`.
    @discardableResult
    public func execute(_ sql: String, _ arguments: [SQLValue] = []) throws(SQLFailure) -> Int {
        try connection.execute(sql, arguments)
    }

    /// Hands over each row of the result as it is read, also that of `INSERT ... RETURNING`.
    public func queryEach(_ sql: String, _ arguments: [SQLValue] = [], _ body: (Row) throws -> Void) throws {
        try connection.forEach(sql, arguments, body)
    }

    /// Runs `body` so that it fails alone: when it throws, its changes are taken back and the transaction goes on.
    /// May be nested.
    /// - Throws: what `body` throws, or `SQLFailure`.
    public func savepoint<T>(_ body: () throws -> T) throws -> T {
        try connection.savepoint(body)
    }
}

extension Transaction {
    /// Sets a savepoint without a closure, for a caller who knows only later how it ends. It must end, in the same
    /// transaction and in the reverse order of their beginning, with `releaseSavepoint` or `rollBackToSavepoint`.
    public func beginSavepoint() throws(SQLFailure) {
        try connection.beginSavepoint()
    }

    /// Ends the innermost savepoint and keeps its changes.
    /// - Throws: `transactionFailed` when a statement since then failed; roll back then.
    public func releaseSavepoint() throws(SQLFailure) {
        try connection.releaseSavepoint()
    }

    /// Ends the innermost savepoint and undoes its changes, a failed statement included.
    /// - Throws: `transactionFailed` when the engine had to roll back the whole transaction.
    public func rollBackToSavepoint() throws(SQLFailure) {
        try connection.rollBackToSavepoint()
    }
}
