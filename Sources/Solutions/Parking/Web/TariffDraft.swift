internal import HubModel

/// A tariff that somebody sends, and what stands beside it.
struct TariffDraft: Sendable {
    let tariff: Tariff
    private(set) var validFrom: Timestamp?
    private(set) var from: String?
    private(set) var to: String?

    /// - Parameter names: what may stand beside the tariff.
    init(_ body: [UInt8], takes names: Set<String>) throws(Refusal) {
        let members = try JSONMembers(body, limit: 16)
        try members.refuseOthers(than: names.union(["tariff"]))
        let found = try members.reader("tariff").map { (reader) throws(Refusal) in
            var reader = reader
            return try Tariff(&reader)
        }
        validFrom = try members.optionalInstant("valid_from")
        from = try members.optionalText("from", maximumBytes: 10)
        to = try members.optionalText("to", maximumBytes: 10)
        guard let found else { throw Refusal(.missingField, "tariff is missing.") }
        tariff = found
    }

    /// Whether it is a tariff for this lot.
    func check(_ lot: Lot) throws(Refusal) {
        guard tariff.currency == lot.currency else {
            throw Refusal(.valueOutOfRange, "The currency of \(lot.id) is \(lot.currency).")
        }
    }
}
