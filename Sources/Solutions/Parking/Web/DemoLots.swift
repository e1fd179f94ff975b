internal import HubModel

/// The lots that a new hub can be given to try it out, as ParkMate had them.
enum DemoLots {
    /// The lots with their spots, and what an hour costs, in cents.
    static var all: [(edit: LotEdit, hourMinor: Int64)] {
        var next = 1
        return [
            lot(
                "LOT001", "Central Parking Tower", "1 Market Square", (52.5200, 13.4050), levels: ["0", "1"], rows: 2,
                250, &next),
            lot(
                "LOT002", "Riverside Garage", "24 Quay Street", (52.5145, 13.4180), levels: ["-1"], rows: 3, 200, &next),
            lot(
                "LOT003", "Station Park and Ride", "7 Station Road", (52.5251, 13.3694), levels: ["0"], rows: 2, 120,
                &next),
        ]
    }

    private static let spotsPerRow = 5
    /// Metres.
    private static let (spotWidth, rowHeight, margin) = (2.5, 8.0, 2.0)

    private static func lot(
        _ id: String, _ name: String, _ address: String, _ place: (Double, Double), levels: [String], rows: Int,
        _ hourMinor: Int64, _ next: inout Int
    ) -> (edit: LotEdit, hourMinor: Int64) {
        var edit = LotEdit()
        edit.id = LotID(id)
        edit.name = name
        edit.address = address
        edit.latitude = .some(place.0)
        edit.longitude = .some(place.1)
        edit.timeZone = "Europe/Berlin"
        edit.currency = "EUR"
        edit.plan = LotEdit.Plan(
            width: Double(spotsPerRow) * spotWidth + 2 * margin, height: Double(rows) * rowHeight + 2 * margin)
        for level in levels {
            for row in 0..<rows {
                for column in 0..<spotsPerRow {
                    edit.spots.append(spot(next, level, row: row, column: column))
                    next += 1
                }
            }
        }
        return (edit, hourMinor)
    }

    private static func spot(_ number: Int, _ level: String, row: Int, column: Int) -> SpotEdit {
        var spot = SpotEdit()
        let digits = String(number)
        spot.id = DeviceID("SPOT" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits)
        spot.level = level
        spot.zone = .some(row == 0 ? "A" : row == 1 ? "B" : "C")
        spot.x = .some(margin + (Double(column) + 0.5) * spotWidth)
        spot.y = .some(margin + (Double(row) + 0.5) * rowHeight)
        if row == 0 {
            spot.kind = [0: .disabled, 1: .ev, 2: .family][column] ?? .standard
        } else if row == 1, column == spotsPerRow - 1 {
            spot.kind = .motorcycle
        }
        return spot
    }
}
