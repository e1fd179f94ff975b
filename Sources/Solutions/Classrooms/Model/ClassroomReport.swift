package import HubModel

/// What a classroom's device says of its room: the body of `POST /api/esp/status`.
package struct ClassroomReport: Hashable, Sendable {
    /// Whether somebody moved there.
    package var isOccupied: Bool
    /// Whether the relay gives power.
    package var isPowerOn: Bool
    /// When the device says that was; nil: it does not say it.
    package var claimed: Timestamp?
    /// Seconds since the last movement; nil: it does not say it.
    package var idleSeconds: Int64?
    /// What its sensor measured, in centimetres; nil: it does not say it.
    package var distance: JSONNumber?
    /// The version of its program; nil: it does not say it.
    package var firmware: String?
    /// The number of the report; nil: it counts none.
    package var number: ReportNumber?

    /// A report.
    package init(isOccupied: Bool, isPowerOn: Bool, claimed: Timestamp? = nil) {
        self.isOccupied = isOccupied
        self.isPowerOn = isPowerOn
        self.claimed = claimed
    }
}

/// The number of a report within a life of its device.
package struct ReportNumber: Hashable, Sendable {
    /// Which life.
    package let boot: UInt32
    /// Which report of it.
    package let sequence: UInt32

    /// A number.
    package init(boot: UInt32, sequence: UInt32) {
        self.boot = boot
        self.sequence = sequence
    }
}

extension ClassroomReport {
    /// The largest report that is read, in bytes.
    package static let maximumBytes = 4_096

    /// Reads a report. Other members are ignored. This is the hot path: one pass over the bytes, no tree.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `value_out_of_range`, `too_large`.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= ClassroomReport.maximumBytes else {
            throw Refusal(.tooLarge, "Send at most \(ClassroomReport.maximumBytes) bytes.")
        }
        var reader = JSONReader(bytes)
        var keys = SeenKeys(limit: 64)
        var (isOccupied, isPowerOn): (Bool?, Bool?)
        var (boot, sequence): (UInt32?, UInt32?)
        self.init(isOccupied: false, isPowerOn: false)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "is_occupied": isOccupied = try reader.flag("is_occupied")
            case "is_power_on": isPowerOn = try reader.flag("is_power_on")
            case "timestamp": claimed = try reader.claimedTime()
            case "idle_seconds": idleSeconds = try reader.seconds("idle_seconds")
            case "distance": distance = try reader.optionalQuantity("distance")
            case "firmware": firmware = try reader.optionalText("firmware", maximumBytes: 64)
            case "boot": boot = try reader.counter("boot")
            case "seq": sequence = try reader.counter("seq")
            default: try reader.skip()
            }
        }
        try reader.endOfPayload()
        guard let isOccupied else { throw JSONMembers.missing("is_occupied") }
        guard let isPowerOn else { throw JSONMembers.missing("is_power_on") }
        self.isOccupied = isOccupied
        self.isPowerOn = isPowerOn
        switch (boot, sequence) {
        case (nil, nil): break
        case (let boot, let sequence?): number = ReportNumber(boot: boot ?? 0, sequence: sequence)
        case (_?, nil): throw Refusal(.missingField, "seq is missing: boot counts for nothing without it.")
        }
    }

    /// As history keeps it.
    package var fields: [ReadingField] {
        var fields = [
            ReadingField("occupied", .boolean(isOccupied)), ReadingField("power", .boolean(isPowerOn)),
        ]
        if let idleSeconds { fields.append(ReadingField("idle_seconds", .integer(idleSeconds))) }
        switch distance {
        case .decimal(let value)?: fields.append(ReadingField("distance", .decimal(value)))
        case .double(let value)?: fields.append(ReadingField("distance", .double(value)))
        case nil: break
        }
        return fields
    }
}

/// What a device says when its relay switched: the body of `POST /api/esp/power-log`.
package struct PowerReport: Hashable, Sendable {
    /// Whether the relay gives power from then on.
    package let isPowerOn: Bool
    /// Why, in the device's own words, such as `auto_control`.
    package let reason: String
    /// When the device says that was; nil: it does not say it.
    package let claimed: Timestamp?

    /// Reads a report. Other members are ignored.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `value_out_of_range`, `too_large`.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= ClassroomReport.maximumBytes else {
            throw Refusal(.tooLarge, "Send at most \(ClassroomReport.maximumBytes) bytes.")
        }
        var reader = JSONReader(bytes)
        var keys = SeenKeys(limit: 64)
        var (isPowerOn, reason, claimed): (Bool?, String?, Timestamp?)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            switch key {
            case "power_on", "is_power_on":
                if let value = try reader.flag("power_on") { isPowerOn = value }
            case "reason": reason = try reader.optionalText("reason", maximumBytes: 64)
            case "timestamp": claimed = try reader.claimedTime()
            default: try reader.skip()
            }
        }
        try reader.endOfPayload()
        guard let isPowerOn else { throw JSONMembers.missing("power_on") }
        self.isPowerOn = isPowerOn
        self.reason = reason ?? ""
        self.claimed = claimed
    }
}

extension JSONReader {
    /// Reads true or false, also as 1 or 0; nil for `null`.
    fileprivate mutating func flag(_ name: StaticString) throws(Refusal) -> Bool? {
        switch try peek() {
        case .boolean: return try boolean()
        case .null:
            _ = try null()
            return nil
        case .number:
            switch try number().integerValue {
            case 0: return false
            case 1: return true
            default: break
            }
        case .object, .array, .string: break
        }
        throw Refusal(.wrongType, "\(name) is true or false.")
    }

    /// Reads a number of seconds of 0 or more, rounded down; nil for `null` and for words that stand for no value.
    fileprivate mutating func seconds(_ name: StaticString) throws(Refusal) -> Int64? {
        guard let number = try optionalQuantity(name)?.doubleValue else { return nil }
        guard (0...1e9).contains(number) else {
            throw Refusal(.valueOutOfRange, "\(name) is 0 to 1000000000.")
        }
        return Int64(number)
    }

    /// Reads a counter of 32 bits; nil for `null`.
    fileprivate mutating func counter(_ name: StaticString) throws(Refusal) -> UInt32? {
        guard let number = try optionalNumber(name) else { return nil }
        guard let whole = number.integerValue, let counter = UInt32(exactly: whole) else {
            throw Refusal(.valueOutOfRange, "\(name) is a whole number, 0 to \(UInt32.max).")
        }
        return counter
    }
}
