internal import HubModel

/// What an owner imports first, so that hub and simulator agree on names.
extension ParkingSimulator {
    /// A spot is this wide and long, and between two rows is a lane, in metres.
    private static let width = 2.5
    private static let length = 5.0
    private static let lane = 6.0
    private static let perRow = 10
    private static let perLevel = 60

    /// All lots with their spots, as `POST /api/lots/import` takes them.
    public func jsonList() -> [UInt8] {
        var writer = JSONWriter(minimumCapacity: 160 * spots)
        writer.object { writer in
            writer.array("lots") { writer in
                for lot in 0..<lots { write(lot, to: &writer) }
            }
        }
        return writer.bytes
    }

    /// All spots of all lots with a row of headings, as `POST /api/lots/import` takes them.
    public func csvList() -> String {
        var text = "lot_id,name,time_zone,spot_id,label,level,zone,kind,x,y,rotation\n"
        for lot in 0..<lots {
            for spot in 0..<sizes[lot] {
                let place = place(spot)
                text +=
                    "\(lotID(lot)),\(name(lot)),\(timeZone),\(spotID(lot: lot, spot: spot)),\(label(spot)),\(place.level),"
                text += "\(place.zone),\(kind(spot, ofLot: lot)),\(place.x),\(place.y),0\n"
            }
        }
        return text
    }

    /// The devices that the owner adds: of each lot its controller, then its spots.
    public func devices(ofLot lot: Int) -> (controller: String, spots: [String]) {
        (controllerID(lot), (0..<sizes[lot]).map { spotID(lot: lot, spot: $0) })
    }

    private func name(_ lot: Int) -> String { "Car park \(lot + 1)" }

    private func label(_ spot: Int) -> String {
        let place = place(spot)
        return "\(place.zone)\(ParkingSimulator.number(spot % ParkingSimulator.perLevel + 1, digits: 2))"
    }

    private func kind(_ spot: Int, ofLot lot: Int) -> String {
        SimulatedTraffic.kind(ofSpot: spot, of: sizes[lot]).rawValue
    }

    /// Rows of ten with a lane after every second one; sixty on a level.
    private func place(_ spot: Int) -> (level: String, zone: String, x: Double, y: Double) {
        let onLevel = spot % ParkingSimulator.perLevel
        let (row, column) = (onLevel / ParkingSimulator.perRow, onLevel % ParkingSimulator.perRow)
        let lanes = Double((row + 1) / 2)
        return (
            level: String(spot / ParkingSimulator.perLevel), zone: row < 3 ? "A" : "B",
            x: (Double(column) + 0.5) * ParkingSimulator.width,
            y: (Double(row) + 0.5) * ParkingSimulator.length + lanes * ParkingSimulator.lane
        )
    }

    private func write(_ lot: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("lot_id", lotID(lot))
            writer.member("name", name(lot))
            writer.member("address", "\(lot + 1) Station Street")
            // A grid of a town, about 400 m between two lots.
            writer.member("latitude", double: 52.5 + Double(lot / 20) * 0.004)
            writer.member("longitude", double: 13.4 + Double(lot % 20) * 0.006)
            writer.member("time_zone", timeZone)
            writer.member("currency", "EUR")
            writer.member("public", true)
            writer.object("plan") { writer in
                let last = min(sizes[lot], ParkingSimulator.perLevel) - 1
                writer.member("width", double: Double(ParkingSimulator.perRow) * ParkingSimulator.width)
                writer.member("height", double: place(last).y + ParkingSimulator.length / 2)
            }
            writer.array("spots") { writer in
                for spot in 0..<sizes[lot] { write(spot, ofLot: lot, to: &writer) }
            }
        }
    }

    private func write(_ spot: Int, ofLot lot: Int, to writer: inout JSONWriter) {
        let place = place(spot)
        writer.object { writer in
            writer.member("spot_id", spotID(lot: lot, spot: spot))
            writer.member("label", label(spot))
            writer.member("level", place.level)
            writer.member("zone", place.zone)
            writer.member("kind", kind(spot, ofLot: lot))
            writer.member("x", double: place.x)
            writer.member("y", double: place.y)
            writer.member("rotation", 0)
        }
    }
}
