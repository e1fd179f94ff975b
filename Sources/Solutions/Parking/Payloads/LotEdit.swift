internal import HubModel
internal import SolutionKit

/// What somebody wants a lot to be: what is said of it. What is not said stays, or is as usual for a new one.
struct LotEdit: Hashable, Sendable {
    var id: LotID?
    var site: SiteID?
    var name: String?
    var address: String?
    /// nil inside: nobody knows any more.
    var latitude: Double??
    var longitude: Double??
    var timeZone: String?
    var currency: String?
    var isPublic: Bool?
    var staleSeconds: Int64?
    var plan: Plan?
    /// What each started hour costs, in major units of the lot's currency: a tariff for a lot that has none.
    var pricePerHour: ScaledDecimal?
    /// Spots to add or change.
    var spots: [SpotEdit] = []

    struct Plan: Hashable, Sendable {
        var width: Double
        var height: Double
    }

    init() {}

    /// Reads an object.
    init(_ reader: inout JSONReader) throws(Refusal) {
        var keys = SeenKeys(limit: 32)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "lot_id": id = try reader.optionalLot("lot_id")
            case "site":
                guard let text = try reader.optionalText("site", maximumBytes: 64) else { return }
                guard let name = SiteID(text) else { throw Refusal(.invalidIdentifier, "site is no site's name") }
                site = name
            case "name": name = try reader.optionalText("name", maximumBytes: 800)
            case "address": address = try reader.optionalText("address", maximumBytes: 2_000)
            case "latitude": latitude = .some(try reader.optionalNumber("latitude")?.doubleValue)
            case "longitude": longitude = .some(try reader.optionalNumber("longitude")?.doubleValue)
            case "time_zone": timeZone = try reader.optionalText("time_zone", maximumBytes: 64)
            case "currency": currency = try reader.optionalText("currency", maximumBytes: 16)
            case "public": isPublic = try reader.optionalBoolean("public")
            case "stale_after_seconds": staleSeconds = try reader.optionalWholeNumber("stale_after_seconds")
            case "plan": plan = try LotEdit.plan(&reader)
            case "price_per_hour":
                switch try reader.optionalNumber("price_per_hour") {
                case .decimal(let price): pricePerHour = price
                case .double:
                    throw Refusal(
                        .valueOutOfRange, "price_per_hour is written without an exponent, in at most 18 digits")
                case nil: break
                }
            case "spots":
                if try reader.null() { return }
                try reader.array { (reader) throws(Refusal) in
                    guard spots.count < ParkingHandler.maximumSpotsPerLot else {
                        throw Refusal(.tooLarge, "a lot has at most \(ParkingHandler.maximumSpotsPerLot) spots")
                    }
                    spots.append(try SpotEdit(&reader))
                }
            default: try reader.skip()
            }
        }
    }

    private static func plan(_ reader: inout JSONReader) throws(Refusal) -> Plan? {
        if try reader.null() { return nil }
        var width: Double?
        var height: Double?
        try reader.object { (key, reader) throws(Refusal) in
            switch key {
            case "width": width = try reader.optionalNumber("width")?.doubleValue
            case "height": height = try reader.optionalNumber("height")?.doubleValue
            default: try reader.skip()
            }
        }
        guard let width, let height else { throw Refusal(.missingField, "a plan has width and height") }
        return Plan(width: width, height: height)
    }

    /// The lot as it would be.
    /// - Parameter known: the lot as it is; nil for a new one.
    /// - Throws: `missing_field`, `value_out_of_range`, `invalid_parameter`.
    func applied(to known: Lot?, id: LotID, site: SiteID, at now: Timestamp) throws(Refusal) -> Lot {
        guard let name = name ?? known?.name else { throw Refusal(.missingField, "name is missing") }
        let lot = Lot(
            id: id, site: self.site ?? known?.site ?? site, name: name, address: address ?? known?.address ?? "",
            latitude: latitude ?? known?.latitude, longitude: longitude ?? known?.longitude,
            timeZone: timeZone ?? known?.timeZone ?? "UTC", currency: currency ?? known?.currency ?? "EUR",
            isPublic: isPublic ?? known?.isPublic ?? true, staleSeconds: staleSeconds ?? known?.staleSeconds ?? 300,
            planWidth: plan?.width ?? known?.planWidth ?? 50, planHeight: plan?.height ?? known?.planHeight ?? 30,
            createdAt: known?.createdAt ?? now)
        try lot.check()
        return lot
    }
}

extension Lot {
    /// Whether everything of it is possible.
    func check() throws(Refusal) {
        func demand(_ isRight: Bool, _ rule: String) throws(Refusal) {
            guard isRight else { throw Refusal(.valueOutOfRange, "\(id): \(rule)") }
        }
        try demand((1...200).contains(name.unicodeScalars.count), "name has 1 to 200 characters")
        try demand(address.unicodeScalars.count <= 500, "address has at most 500 characters")
        try demand(latitude.map((-90.0...90).contains) ?? true, "latitude is -90 to 90")
        try demand(longitude.map((-180.0...180).contains) ?? true, "longitude is -180 to 180")
        try demand((latitude == nil) == (longitude == nil), "latitude and longitude go together")
        try demand(LocalClock(timeZone) != nil, "time_zone is a name of the IANA time zone database")
        try demand(Currency(currency) != nil, "currency is a code of ISO 4217")
        try demand((10...604_800).contains(staleSeconds), "stale_after_seconds is 10 to 604800")
        for length in [planWidth, planHeight] {
            try demand(length > 0 && length <= 10_000, "a plan is up to 10,000 metres wide and high")
        }
    }
}
