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
    /// - Parameter place: where it is among others, for messages: `Lot 2`.
    init(_ reader: inout JSONReader, place: String? = nil) throws(Refusal) {
        let members = try JSONMembers(&reader, limit: 32, place: place)
        id = try members.optionalLot("lot_id")
        site = try members.optionalSite("site")
        name = try members.optionalText("name", maximumBytes: 800)
        address = try members.optionalText("address", maximumBytes: 2_000)
        latitude = try members.change("latitude", members.optionalDouble)
        longitude = try members.change("longitude", members.optionalDouble)
        timeZone = try members.optionalText("time_zone", maximumBytes: 64)
        currency = try members.optionalText("currency", maximumBytes: 16)
        isPublic = try members.optionalBoolean("public")
        staleSeconds = try members.optionalWholeNumber("stale_after_seconds")
        plan = try LotEdit.plan(members, place: place)
        switch try members.optionalNumber("price_per_hour") {
        case .decimal(let price): pricePerHour = price
        case .double:
            throw members.refusal(
                .valueOutOfRange, "price_per_hour is written without an exponent, in at most 18 digits.")
        case nil: break
        }
        try members.optionalArray("spots") { (reader) throws(Refusal) in
            guard spots.count < ParkingHandler.maximumSpotsPerLot else {
                throw members.refusal(
                    .tooLarge, "A lot has at most \(ParkingHandler.maximumSpotsPerLot) spots.")
            }
            let number = spots.count + 1
            spots.append(try SpotEdit(&reader, place: place.map { "\($0), spot \(number)" } ?? "Spot \(number)"))
        }
    }

    private static func plan(_ members: JSONMembers, place: String?) throws(Refusal) -> Plan? {
        guard var reader = try members.reader("plan") else { return nil }
        let plan = try JSONMembers(&reader, place: place.map { "\($0), plan" } ?? "Plan")
        guard let width = try plan.optionalDouble("width"), let height = try plan.optionalDouble("height") else {
            throw members.refusal(.missingField, "A plan has width and height.")
        }
        return Plan(width: width, height: height)
    }

    /// The lot as it would be.
    /// - Parameter known: the lot as it is; nil for a new one.
    /// - Throws: `missing_field`, `value_out_of_range`, `invalid_parameter`.
    func applied(to known: Lot?, id: LotID, site: SiteID, at now: Timestamp) throws(Refusal) -> Lot {
        guard let name = name ?? known?.name else { throw Refusal(.missingField, "name is missing.") }
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
            guard isRight else { throw Refusal(.valueOutOfRange, "\(id): \(rule).") }
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
