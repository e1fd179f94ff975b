/// The conditions of a statement that are put together at run time, with their arguments. It counts the placeholders itself, so that none is
/// named twice or left out.
///
///     var conditions = Conditions()
///     if let kind { conditions.add("kind", .equals, .text(kind)) }
///     conditions.add("site", isOneOf: scope.names)
///     let limit = conditions.place(.integer(100))
///     try reader.query("SELECT * FROM room WHERE \(conditions.text) ORDER BY id LIMIT \(limit)", conditions.arguments)
///
/// Columns and texts stand in the statement as they are: they are the program's own, and what somebody has sent is only ever an argument.
public struct Conditions: Sendable {
    /// How a column is compared with a value.
    public enum Comparison: String, Sendable {
        case equals = "="
        case differs = "<>"
        case isLess = "<"
        case isAtMost = "<="
        case isGreater = ">"
        case isAtLeast = ">="
    }

    /// What stands for the placeholders, in their order.
    public private(set) var arguments: [SQLValue]
    private var texts: [String] = []

    /// No condition yet.
    /// - Parameter arguments: those that the statement uses elsewhere, as `$1`, `$2` and so on.
    public init(arguments: [SQLValue] = []) {
        self.arguments = arguments
    }

    /// A placeholder for a value, such as `$3`.
    public mutating func place(_ value: SQLValue) -> String {
        arguments.append(value)
        return "$\(arguments.count)"
    }

    /// Placeholders for several values, separated by commas.
    public mutating func places(_ values: some Sequence<SQLValue>) -> String {
        values.map { place($0) }.joined(separator: ", ")
    }

    /// Adds a condition as it is.
    public mutating func add(_ text: String) { texts.append(text) }

    /// Adds that a column compares so with a value.
    public mutating func add(_ column: String, _ comparison: Comparison, _ value: SQLValue) {
        texts.append("\(column) \(comparison.rawValue) \(place(value))")
    }

    /// Adds that a column is one of these texts; nil adds nothing, and an empty list fits no row.
    public mutating func add(_ column: String, isOneOf names: (some Sequence<String>)?) {
        guard let names else { return }
        let places = places(names.map(SQLValue.text))
        texts.append(places.isEmpty ? "1 = 0" : "\(column) IN (\(places))")
    }

    /// All of them as one condition; `1 = 1` without any.
    public var text: String { texts.isEmpty ? "1 = 1" : texts.joined(separator: " AND ") }
}
