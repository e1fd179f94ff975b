internal import GRDB
internal import GRDBSQLite

extension SQLFailure {
    /// What GRDB or this room threw, as one type.
    init(engine error: any Error, statement: String? = nil) {
        switch error {
        case let failure as SQLFailure:
            self = failure
        case let error as DatabaseError:
            // DatabaseError carries the arguments too; only message and text are taken over.
            self.init(
                .init(sqlite: error.extendedResultCode.rawValue),
                error.message ?? "\(error.extendedResultCode)", statement: error.sql ?? statement)
        case is CancellationError:
            self.init(.interrupted, "the task was cancelled", statement: statement)
        default:
            self.init(.other, "\(type(of: error))", statement: statement)
        }
    }
}

extension SQLFailure.Code {
    /// The code for a result code of sqlite3, extended or not.
    init(sqlite code: Int32) {
        switch code {
        case SQLITE_CONSTRAINT | 8 << 8, SQLITE_CONSTRAINT | 6 << 8, SQLITE_CONSTRAINT | 10 << 8:
            self = .uniqueViolation  // UNIQUE, PRIMARYKEY, ROWID
        case SQLITE_CONSTRAINT | 3 << 8: self = .foreignKeyViolation
        case SQLITE_CONSTRAINT | 1 << 8: self = .checkViolation
        case SQLITE_CONSTRAINT | 5 << 8: self = .notNullViolation
        default:
            switch code & 0xff {
            case SQLITE_CONSTRAINT: self = .constraintViolation
            case SQLITE_BUSY, SQLITE_LOCKED: self = .busy
            case SQLITE_FULL: self = .full
            case SQLITE_IOERR: self = .ioError
            case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH: self = .cannotOpen
            case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT: self = .corrupt
            case SQLITE_READONLY: self = .readOnly
            case SQLITE_ERROR, SQLITE_SCHEMA: self = .syntax
            case SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE: self = .invalidValue
            case SQLITE_MISUSE: self = .misuse
            case SQLITE_ABORT: self = .transactionFailed
            case SQLITE_INTERRUPT: self = .interrupted
            default: self = .other
            }
        }
    }
}
