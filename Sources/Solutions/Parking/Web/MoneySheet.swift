internal import HubModel
internal import SolutionKit

/// A table as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe before it.
struct MoneySheet {
    private var bytes: [UInt8] = []

    /// What stands in a cell; nil: nothing.
    enum Cell {
        case text(String?)
        case integer(Int64?)
        case number(Double?)
        case time(Timestamp?)
        case amount(ScaledDecimal)
    }

    init(_ columns: [String]) {
        row(columns.map(Cell.text))
    }

    mutating func row(_ cells: [Cell]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell)
        }
        bytes += [0x0D, 0x0A]
    }

    func response(named name: String) -> RouteResponse {
        RouteResponse(
            contentType: "text/csv; charset=utf-8; header=present", body: bytes,
            headers: [("Content-Disposition", "attachment; filename=\"\(name).csv\"")])
    }

    private mutating func append(_ cell: Cell) {
        var writer = JSONWriter()
        switch cell {
        case .text(let text): if let text { append(text) }
        case .integer(let number): if let number { writer.integer(number) }
        case .number(let number): if let number { writer.double(number) }
        case .time(let instant): if let instant { bytes += instant.iso8601 }
        case .amount(let amount): writer.decimal(amount)
        }
        bytes += writer.bytes
    }

    private mutating func append(_ text: String) {
        let formulas: [UInt8] = [
            UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D,
        ]
        var content = Array(text.utf8)
        if let first = content.first, formulas.contains(first) { content.insert(UInt8(ascii: "'"), at: 0) }
        let quote = UInt8(ascii: "\"")
        guard content.contains(where: { $0 == UInt8(ascii: ",") || $0 == quote || $0 == 0x0A || $0 == 0x0D }) else {
            bytes += content
            return
        }
        bytes.append(quote)
        for byte in content {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }
}
