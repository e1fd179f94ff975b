package import HubModel

/// Money that came in, or went back to who had paid it.
package struct Payment: Hashable, Sendable {
    /// The key of its row, which the ledger and refunds refer to.
    package var id: String
    /// What it is called: one of its name at a site.
    package var name: String
    package var lot: LotID
    /// The spot that was named, or that of the session.
    package var spot: DeviceID?
    /// What it is for; nil: nobody knows yet.
    package var session: String?
    /// Always positive, also of a refund.
    package var amountMinor: Int64
    package var currency: String
    /// How it was paid, in the words of who took it: `card`, `cash`, `app`.
    package var method: String?
    /// The key of the payment that this gives back; nil for a payment.
    package var refunds: String?
    /// What that is called.
    package var refundsName: String?
    /// How much of it went back so far.
    package var refundedMinor: Int64
    package var paidAt: Timestamp
    package var receivedAt: Timestamp
    /// Who took it.
    package var takenBy: String

    /// The amount in major units.
    package var amount: ScaledDecimal {
        ScaledDecimal(mantissa: amountMinor, scale: Currency(currency)?.fractionDigits ?? 2)
    }
}
