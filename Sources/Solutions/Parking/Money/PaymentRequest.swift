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
            throw Refusal(.tooLarge, "a payment has at most \(PaymentRequest.maximumBytes) bytes")
        }
        var request = Draft()
        var keys = SeenKeys(limit: 64)
        var reader = JSONReader(bytes)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            try request.take(key, &reader)
        }
        try reader.end()
        guard let id = request.id else { throw Refusal(.missingField, "payment_id is missing") }
        if request.major != nil, request.minor != nil {
            throw Refusal(.valueOutOfRange, "amount and amount_minor together: one of them")
        }
        self.id = id
        spot = request.spot
        session = request.session
        lot = request.lot
        amount = request.major.map(PaymentAmount.major) ?? request.minor.map(PaymentAmount.minor)
        currency = request.currency
        method = request.method
        claimedAt = request.claimedAt
    }

    /// The amount in minor units of the currency; nil when no amount was given.
    /// - Throws: `value_out_of_range` for what is no positive amount, has parts of a minor unit or is absurd.
    func minor(in currency: Currency) throws(Refusal) -> Int64? { try amount?.minor(in: currency) }

    private struct Draft {
        var id: String?
        var spot: DeviceID?
        var session: String?
        var lot: LotID?
        var major: ScaledDecimal?
        var minor: Int64?
        var currency: String?
        var method: String?
        var claimedAt: Timestamp?

        mutating func take(_ key: String, _ reader: inout JSONReader) throws(Refusal) {
            switch key {
            case "payment_id": id = try Draft.name("payment_id", &reader)
            case "spot_id": spot = try Draft.optional("spot_id", &reader).flatMap(DeviceID.init)
            case "session_id": session = try Draft.optional("session_id", &reader)
            case "lot_id": lot = try Draft.optional("lot_id", &reader).flatMap(LotID.init)
            case "amount":
                guard try reader.peek() == .number else {
                    throw Refusal(.wrongType, "amount is a number, such as 2.50")
                }
                guard case .decimal(let value) = try reader.number() else {
                    throw Refusal(.valueOutOfRange, "amount is a plain decimal number, such as 2.50")
                }
                major = value
            case "amount_minor":
                guard try reader.peek() == .number else { throw Refusal(.wrongType, "amount_minor is a whole number") }
                guard let value = try reader.number().integerValue else {
                    throw Refusal(.valueOutOfRange, "amount_minor is a whole number")
                }
                minor = value
            case "currency":
                guard try !reader.null() else { return }
                let code = try reader.string()
                guard Currency(code) != nil else {
                    throw Refusal(.valueOutOfRange, "currency is three capital letters, such as EUR")
                }
                currency = code
            case "method":
                guard try !reader.null() else { return }
                let text = try reader.string()
                guard (1...32).contains(text.utf8.count), !text.hasControlCharacters else {
                    throw Refusal(.valueOutOfRange, "method has 1 to 32 bytes")
                }
                method = text
            case "timestamp":
                guard try !reader.null() else { return }
                claimedAt = try Draft.instant(&reader)
            default: try reader.skip()
            }
        }

        private static func optional(_ key: String, _ reader: inout JSONReader) throws(Refusal) -> String? {
            try reader.null() ? nil : try name(key, &reader)
        }

        private static func name(_ key: String, _ reader: inout JSONReader) throws(Refusal) -> String {
            guard try reader.peek() == .string else { throw Refusal(.wrongType, "\(key) is a text") }
            guard let name = DeviceID(try reader.string()) else {
                throw Refusal(.invalidIdentifier, "\(key) is 1 to 64 letters, digits and . _ - : @")
            }
            return name.text
        }

        private static func instant(_ reader: inout JSONReader) throws(Refusal) -> Timestamp? {
            let instant: Timestamp?
            switch try reader.peek() {
            case .number: instant = Timestamp(epoch: try reader.number())
            case .string: instant = Timestamp(text: try reader.string())
            default: throw Refusal(.wrongType, "timestamp is a number or a text")
            }
            guard let instant else { throw Refusal(.valueOutOfRange, "timestamp is no time") }
            return instant
        }
    }
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
                    .valueOutOfRange, "amount has at most \(currency.fractionDigits) digits behind the point")
            }
            minor = exact
        }
        guard (1...PaymentRequest.largestMinor).contains(minor) else {
            throw Refusal(.valueOutOfRange, "an amount is 1 to \(PaymentRequest.largestMinor) minor units")
        }
        return minor
    }
}
