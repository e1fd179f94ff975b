/// A CHECK constraint of one column, as `CREATE TABLE` says it behind that column, without a name of its own.
///
/// To take it off, PostgreSQL has a statement: `ALTER TABLE device DROP CONSTRAINT device_kind_check`. SQLite has none. A table that
/// others refer to cannot be made again under the same name within a transaction: dropping the old one would delete their rows (`ON DELETE
/// CASCADE`). What is stored of a row does not depend on its constraints, though, so that SQLite's documentation allows to edit the
/// text of the table in the schema (https://sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
public struct ColumnCheck: Sendable, Hashable {
    /// The table.
    public var table: String
    /// The column.
    public var column: String
    /// The constraint, to the letter: `CHECK (kind IN ('a', 'b'))`.
    public var text: String

    /// A constraint.
    public init(table: String, column: String, text: String) {
        self.table = table
        self.column = column
        self.text = text
    }

    /// How PostgreSQL takes it off: it calls a column's unnamed constraint so.
    var postgreSQL: String { "ALTER TABLE \(table) DROP CONSTRAINT \(table)_\(column)_check" }

    /// How SQLite takes them off, within a transaction.
    /// - Throws: `SQLFailure`, with `misuse` for a table that does not have the constraint.
    static func drop(_ checks: [ColumnCheck], in transaction: Transaction) throws(SQLFailure) {
        if checks.isEmpty { return }
        do {
            try transaction.savepoint {
                try transaction.execute("PRAGMA writable_schema = ON")
                for check in checks { try check.erase(in: transaction) }
                // The number tells other connections that they must read the schema again.
                let version = try transaction.queryOne("PRAGMA schema_version").integer(0)
                try transaction.execute("PRAGMA schema_version = \(version + 1)")
                // Ends the writing, and lets this connection read it again.
                try transaction.execute("PRAGMA writable_schema = RESET")
            }
        } catch {
            // The switch belongs to the connection: no rollback turns it off. Where even that fails, the connection is of no more use.
            _ = try? transaction.execute("PRAGMA writable_schema = RESET")
            throw error as? SQLFailure ?? SQLFailure(.misuse, "\(error)")
        }
    }

    private func erase(in transaction: Transaction) throws(SQLFailure) {
        let changed = try transaction.execute(
            """
            UPDATE sqlite_schema SET sql = replace(sql, $1, '')
            WHERE type = 'table' AND name = $2 AND instr(sql, $1) > 0
            """, [.text(" \(text)"), .text(table)])
        guard changed == 1 else { throw SQLFailure(.misuse, "table \(table) has no \(text)") }
    }
}
