internal import HubModel
internal import SolutionKit

/// A spot at an instant, as routes and live events show it.
struct SpotView: JSONWritable {
    /// Who reads it.
    enum Reader {
        case anybody
        /// Those who may also see who overrode the spot, and how its sensor is read.
        case staff
    }

    let spot: Spot
    let now: Timestamp
    let reader: Reader

    init(_ spot: Spot, at now: Timestamp, for reader: Reader) {
        (self.spot, self.now, self.reader) = (spot, now, reader)
    }

    func write(to json: inout JSONWriter) {
        json.object { json in
            writeMembers(to: &json)
            json.member("level", spot.place.level)
            json.member("zone", spot.place.zone)
            json.member("kind", spot.facts.kind.rawValue)
            json.member("x", number: spot.place.x)
            json.member("y", number: spot.place.y)
            json.member("rotation", number: spot.place.rotation)
            if reader == .staff { writeSensor(to: &json) }
        }
    }

    /// Writes what everybody may see, as members of an object.
    func writeMembers(to json: inout JSONWriter) {
        let status = spot.status(at: now)
        json.member("spot_id", spot.id.text)
        json.member("lot_id", spot.lot.text)
        json.member("occupied") { json in
            // Neither yes nor no of what nobody knows: a page that asks only this must not read "free".
            switch status {
            case .occupied: json.boolean(true)
            case .free, .reserved: json.boolean(false)
            case .unknown, .outOfService: json.null()
            }
        }
        json.member("distance", number: spot.state.distanceCentimetres)
        json.member("status", status.rawValue)
        json.member("label", spot.place.label)
        json.member("since", spot.since(at: now))
        json.member("observed_at", spot.state.observedAt)
        json.member("stale_after_seconds", spot.state.staleSeconds)
        json.member("color", spot.state.color(of: status).rawValue)
        json.member("override") { json in
            guard let override = spot.state.override, override.until.map({ now < $0 }) ?? true else {
                return json.null()
            }
            json.object { json in
                json.member("occupied", override.isOccupied)
                json.member("at", override.at)
                json.member("until", override.until)
                if reader == .staff {
                    json.member("by", override.by)
                }
            }
        }
    }

    private func writeSensor(to json: inout JSONWriter) {
        json.object("sensor") { json in
            json.member("decides", spot.state.settings.decides.rawValue)
            json.member("threshold_cm", number: spot.state.settings.thresholdCentimetres)
            json.member("hysteresis_cm", number: spot.state.settings.hysteresisCentimetres)
            json.member("debounce_seconds", number: Double(spot.state.settings.debounceMilliseconds) / 1_000)
            json.member("sensed_occupied", spot.state.sensed)
            json.member("heard_at", spot.state.heardAt)
            json.member("client_id", spot.clientID.map(ClientName.identifier))
        }
    }
}
