/// A table that somebody sent as CSV: the first line names the columns, in any order, each at most once; every other line is a row.
///
///     let table = try CSVTable(bytes, columns: ["name", "capacity"])
///     for row in table.rows {
///         let name = try row.required("name")
///         guard let capacity = row["capacity"].flatMap({ Int($0) }) else { throw row.refusal(.wrongType, "capacity is a number") }
///     }
public struct CSVTable: Sendable {
    /// One row.
    public struct Row: Sendable {
        /// The number of the line that it begins on, 1 for the first of the file.
        public let line: Int
        /// What its cells hold, by column; an empty cell says nothing and is not here.
        public let cells: [String: String]

        /// What a cell holds, as it was written; nil for an empty one. A text that this hub wrote itself is read by `CSVText.plain`.
        public subscript(_ column: String) -> String? { cells[column] }

        /// What a cell holds that has to hold something.
        /// - Throws: `missing_field` with the line.
        public func required(_ column: String) throws(Refusal) -> String {
            guard let cell = cells[column] else { throw refusal(.missingField, "\(column) is missing") }
            return cell
        }

        /// A refusal that names the line: "Line 4: capacity is missing."
        /// - Parameter detail: without a full stop.
        public func refusal(_ code: RefusalCode, _ detail: String) -> Refusal {
            Refusal(code, line: line, detail)
        }
    }

    /// The columns that the first line names, in its order.
    public let columns: [String]
    /// The rows in order.
    public let rows: [Row]
    /// Whether the point of a number may be a comma: where cells are separated by something else, it usually is.
    public let hasDecimalCommas: Bool

    /// Reads a table. Cells are separated as the first line has it.
    /// - Parameter known: the columns that there may be.
    /// - Throws: `invalid_parameter` with the line, for what is not CSV, an unknown or duplicate column, and a row with too few or too many
    ///   cells.
    public init(_ bytes: [UInt8], columns known: some Collection<String>) throws(Refusal) {
        let separator = CSVReader.separator(bytes)
        let records = try CSVReader.records(bytes, separator: separator)
        guard let heading = records.first else {
            throw Refusal(.invalidParameter, "The first line must name the columns.")
        }
        let names = heading.cells
        let knownNames = Set(known)
        if let unknown = names.firstIndex(where: { !knownNames.contains($0) }) {
            let columns = known.joined(separator: ", ")
            throw Refusal(
                .invalidParameter, line: heading.line, "column \(unknown + 1) is unknown; the columns are \(columns)")
        }
        guard Set(names).count == names.count else {
            throw Refusal(.invalidParameter, line: heading.line, "name each column once")
        }
        var rows: [Row] = []
        for record in records.dropFirst() {
            guard record.cells.count == names.count else {
                throw Refusal(.invalidParameter, line: record.line, "give each of the \(names.count) columns a cell")
            }
            let cells = Dictionary(uniqueKeysWithValues: zip(names, record.cells)).filter { !$0.value.isEmpty }
            rows.append(Row(line: record.line, cells: cells))
        }
        columns = names
        self.rows = rows
        hasDecimalCommas = separator != UInt8(ascii: ",")
    }

    /// A number as it was written, with a point for its comma where `hasDecimalCommas`.
    public func decimalPoint(_ cell: String) -> String {
        hasDecimalCommas ? String(cell.map { $0 == "," ? "." : $0 }) : cell
    }
}

extension Refusal {
    /// The refusal of a line of a file that a person sent: "Line 4: capacity is missing."
    /// - Parameters:
    ///   - line: 1 for the first.
    ///   - detail: what is wrong with it, without a full stop.
    public init(_ code: RefusalCode, line: Int, _ detail: String) {
        self.init(code, "Line \(line): \(detail).")
    }
}
