package import HubModel

/// What somebody says of a payment: `{"payment_id", "spot_id" or "session_id", "lot_id"?, "amount" or "amount_minor", "currency"?,
/// "method"?, "timestamp"?}`.
package struct PaymentRequest: Hashable, Sendable {
    package var id: String
    package var spot: DeviceID?
    package var session: String?
    package var lot: LotID?
    package var amount: PaymentAmount?
    package var currency: String?
    package var method: String?
    package var claimedAt: Timestamp?

    /// The longest message, in bytes.
    package static let maximumBytes = 4_096
    /// The largest payment, in minor units.
    package static let largestMinor: Int64 = 10_000_000

    /// Reads a request; names that it does not know are passed over, as apps send more than the hub needs.
    /// - Throws: `missing_field`, `wrong_type`, `invalid_id`, `value_out_of_range`, `duplicate_key`, `malformed_json`, `too_large`.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= PaymentRequest.maximumBytes else {
            throw Refusal(.tooLarge, "A payment has at most \(PaymentRequest.maximumBytes) bytes.")
        }
        let members = try JSONMembers(bytes)
        guard let id = try members.optionalDevice("payment_id") else { throw JSONMembers.missing("payment_id") }
        self.id = id.text
        spot = try members.optionalDevice("spot_id")
        session = try members.optionalDevice("session_id")?.text
        lot = try members.optionalDevice("lot_id").flatMap { LotID($0.text) }
        amount = try PaymentRequest.amount(members)
        currency = try members.optionalText("currency", maximumBytes: 256)
        guard currency.map({ Currency($0) != nil }) ?? true else {
            throw Refusal(.valueOutOfRange, "currency is three capital letters, such as EUR.")
        }
        method = try members.optionalText("method", maximumBytes: 32)
        guard method.map({ !$0.isEmpty && !$0.hasControlCharacters }) ?? true else {
            throw Refusal(.valueOutOfRange, "method has 1 to 32 bytes.")
        }
        claimedAt = try members.optionalInstant("timestamp")
    }

    private static func amount(_ members: JSONMembers) throws(Refusal) -> PaymentAmount? {
        let (major, minor) = (try members.optionalNumber("amount"), try members.optionalWholeNumber("amount_minor"))
        switch (major, minor) {
        case (nil, nil): return nil
        case (.decimal(let value), nil): return .major(value)
        case (nil, let value?): return .minor(value)
        case (_?, nil): throw Refusal(.valueOutOfRange, "amount is a plain decimal number, such as 2.50.")
        case (_?, _?): throw Refusal(.valueOutOfRange, "Give amount or amount_minor, not both.")
        }
    }

    /// The amount in minor units of the currency; nil when no amount was given.
    /// - Throws: `value_out_of_range` for what is no positive amount, has parts of a minor unit or is absurd.
    func minor(in currency: Currency) throws(Refusal) -> Int64? { try amount?.minor(in: currency) }
}

/// An amount as it was written.
package enum PaymentAmount: Hashable, Sendable {
    /// In major units: 2.50.
    case major(ScaledDecimal)
    /// In minor units: 250.
    case minor(Int64)

    /// The amount in minor units of a currency.
    /// - Throws: `value_out_of_range` for what is no positive amount, has parts of a minor unit or is absurd.
    func minor(in currency: Currency) throws(Refusal) -> Int64 {
        let minor: Int64
        switch self {
        case .minor(let amount): minor = amount
        case .major(let amount):
            guard let exact = currency.minor(amount) else {
                throw Refusal(
                    .valueOutOfRange, "amount has at most \(currency.fractionDigits) digits behind the point.")
            }
            minor = exact
        }
        guard (1...PaymentRequest.largestMinor).contains(minor) else {
            throw Refusal(.valueOutOfRange, "An amount is 1 to \(PaymentRequest.largestMinor) minor units.")
        }
        return minor
    }
}
