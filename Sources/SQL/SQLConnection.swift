internal import GRDB
internal import GRDBSQLite

/// One connection for the length of one closure: statements of the dialect that both engines share, on SQLite.
///
/// GRDB owns the connection, its thread, its transaction and its statement cache. Binding and stepping call sqlite3
/// directly: `$1` placeholders (which SQLite numbers by first appearance) are matched to arguments by number, no
/// dictionary is built and no value boxed; measured at about a third of the time of GRDB's own `execute(arguments:)`.
final class SQLConnection {
    private let database: GRDB.Database
    /// A failed statement poisons its transaction until a savepoint around it rolls back. SQLite itself would go on;
    /// PostgreSQL does not, and code that works on one must work on the other.
    private(set) var failed = false

    init(_ database: GRDB.Database) {
        self.database = database
    }

    /// Runs a statement to its end and returns the number of rows it inserted, updated or deleted.
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(SQLFailure) -> Int {
        let statement = try prepare(sql, arguments)
        let connection = database.sqliteConnection
        let before = sqlite3_total_changes(connection)
        defer { release(statement) }
        while try step(statement, sql) {}
        // sqlite3_changes keeps the count of the last INSERT, UPDATE or DELETE, which need not be this statement.
        return sqlite3_total_changes(connection) == before ? 0 : Int(sqlite3_changes(connection))
    }

    /// Runs a statement and hands each row over.
    func forEach(_ sql: String, _ arguments: [SQLValue], _ body: (Row) throws -> Void) throws {
        let statement = try prepare(sql, arguments)
        defer { release(statement) }
        let pointer = statement.sqliteStatement
        let count = sqlite3_column_count(pointer)
        let columns = Row.Columns((0..<count).map { String(cString: sqlite3_column_name(pointer, $0)) })
        while try step(statement, sql) {
            try body(Row(columns: columns, values: (0..<count).map { SQLConnection.column(pointer, $0) }))
        }
    }

    /// Runs `body` so that its changes, and a failed statement in it, can be taken back alone.
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        try beginSavepoint()
        do {
            let result = try body()
            try releaseSavepoint()
            return result
        } catch {
            // A full disk or a cancelled task may already have rolled back everything; then the transaction stays failed,
            // and the caller gets the first error.
            try? rollBackToSavepoint()
            throw error
        }
    }

    func beginSavepoint() throws(SQLFailure) {
        _ = try execute("SAVEPOINT martlet", [])
    }

    func releaseSavepoint() throws(SQLFailure) {
        guard !failed else { throw SQLFailure(.transactionFailed, "a statement failed and its error was dropped") }
        _ = try execute("RELEASE SAVEPOINT martlet", [])
    }

    func rollBackToSavepoint() throws(SQLFailure) {
        // The engine itself rolls back everything when, for example, the disk is full: there is no savepoint left then.
        guard sqlite3_get_autocommit(database.sqliteConnection) == 0 else {
            failed = true
            throw SQLFailure(.transactionFailed, "the whole transaction was rolled back by the engine")
        }
        failed = false
        _ = try execute("ROLLBACK TO SAVEPOINT martlet", [])
        _ = try execute("RELEASE SAVEPOINT martlet", [])
    }
}

extension SQLConnection {
    private func prepare(_ sql: String, _ arguments: [SQLValue]) throws(SQLFailure) -> Statement {
        guard !failed else {
            throw SQLFailure(.transactionFailed, "an earlier statement of the transaction failed", statement: sql)
        }
        do {
            var statement = try database.cachedStatement(sql: sql)
            // The cached statement is still running when a row's closure runs the same text again.
            if sqlite3_stmt_busy(statement.sqliteStatement) != 0 {
                statement = try database.makeStatement(sql: sql)
            }
            try SQLConnection.bind(arguments, to: statement.sqliteStatement, sql)
            return statement
        } catch {
            failed = true
            throw SQLFailure(engine: error, statement: sql)
        }
    }

    /// True while there is a row.
    private func step(_ statement: Statement, _ sql: String) throws(SQLFailure) -> Bool {
        switch sqlite3_step(statement.sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            failed = true
            let connection = database.sqliteConnection
            throw SQLFailure(
                .init(sqlite: sqlite3_extended_errcode(connection)),
                String(cString: sqlite3_errmsg(connection)), statement: sql)
        }
    }

    private func release(_ statement: Statement) {
        sqlite3_reset(statement.sqliteStatement)
        // A cached statement must not hold on to a large blob until its next use.
        sqlite3_clear_bindings(statement.sqliteStatement)
    }

    /// Binds argument k to every `$k` of the statement.
    private static func bind(_ arguments: [SQLValue], to statement: OpaquePointer, _ sql: String) throws(SQLFailure) {
        var highest = 0
        for index in 0..<sqlite3_bind_parameter_count(statement) {
            guard let number = placeholder(sqlite3_bind_parameter_name(statement, index + 1)) else {
                throw SQLFailure(.misuse, "a placeholder is not of the form $1", statement: sql)
            }
            guard number <= arguments.count else {
                throw SQLFailure(.misuse, "$\(number) of \(arguments.count) arguments", statement: sql)
            }
            highest = max(highest, number)
            try bind(arguments[number - 1], to: statement, at: index + 1, sql)
        }
        guard highest == arguments.count else {
            throw SQLFailure(.misuse, "\(arguments.count) arguments, highest placeholder $\(highest)", statement: sql)
        }
    }

    private static func bind(
        _ value: SQLValue, to statement: OpaquePointer, at index: Int32, _ sql: String
    ) throws(SQLFailure) {
        let result =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
            case .real(let double) where double.isNaN:
                throw SQLFailure(.invalidValue, "NaN cannot be stored", statement: sql)
            case .real(let double): sqlite3_bind_double(statement, index, double)
            case .text(let text) where text.utf8.contains(0):
                throw SQLFailure(.invalidValue, "text with U+0000 cannot be stored", statement: sql)
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text64(
                            statement, index, $0.baseAddress ?? empty, UInt64($0.count), transient, UInt8(SQLITE_UTF8))
                    }
                }
            case .blob(let bytes) where bytes.isEmpty: sqlite3_bind_zeroblob(statement, index, 0)
            case .blob(let bytes):
                bytes.withUnsafeBytes {
                    sqlite3_bind_blob64(statement, index, $0.baseAddress, UInt64($0.count), transient)
                }
            }
        switch result {
        case SQLITE_OK: return
        case SQLITE_TOOBIG: throw SQLFailure(.invalidValue, "a value is too large", statement: sql)
        default: throw SQLFailure(.init(sqlite: result), "binding failed", statement: sql)
        }
    }

    /// 12 of `$12`.
    private static func placeholder(_ name: UnsafePointer<CChar>?) -> Int? {
        guard let name, name[0] == CChar(UInt8(ascii: "$")) else { return nil }
        var number = 0
        var index = 1
        while name[index] != 0 {
            let digit = Int(name[index]) - Int(UInt8(ascii: "0"))
            guard (0...9).contains(digit), index <= 5 else { return nil }
            number = number * 10 + digit
            index += 1
        }
        return number > 0 ? number : nil
    }

    /// sqlite3 copies what is bound before the call returns.
    private static var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    /// Where an empty string points: sqlite3 would take a null pointer for NULL.
    private static var empty: UnsafePointer<CChar> {
        UnsafePointer(sqlite3_libversion())
    }

    /// A column's value. The bytes sqlite3 points at live until the next step: they are copied here.
    private static func column(_ statement: OpaquePointer, _ index: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, index))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(statement, index) else { return .text("") }
            let count = Int(sqlite3_column_bytes(statement, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(statement, index) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, index))
            return .blob([UInt8](UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }
}
