/// What went wrong in the database, with the statement's text but never the values bound to it.
public struct SQLFailure: Error, Sendable, Hashable {
    /// The kinds of failure a caller can act on, the same for every engine.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// A UNIQUE or PRIMARY KEY constraint was violated.
        case uniqueViolation
        /// A FOREIGN KEY constraint was violated.
        case foreignKeyViolation
        /// A CHECK constraint was violated.
        case checkViolation
        /// A NOT NULL constraint was violated.
        case notNullViolation
        /// Another constraint was violated (a trigger's, for one).
        case constraintViolation
        /// Another process held the lock longer than the busy timeout.
        case busy
        /// No room is left on the device.
        case full
        /// Reading or writing the file failed.
        case ioError
        /// The file could not be opened.
        case cannotOpen
        /// The file is damaged, or is no database.
        case corrupt
        /// The file, or its log, was removed, moved or replaced since it was opened; nothing can be stored any more.
        case displaced
        /// A write to a database, or on a connection, that only reads.
        case readOnly
        /// The statement does not parse, or names something that does not exist.
        case syntax
        /// A value that not every engine can store: NaN, text with U+0000, bytes beyond the engine's limit.
        case invalidValue
        /// The interface was used wrongly: wrong number of arguments, placeholder other than `$1`, closed database.
        case misuse
        /// An earlier statement of this transaction (or savepoint) failed; only rolling it back goes on from here.
        case transactionFailed
        /// The task was cancelled or the statement interrupted; the transaction was rolled back.
        case interrupted
        /// No row where exactly one was asked for.
        case noRow
        /// A row has no such column.
        case noColumn
        /// A column holds another kind of value than was asked for.
        case wrongType
        /// Anything else; `message` says what.
        case other
    }

    /// The kind of failure.
    public var code: Code
    /// The engine's words. Names of tables and columns may be in it, bound values are not.
    public var message: String
    /// The statement's text with its placeholders, where a statement was at fault.
    public var statement: String?

    /// Makes a failure.
    public init(_ code: Code, _ message: String, statement: String? = nil) {
        self.code = code
        self.message = message
        self.statement = statement
    }
}

extension SQLFailure.Code {
    /// Whether the disk or the file is at fault, not the statement: the same may succeed once there is room again.
    public var isOfStorage: Bool {
        switch self {
        case .full, .ioError, .cannotOpen, .displaced, .readOnly, .busy: true
        case .uniqueViolation, .foreignKeyViolation, .checkViolation, .notNullViolation, .constraintViolation,
            .corrupt, .syntax, .invalidValue, .misuse, .transactionFailed, .interrupted, .noRow, .noColumn,
            .wrongType, .other:
            false
        }
    }
}

extension SQLFailure: CustomStringConvertible {
    /// Code, message and statement in one line.
    public var description: String {
        guard let statement else { return "\(code.rawValue): \(message)" }
        return "\(code.rawValue): \(message) in \(statement)"
    }
}
