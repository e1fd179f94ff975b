package import HubModel

/// What a session owes and nobody will pay: a sensor that had died went on billing, a driver was right.
package struct Waiver: Hashable, Sendable {
    /// The caller's name for it.
    package var id: String
    package var lot: LotID
    package var session: String
    package var amountMinor: Int64
    package var currency: String
    /// Why, in the words of who did it.
    package var reason: String
    package var waivedBy: String
    package var waivedAt: Timestamp

    /// The amount in major units.
    package var amount: ScaledDecimal {
        ScaledDecimal(mantissa: amountMinor, scale: Currency(currency)?.fractionDigits ?? 2)
    }
}

/// What somebody wants written off: `{"waiver_id", "amount"? or "amount_minor"?, "reason"}`.
package struct WaiverRequest: Hashable, Sendable {
    package var id: String
    /// Nil: all that is owed.
    package var amount: PaymentAmount?
    package var reason: String

    /// The longest reason, in bytes.
    static let longestReason = 200

    /// Reads a request.
    /// - Throws: `missing_field`, `wrong_type`, `invalid_id`, `value_out_of_range`, `invalid_parameter` for a name that it does not know.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(bytes)
        try members.refuseOthers(than: ["waiver_id", "reason", "amount", "amount_minor"])
        var amounts: [PaymentAmount] = []
        if let number = try members.optionalNumber("amount") {
            guard case .decimal(let major) = number else {
                throw Refusal(.valueOutOfRange, "amount is a plain decimal number, such as 2.50.")
            }
            amounts.append(.major(major))
        }
        if let minor = try members.optionalWholeNumber("amount_minor") { amounts.append(.minor(minor)) }
        let reason = try members.optionalText("reason", maximumBytes: WaiverRequest.longestReason)
        let id = try members.text("waiver_id", maximumBytes: 256)
        guard let name = DeviceID(id) else {
            throw Refusal(.invalidIdentifier, "waiver_id is 1 to 64 letters, digits and . _ - : @.")
        }
        guard let reason, !reason.allSatisfy(\.isWhitespace) else {
            throw Refusal(.missingField, "reason is missing: why nobody will pay.")
        }
        guard !reason.hasControlCharacters else {
            throw Refusal(.valueOutOfRange, "reason has no control characters.")
        }
        guard amounts.count < 2 else {
            throw Refusal(.valueOutOfRange, "Give amount or amount_minor, not both.")
        }
        (self.id, self.reason, amount) = (name.text, reason, amounts.first)
    }
}
