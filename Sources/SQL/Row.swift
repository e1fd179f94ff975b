/// One row of a result. It is a copy: it may leave the closure that read it.
public struct Row: Sendable {
    let columns: Columns
    let values: [SQLValue]

    /// The names of a result's columns, shared by all its rows.
    final class Columns: Sendable {
        let names: [String]

        init(_ names: [String]) {
            self.names = names
        }
    }

    /// The number of columns.
    public var count: Int { values.count }

    /// The value of a column by its position from 0.
    /// - Throws: `noColumn`.
    public func value(_ index: Int) throws(SQLFailure) -> SQLValue {
        guard values.indices.contains(index) else {
            throw SQLFailure(.noColumn, "no column \(index) in a row of \(values.count)")
        }
        return values[index]
    }

    /// The value of a column by its name, as written in the statement.
    /// - Throws: `noColumn`.
    public func value(_ name: String) throws(SQLFailure) -> SQLValue {
        // Rows are narrow: comparing a handful of short names beats building a dictionary for every result.
        guard let index = columns.names.firstIndex(of: name) else {
            throw SQLFailure(.noColumn, "no column \(name) among \(columns.names.joined(separator: ", "))")
        }
        return values[index]
    }
}

extension Row {
    /// An integer. - Throws: `noColumn`, `wrongType`.
    public func integer(_ name: String) throws(SQLFailure) -> Int64 { try Row.integer(value(name), name) }
    /// An integer. - Throws: `noColumn`, `wrongType`.
    public func integer(_ index: Int) throws(SQLFailure) -> Int64 { try Row.integer(value(index), index) }
    /// An integer, nil for NULL. - Throws: `noColumn`, `wrongType`.
    public func optionalInteger(_ name: String) throws(SQLFailure) -> Int64? {
        let value = try value(name)
        return value == .null ? nil : try Row.integer(value, name)
    }

    /// A double; an integer is widened. - Throws: `noColumn`, `wrongType`.
    public func real(_ name: String) throws(SQLFailure) -> Double { try Row.real(value(name), name) }
    /// A double; an integer is widened. - Throws: `noColumn`, `wrongType`.
    public func real(_ index: Int) throws(SQLFailure) -> Double { try Row.real(value(index), index) }
    /// A double, nil for NULL. - Throws: `noColumn`, `wrongType`.
    public func optionalReal(_ name: String) throws(SQLFailure) -> Double? {
        let value = try value(name)
        return value == .null ? nil : try Row.real(value, name)
    }

    /// Text. - Throws: `noColumn`, `wrongType`.
    public func text(_ name: String) throws(SQLFailure) -> String { try Row.text(value(name), name) }
    /// Text. - Throws: `noColumn`, `wrongType`.
    public func text(_ index: Int) throws(SQLFailure) -> String { try Row.text(value(index), index) }
    /// Text, nil for NULL. - Throws: `noColumn`, `wrongType`.
    public func optionalText(_ name: String) throws(SQLFailure) -> String? {
        let value = try value(name)
        return value == .null ? nil : try Row.text(value, name)
    }

    /// Bytes. - Throws: `noColumn`, `wrongType`.
    public func blob(_ name: String) throws(SQLFailure) -> [UInt8] { try Row.blob(value(name), name) }
    /// Bytes. - Throws: `noColumn`, `wrongType`.
    public func blob(_ index: Int) throws(SQLFailure) -> [UInt8] { try Row.blob(value(index), index) }
    /// Bytes, nil for NULL. - Throws: `noColumn`, `wrongType`.
    public func optionalBlob(_ name: String) throws(SQLFailure) -> [UInt8]? {
        let value = try value(name)
        return value == .null ? nil : try Row.blob(value, name)
    }

    /// A flag kept as 0 or 1. - Throws: `noColumn`, `wrongType` (also for other integers).
    public func boolean(_ name: String) throws(SQLFailure) -> Bool {
        switch try value(name) {
        case .integer(0): false
        case .integer(1): true
        case let other: throw Row.wrongType(other, "flag", name)
        }
    }
    /// A flag kept as 0 or 1, nil for NULL. - Throws: `noColumn`, `wrongType`.
    public func optionalBoolean(_ name: String) throws(SQLFailure) -> Bool? {
        try value(name) == .null ? nil : boolean(name)
    }

    private static func integer(_ value: SQLValue, _ column: some Sendable) throws(SQLFailure) -> Int64 {
        guard case .integer(let integer) = value else { throw wrongType(value, "integer", column) }
        return integer
    }

    private static func real(_ value: SQLValue, _ column: some Sendable) throws(SQLFailure) -> Double {
        switch value {
        case .real(let double): double
        case .integer(let integer): Double(integer)
        default: throw wrongType(value, "real", column)
        }
    }

    private static func text(_ value: SQLValue, _ column: some Sendable) throws(SQLFailure) -> String {
        guard case .text(let text) = value else { throw wrongType(value, "text", column) }
        return text
    }

    private static func blob(_ value: SQLValue, _ column: some Sendable) throws(SQLFailure) -> [UInt8] {
        guard case .blob(let bytes) = value else { throw wrongType(value, "blob", column) }
        return bytes
    }

    private static func wrongType(_ value: SQLValue, _ wanted: String, _ column: some Sendable) -> SQLFailure {
        SQLFailure(.wrongType, "column \(column) holds \(value.kind), not \(wanted)")
    }
}
