internal import HubModel

/// A lot as it is exported.
struct LotSheet: Sendable {
    let lot: Lot
    /// What an hour costs, where that is all that its tariff says.
    let price: ScaledDecimal?
    let spots: [Spot]
}

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
        ("price_per_hour", .number),
    ]
    private static let spotColumns: [(name: String, form: Form)] = [
        ("spot_id", .text), ("label", .text), ("level", .text), ("zone", .text), ("kind", .text), ("x", .number),
        ("y", .number), ("rotation", .number), ("decides", .text), ("threshold_cm", .number),
        ("hysteresis_cm", .number), ("debounce_seconds", .number),
    ]

    /// The headings.
    static let columns = (lotColumns + spotColumns).map(\.name)

    /// The lines of a lot.
    static func rows(_ sheet: LotSheet) -> [[CSVWriter.Cell]] {
        let lot = cells(of: sheet.lot) + [sheet.price.map(CSVWriter.Cell.amount) ?? .text(nil)]
        if sheet.spots.isEmpty { return [lot + spotColumns.map { _ in CSVWriter.Cell.text(nil) }] }
        return sheet.spots.map { lot + cells(of: $0) }
    }

    private static func cells(of lot: Lot) -> [CSVWriter.Cell] {
        [
            .text(lot.id.text), .text(lot.site.text), .text(lot.name), .text(lot.address), .number(lot.latitude),
            .number(lot.longitude), .text(lot.timeZone), .text(lot.currency), .boolean(lot.isPublic),
            .integer(lot.staleSeconds), .number(lot.planWidth), .number(lot.planHeight),
        ]
    }

    private static func cells(of spot: Spot) -> [CSVWriter.Cell] {
        let settings = spot.state.settings
        return [
            .text(spot.id.text), .text(spot.place.label), .text(spot.place.level), .text(spot.place.zone),
            .text(spot.facts.kind.rawValue), .number(spot.place.x), .number(spot.place.y),
            .number(spot.place.rotation), .text(settings.decides.rawValue), .number(settings.thresholdCentimetres),
            .number(settings.hysteresisCentimetres), .number(Double(settings.debounceMilliseconds) / 1_000),
        ]
    }

    /// Reads lots: the columns in any order, each at most once; an empty cell says nothing. Cells are separated as the first line has it.
    /// - Throws: `malformed_json` never; `invalid_parameter` with the line for what is no CSV or contradicts itself, and what `LotEdit` throws.
    static func read(_ bytes: [UInt8]) throws(Refusal) -> [LotEdit] {
        let table = try CSVTable(bytes, columns: columns)
        var order: [String] = []
        var lots: [String: (cells: [String: String], spots: [[String: String]])] = [:]
        for row in table.rows {
            let id = try row.required("lot_id")
            if lots[id] == nil { order.append(id) }
            var lot = lots[id] ?? ([:], [])
            for (name, _) in lotColumns {
                guard let cell = row[name] else { continue }
                guard lot.cells[name] == nil || lot.cells[name] == cell else {
                    throw row.refusal(.invalidParameter, "\(name) differs from a line above")
                }
                lot.cells[name] = cell
            }
            if row["spot_id"] != nil {
                lot.spots.append(row.cells)
            } else if spotColumns.contains(where: { row[$0.name] != nil }) {
                throw row.refusal(.missingField, "spot_id is missing")
            }
            lots[id] = lot
        }
        var edits: [LotEdit] = []
        for id in order {
            guard let lot = lots[id] else { continue }
            edits.append(try edit(lot.cells, lot.spots, of: table))
        }
        return edits
    }

    /// The same object that an import in JSON would hold, read by the same rules.
    private static func edit(
        _ cells: [String: String], _ spots: [[String: String]], of table: CSVTable
    ) throws(Refusal) -> LotEdit {
        func write(
            _ cell: String?, _ name: String, _ form: Form, _ writer: inout JSONWriter
        ) throws(Refusal) {
            let cell = form == .number ? cell.map(table.decimalPoint) : cell
            try self.write(cell, name, form, &writer)
        }
        var writer = JSONWriter()
        try writer.object { (writer) throws(Refusal) in
            for (name, form) in lotColumns where !name.hasPrefix("plan_") {
                try write(cells[name], name, form, &writer)
            }
            if let width = cells["plan_width"], let height = cells["plan_height"] {
                try writer.object("plan") { (writer) throws(Refusal) in
                    try write(width, "width", .number, &writer)
                    try write(height, "height", .number, &writer)
                }
            }
            try writer.array("spots") { (writer) throws(Refusal) in
                for spot in spots {
                    try writer.object { (writer) throws(Refusal) in
                        for (name, form) in spotColumns { try write(spot[name], name, form, &writer) }
                    }
                }
            }
        }
        var reader = JSONReader(writer.bytes)
        return try LotEdit(&reader)
    }

    private static func write(
        _ cell: String?, _ name: String, _ form: Form, _ writer: inout JSONWriter
    ) throws(Refusal) {
        guard let cell else { return }
        switch form {
        case .text: writer.member(name, CSVText.plain(cell))
        case .number:
            guard JSONNumber(cell) != nil else { throw Refusal(.wrongType, "\(name) is a number.") }
            writer.member(name, raw: cell.utf8)
        case .boolean:
            switch cell.lowercased() {
            case "true", "yes", "1": writer.member(name, true)
            case "false", "no", "0": writer.member(name, false)
            default: throw Refusal(.wrongType, "\(name) is true or false.")
            }
        }
    }
}
