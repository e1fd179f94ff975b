internal import HubModel

/// What the documents of the car park need beside the types that every solution has.
extension JSONMembers {
    /// A lot's name.
    /// - Throws: `wrong_type`, `invalid_id`.
    func optionalLot(_ name: String) throws(Refusal) -> LotID? {
        try optionalDevice(name).flatMap { LotID($0.text) }
    }

    /// A number, as it is reckoned with.
    /// - Throws: `wrong_type`.
    func optionalDouble(_ name: String) throws(Refusal) -> Double? { try optionalNumber(name)?.doubleValue }

    /// What a member that may be taken back says: nil when it is not there, nil inside when it is null.
    func change<Value>(
        _ name: String, _ value: (String) throws(Refusal) -> Value?
    ) throws(Refusal) -> Value?? {
        guard has(name) else { return nil }
        return .some(try value(name))
    }
}
