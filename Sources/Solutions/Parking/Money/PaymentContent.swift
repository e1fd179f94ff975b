internal import HubModel
internal import SQL

/// What makes a payment what it is: two requests under one name that agree in this are one. How it was paid and when are words about it,
/// which an app that asks again may put anew.
struct PaymentContent: Hashable, Sendable {
    var spot: String?
    var session: String?
    /// The payment that it gives back.
    var refunds: String?
    var currency: String
    /// Minor units: 2.50 and 250 of them are the same; nil: a refund of all that is left.
    var amount: Int64?

    /// What was asked.
    init(_ request: PaymentRequest, amount: Int64?, currency: String, refunds: String? = nil) {
        spot = request.spot?.text
        session = request.session
        self.refunds = refunds
        self.currency = currency
        self.amount = amount
    }

    /// As it is stored.
    var text: String {
        var writer = JSONWriter()
        writer.array { writer in
            for text in [spot, session, refunds, currency] { writer.string(text) }
            writer.integer(amount)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Out of what was stored; of payments of old the method and the time stand there too, around the amount.
    init(stored text: String) throws {
        var parts: [[UInt8]] = []
        var reader = JSONReader(Array(text.utf8))
        try reader.array { (reader) throws(Refusal) in parts.append(try reader.rawValue()) }
        guard parts.count == 5 || parts.count == 7 else {
            throw SQLFailure(.wrongType, "a row of parking_payment does not say what was asked")
        }
        func name(_ index: Int) throws -> String? {
            var reader = JSONReader(parts[index])
            return try reader.null() ? nil : try reader.string()
        }
        (spot, session, refunds) = (try name(0), try name(1), try name(2))
        currency = try name(3) ?? ""
        amount = Int64(String(decoding: parts[parts.count == 5 ? 4 : 5], as: UTF8.self))
    }
}
