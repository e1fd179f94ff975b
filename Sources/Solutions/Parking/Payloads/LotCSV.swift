internal import HubModel

/// Lots with their spots as CSV (RFC 4180): a line a spot, with what is set of its lot before it. A lot without spots has one line without
/// a spot.
enum LotCSV {
    /// How a cell is meant.
    private enum Form {
        case text, number, boolean
    }

    private static let lotColumns: [(name: String, form: Form)] = [
        ("lot_id", .text), ("site", .text), ("name", .text), ("address", .text), ("latitude", .number),
        ("longitude", .number), ("time_zone", .text), ("currency", .text), ("public", .boolean),
        ("stale_after_seconds", .number), ("plan_width", .number), ("plan_height", .number),
    ]
    private static let spotColumns: [(name: String, form: Form)] = [
        ("spot_id", .text), ("label", .text), ("level", .text), ("zone", .text), ("kind", .text), ("x", .number),
        ("y", .number), ("rotation", .number), ("decides", .text), ("threshold_cm", .number),
        ("hysteresis_cm", .number), ("debounce_seconds", .number),
    ]

    /// Writes lots.
    static func write(_ lots: [(lot: Lot, spots: [Spot])]) -> [UInt8] {
        var bytes: [UInt8] = []
        append((lotColumns + spotColumns).map(\.name), to: &bytes)
        for (lot, spots) in lots {
            let cells = cells(of: lot)
            if spots.isEmpty { append(cells + spotColumns.map { _ in "" }, to: &bytes) }
            for spot in spots { append(cells + self.cells(of: spot), to: &bytes) }
        }
        return bytes
    }

    private static func cells(of lot: Lot) -> [String] {
        [
            lot.id.text, lot.site.text, lot.name, lot.address, cell(lot.latitude), cell(lot.longitude), lot.timeZone,
            lot.currency, String(lot.isPublic), String(lot.staleSeconds), cell(lot.planWidth), cell(lot.planHeight),
        ]
    }

    private static func cells(of spot: Spot) -> [String] {
        let settings = spot.state.settings
        return [
            spot.id.text, spot.place.label, spot.place.level, spot.place.zone ?? "", spot.facts.kind.rawValue,
            cell(spot.place.x), cell(spot.place.y), cell(spot.place.rotation), settings.decides.rawValue,
            cell(settings.thresholdCentimetres), cell(settings.hysteresisCentimetres),
            cell(Double(settings.debounceMilliseconds) / 1_000),
        ]
    }

    private static func cell(_ number: Double?) -> String {
        guard let number else { return "" }
        var writer = JSONWriter()
        writer.number(number)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func append(_ cells: [String], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += self.quoted(cell)
        }
        bytes += [0x0D, 0x0A]
    }

    private static func quoted(_ text: String) -> [UInt8] {
        let needsQuotes = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }
        guard needsQuotes else { return Array(text.utf8) }
        var cell: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { cell.append(byte) }
            cell.append(byte)
        }
        cell.append(UInt8(ascii: "\""))
        return cell
    }

    /// Reads lots: the columns in any order, each at most once; an empty cell says nothing.
    /// - Throws: `malformed_json` never; `invalid_parameter` with the line for what is no CSV or contradicts itself, and what `LotEdit` throws.
    static func read(_ bytes: [UInt8]) throws(Refusal) -> [LotEdit] {
        let records = try CSVReader.records(bytes)
        guard let header = records.first else { throw Refusal(.invalidParameter, "the first line names the columns") }
        let names = header.cells
        let known = Set((lotColumns + spotColumns).map(\.name))
        for name in names where !known.contains(name) {
            throw Refusal(.invalidParameter, "line 1: no column is called that; the columns are those of the export")
        }
        guard Set(names).count == names.count else { throw Refusal(.invalidParameter, "line 1: a column stands twice") }
        var order: [String] = []
        var lots: [String: (cells: [String: String], spots: [[String: String]])] = [:]
        for record in records.dropFirst() {
            guard record.cells.count == names.count else {
                throw Refusal(.invalidParameter, "line \(record.line): \(names.count) cells were expected")
            }
            let cells = Dictionary(uniqueKeysWithValues: zip(names, record.cells)).filter { !$0.value.isEmpty }
            guard let id = cells["lot_id"] else {
                throw Refusal(.missingField, "line \(record.line): lot_id is missing")
            }
            if lots[id] == nil { order.append(id) }
            var lot = lots[id] ?? ([:], [])
            for (name, _) in lotColumns {
                guard let cell = cells[name] else { continue }
                guard lot.cells[name] == nil || lot.cells[name] == cell else {
                    throw Refusal(.invalidParameter, "line \(record.line): \(name) is another than above")
                }
                lot.cells[name] = cell
            }
            if cells["spot_id"] != nil {
                lot.spots.append(cells)
            } else if spotColumns.contains(where: { cells[$0.name] != nil }) {
                throw Refusal(.missingField, "line \(record.line): spot_id is missing")
            }
            lots[id] = lot
        }
        var edits: [LotEdit] = []
        for id in order {
            guard let lot = lots[id] else { continue }
            edits.append(try edit(lot.cells, lot.spots))
        }
        return edits
    }

    /// The same object that an import in JSON would hold, read by the same rules.
    private static func edit(_ cells: [String: String], _ spots: [[String: String]]) throws(Refusal) -> LotEdit {
        var writer = JSONWriter()
        writer.beginObject()
        for (name, form) in lotColumns where !name.hasPrefix("plan_") { try write(cells[name], name, form, &writer) }
        if let width = cells["plan_width"], let height = cells["plan_height"] {
            writer.key("plan")
            writer.beginObject()
            try write(width, "width", .number, &writer)
            try write(height, "height", .number, &writer)
            writer.endObject()
        }
        writer.key("spots")
        writer.beginArray()
        for spot in spots {
            writer.beginObject()
            for (name, form) in spotColumns { try write(spot[name], name, form, &writer) }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        var reader = JSONReader(writer.bytes)
        return try LotEdit(&reader)
    }

    private static func write(
        _ cell: String?, _ name: String, _ form: Form, _ writer: inout JSONWriter
    ) throws(Refusal) {
        guard let cell else { return }
        writer.key(name)
        switch form {
        case .text: writer.string(cell)
        case .number:
            guard JSONNumber(cell) != nil else { throw Refusal(.wrongType, "\(name) is a number") }
            writer.raw(cell.utf8)
        case .boolean:
            switch cell.lowercased() {
            case "true", "yes", "1": writer.boolean(true)
            case "false", "no", "0": writer.boolean(false)
            default: throw Refusal(.wrongType, "\(name) is true or false")
            }
        }
    }
}

/// Takes CSV (RFC 4180) apart.
enum CSVReader {
    /// One line, which may be several where a quoted cell holds line ends.
    struct Record {
        var line: Int
        var cells: [String]
    }

    /// The records; empty lines are left out.
    static func records(_ bytes: [UInt8]) throws(Refusal) -> [Record] {
        // A byte order mark, as spreadsheets write it.
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        var records: [Record] = []
        var record = Record(line: 1, cells: [])
        var cell: [UInt8] = []
        var line = 1
        var index = 0
        func text(_ cell: [UInt8]) throws(Refusal) -> String {
            guard let text = String(validating: cell, as: UTF8.self) else {
                throw Refusal(.invalidParameter, "line \(line): not valid UTF-8")
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
                guard isClosed else { throw Refusal(.invalidParameter, "line \(opening): a quote does not end") }
                let isAtEnd = index >= bytes.count || [UInt8(ascii: ","), 0x0A, 0x0D].contains(bytes[index])
                guard isAtEnd else { throw Refusal(.invalidParameter, "line \(line): text follows a quote") }
            case UInt8(ascii: ","):
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
