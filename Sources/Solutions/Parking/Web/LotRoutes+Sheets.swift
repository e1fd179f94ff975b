internal import HubModel
internal import SolutionKit

/// Lots, spots and what is proposed for sensors as CSV.
extension LotRoutes {
    static func sheet(of lots: [(lot: Lot, price: ScaledDecimal, tally: SpotTally)]) -> RouteResponse {
        var sheet = CSVWriter([
            "lot_id", "site", "name", "address", "latitude", "longitude", "time_zone", "currency", "public",
            "stale_after_seconds", "price_per_hour", "total_spots", "available_spots", "occupied_spots",
            "reserved_spots", "out_of_service_spots", "unknown_spots", "occupancy_rate",
        ])
        for (lot, price, tally) in lots {
            sheet.row([
                .text(lot.id.text), .text(lot.site.text), .text(lot.name), .text(lot.address), .number(lot.latitude),
                .number(lot.longitude), .text(lot.timeZone), .text(lot.currency), .boolean(lot.isPublic),
                .integer(lot.staleSeconds), .amount(price), .integer(Int64(tally.total)),
                .integer(Int64(tally.free)), .integer(Int64(tally.occupied)), .integer(Int64(tally.reserved)),
                .integer(Int64(tally.outOfService)), .integer(Int64(tally.unknown)),
                .number(tally.occupancyRate?.thousandths),
            ])
        }
        return .csv(sheet, named: "lots")
    }

    static let spotColumns = [
        "spot_id", "lot_id", "label", "level", "zone", "kind", "status", "since", "distance", "observed_at",
        "override_occupied", "override_at", "override_until", "override_by",
    ]

    /// A spot under `spotColumns`.
    /// - Parameter sites: where the reader may see who overrode a spot.
    static func cells(of spot: Spot, at now: Timestamp, inside sites: SiteScope) -> [CSVWriter.Cell] {
        let override = spot.state.override.flatMap { held in held.until.map { now < $0 } ?? true ? held : nil }
        return [
            .text(spot.id.text), .text(spot.lot.text), .text(spot.place.label), .text(spot.place.level),
            .text(spot.place.zone), .text(spot.facts.kind.rawValue), .text(spot.status(at: now).rawValue),
            .time(spot.since(at: now)), .number(spot.state.distanceCentimetres), .time(spot.state.observedAt),
            .text(override.map { String($0.isOccupied) }), .time(override?.at), .time(override?.until),
            .text(sites.contains(spot.facts.site) ? override?.by : nil),
        ]
    }

    static func sheet(of found: [(spot: Spot, calibration: Calibration)]) -> RouteResponse {
        var sheet = CSVWriter([
            "spot_id", "label", "samples", "decides", "threshold_cm", "hysteresis_cm", "proposed_threshold_cm",
            "proposed_hysteresis_cm", "occupied_samples", "occupied_mean_cm", "occupied_spread_cm", "free_samples",
            "free_mean_cm", "free_spread_cm", "flags", "incomplete",
        ])
        for (spot, calibration) in found {
            let settings = spot.state.settings
            let flags = calibration.flags.map(\.words).joined(separator: " ")
            sheet.row(
                [
                    .text(spot.id.text), .text(spot.place.label), .integer(Int64(calibration.samples)),
                    .text(settings.decides.rawValue), .number(settings.thresholdCentimetres),
                    .number(settings.hysteresisCentimetres), .number(calibration.threshold),
                    .number(calibration.hysteresis),
                ] + cells(of: calibration.occupied) + cells(of: calibration.free) + [
                    .text(flags), .boolean(!calibration.gaps.isEmpty),
                ])
        }
        var response = RouteResponse.csv(sheet, named: "calibration")
        if let header = ReadingGap.header(ReadingGap.merged(found.flatMap(\.calibration.gaps))) {
            response.headers.append(header)
        }
        return response
    }

    private static func cells(of cluster: DistanceCluster?) -> [CSVWriter.Cell] {
        [.integer(cluster.map { Int64($0.count) }), .number(cluster?.mean.tenths), .number(cluster?.spread.tenths)]
    }
}

extension Calibration.Flag {
    /// The flag in one word, with the other spot's name where there is one.
    fileprivate var words: String {
        switch self {
        case .drift: "drift"
        case .dirty: "dirty"
        case .stuck: "stuck"
        case .blocked, .occupiedTooLong: "blocked"
        case .swapped(let other): "swapped:\(other)"
        }
    }
}

extension Double {
    /// Rounded to what a sensor measures.
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}
