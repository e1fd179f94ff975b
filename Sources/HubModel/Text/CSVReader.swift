/// Takes CSV (RFC 4180) apart, as spreadsheets write it: lines end in any way, cells are separated by commas, semicolons or tabs, and a byte
/// order mark says nothing. What the cells mean is for others: `CSVTable` gives them the names of their columns.
public enum CSVReader {
    /// One line, which may be several where a quoted cell holds line ends.
    public struct Record: Hashable, Sendable {
        /// The number of the line that it begins on, 1 for the first.
        public let line: Int
        /// Its cells as text, without their quotes.
        public internal(set) var cells: [String]
    }

    /// What separates the cells: what a first line `sep=;` says, which spreadsheets write for each other; else what separates those of the
    /// first line: a comma, or the semicolon or tab that spreadsheets write where the comma stands in numbers.
    public static func separator(_ bytes: [UInt8]) -> UInt8 {
        if let said = saidSeparator(bytes) { return said.separator }
        var counts: [UInt8: Int] = [:]
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == 0x0A || byte == 0x0D { break }
            counts[byte, default: 0] += 1
        }
        let comma = UInt8(ascii: ",")
        let others = [UInt8(ascii: ";"), 0x09].filter { counts[$0, default: 0] > counts[comma, default: 0] }
        return others.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? comma
    }

    /// The separator that a first line `sep=;` names, perhaps in quotes, and where that line ends.
    private static func saidSeparator(_ bytes: [UInt8]) -> (separator: UInt8, end: Int)? {
        let text = TextInput.withoutByteOrderMark(bytes)
        let end = text.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.endIndex
        var line = text[..<end]
        let quote = UInt8(ascii: "\"")
        if line.count > 2, line.first == quote, line.last == quote { line = line.dropFirst().dropLast() }
        // Some repeat the separator, to fill the line's cells.
        guard line.count >= 5, String(decoding: line.prefix(4), as: UTF8.self).lowercased() == "sep=",
            let separator = line.dropFirst(4).first, line.dropFirst(4).allSatisfy({ $0 == separator })
        else { return nil }
        return (separator, end)
    }

    /// The records; empty lines are left out, and so is a first line `sep=;`.
    /// - Throws: `invalid_parameter` with the line, for a quote that does not end or ends too soon, and for what is not UTF-8.
    public static func records(_ bytes: [UInt8], separator: UInt8 = UInt8(ascii: ",")) throws(Refusal) -> [Record] {
        let begin = saidSeparator(bytes)?.end ?? TextInput.withoutByteOrderMark(bytes).startIndex
        var records: [Record] = []
        var record = Record(line: 1, cells: [])
        var cell: [UInt8] = []
        var line = 1
        var index = begin
        func text(_ cell: [UInt8]) throws(Refusal) -> String {
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw Refusal(.invalidParameter, line: line, "save the file as UTF-8, which this line is not")
            }
            return text
        }
        func end() throws(Refusal) {
            record.cells.append(try text(cell))
            cell = []
            if record.cells != [""] { records.append(record) }
            record = Record(line: line, cells: [])
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\"") where cell.isEmpty:
                let opening = line
                var isClosed = false
                while index < bytes.count {
                    let inner = bytes[index]
                    index += 1
                    if inner == UInt8(ascii: "\"") {
                        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                            isClosed = true
                            break
                        }
                        index += 1
                    } else if inner == 0x0A {
                        line += 1
                    }
                    cell.append(inner)
                }
                guard isClosed else {
                    throw Refusal(.invalidParameter, line: opening, "close the quote that begins here")
                }
                let isAtEnd = index >= bytes.count || [separator, 0x0A, 0x0D].contains(bytes[index])
                guard isAtEnd else {
                    throw Refusal(
                        .invalidParameter, line: line, "end the cell at its closing quote, or double a quote within it")
                }
            case separator:
                record.cells.append(try text(cell))
                cell = []
            case 0x0D where index < bytes.count && bytes[index] == 0x0A: continue
            case 0x0A, 0x0D:
                line += 1
                try end()
            default: cell.append(byte)
            }
        }
        if !cell.isEmpty || !record.cells.isEmpty { try end() }
        return records
    }
}
