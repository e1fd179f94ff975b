/// A table as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it, since names in it may come
/// from strangers; `CSVText.plain` takes it off again.
public struct CSVWriter: Sendable {
    /// What stands in a cell; nil: nothing.
    public enum Cell: Sendable {
        case text(String?)
        case integer(Int64?)
        case number(Double?)
        case boolean(Bool)
        case time(Timestamp?)
        case amount(ScaledDecimal)
        case value(ReadingValue)
    }

    /// What ends a line.
    public enum LineEnd: Sendable {
        /// As RFC 4180 has it.
        case carriageReturnLineFeed
        /// As programs that take lines apart by hand expect it.
        case lineFeed
    }

    /// What has been written.
    public private(set) var bytes: [UInt8] = []
    private let lineEnd: [UInt8]

    /// A table with its heading.
    public init(_ columns: [String], lineEnd: LineEnd = .carriageReturnLineFeed) {
        self.lineEnd =
            switch lineEnd {
            case .carriageReturnLineFeed: [0x0D, 0x0A]
            case .lineFeed: [0x0A]
            }
        row(columns.map(Cell.text))
    }

    /// What has been written since the last time, for a table that is sent while it is written.
    public mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Writes a line.
    public mutating func row(_ cells: [Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell)
        }
        bytes += lineEnd
    }

    private mutating func append(_ cell: Cell) {
        switch cell {
        case .text(let text): if let text { append(text) }
        case .integer(let number): if let number { bytes += String(number).utf8 }
        case .number(let number): if let number { append { $0.number(number) } }
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .time(let instant): if let instant { bytes += instant.iso8601 }
        case .amount(let amount): append { $0.decimal(amount) }
        case .value(.text(let text)): append(text)
        case .value(let value): append { $0.value(value) }
        }
    }

    /// A number is written as JSON writes it.
    private mutating func append(_ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter()
        write(&writer)
        bytes += writer.bytes
    }

    private mutating func append(_ text: String) {
        let content = CSVText.guarded(text)
        let quote = UInt8(ascii: "\"")
        let needsQuotes = content.utf8.contains { $0 == UInt8(ascii: ",") || $0 == quote || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else {
            bytes += content.utf8
            return
        }
        bytes.append(quote)
        for byte in content.utf8 {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}

/// Texts in cells that a spreadsheet may read.
public enum CSVText {
    /// The text as it may stand in a cell.
    public static func guarded(_ text: String) -> String { isFormula(text) ? "'" + text : text }

    /// The text that `guarded` made a cell of.
    public static func plain(_ cell: String) -> String {
        cell.utf8.first == apostrophe && isFormula(cell) ? String(cell.dropFirst()) : cell
    }

    /// Whether a text is a formula behind any apostrophes: so that none is lost, one more is set before those that are there. A number
    /// does no harm, and a level is often called -1.
    private static func isFormula(_ text: String) -> Bool {
        let rest = text.utf8.drop { $0 == apostrophe }
        guard let first = rest.first, "=+-@\t\n\r".utf8.contains(first) else { return false }
        return JSONNumber(String(decoding: rest, as: UTF8.self)) == nil
    }

    private static let apostrophe = UInt8(ascii: "'")
}
