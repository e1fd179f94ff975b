internal import HubModel

/// What a tank's sensor says: `{"level": 62.5}`, in percent of the tank's height.
struct LevelReport {
    /// As it was written.
    let level: JSONNumber
    /// In thousandths, 0...1,000.
    let permille: Int64

    /// The largest report that is read, in bytes.
    static let maximumBytes = 1_024

    /// - Throws: `malformed_json`, `missing_field`, `wrong_type`, `duplicate_key`, `value_out_of_range`, `too_large`.
    init(_ payload: [UInt8]) throws(Refusal) {
        guard payload.count <= LevelReport.maximumBytes else {
            throw Refusal(.tooLarge, "Send at most \(LevelReport.maximumBytes) bytes.")
        }
        guard let level = try JSONMembers(payload).optionalNumber("level") else { throw JSONMembers.missing("level") }
        guard (0...100).contains(level.doubleValue) else {
            throw Refusal(.valueOutOfRange, "level is a number of percent, 0 to 100.")
        }
        self.level = level
        permille = Int64((level.doubleValue * 10).rounded())
    }

    /// As history keeps it.
    var reading: ReadingField {
        switch level {
        case .decimal(let value): ReadingField("level", .decimal(value))
        case .double(let value): ReadingField("level", .double(value))
        }
    }
}
