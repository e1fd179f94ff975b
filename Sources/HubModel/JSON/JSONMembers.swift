/// The members of a JSON object that somebody sent: read once, each member at most once, and asked for by name and type. It prints nothing of
/// itself: there may be a password in it.
///
/// For what people and programs ask. The two payloads that come thousands of times a second are read in one pass instead, with
/// `JSONReader` and `SeenKeys`.
///
///     let body = try JSONMembers(request.body)
///     let title = try body.text("title", maximumBytes: 100)
///     let until = try body.optionalInstant("until")
public struct JSONMembers: Sendable {
    private var values: [String: [UInt8]] = [:]
    /// Where the object is in what was sent, for messages: `Rule 2`; nil for the whole text.
    private let place: String?

    private init() { place = nil }

    /// The members of a whole text.
    /// - Parameters:
    ///   - isOptional: whether a text without any bytes is an object without members.
    ///   - limit: the most members that the object may have.
    /// - Throws: `malformed_json`, `wrong_type`, `duplicate_key`, `too_large`.
    public init(_ bytes: [UInt8], isOptional: Bool = false, limit: Int = 64) throws(Refusal) {
        guard !isOptional || !bytes.isEmpty else {
            self.init()
            return
        }
        var reader = JSONReader(bytes)
        try self.init(&reader, limit: limit)
        try reader.end()
    }

    /// The members of an object that comes next, within an array or another object.
    /// - Parameters:
    ///   - limit: the most members that the object may have.
    ///   - place: where the object is, which each refusal of it begins with: `Rule 2`; nil for one that needs no place.
    /// - Throws: `malformed_json`, `wrong_type`, `duplicate_key`, `too_large`.
    public init(_ reader: inout JSONReader, limit: Int = 64, place: String? = nil) throws(Refusal) {
        var found: [String: [UInt8]] = [:]
        var keys = SeenKeys(limit: limit)
        try reader.object { (key, reader) throws(Refusal) in
            do throws(Refusal) {
                try keys.note(key)
            } catch {
                throw JSONMembers.refusal(error.code, error.detail, at: place)
            }
            found[key] = try reader.rawValue()
        }
        values = found
        self.place = place
    }

    /// The names of the members, in no order.
    public var names: some Collection<String> { values.keys }

    /// Whether there is a member of this name, be it null.
    public func has(_ name: String) -> Bool { values[name] != nil }

    /// Refuses an object with other members than these: for what must not be misunderstood, such as money.
    /// - Throws: `invalid_parameter`.
    public func refuseOthers(than known: Set<String>) throws(Refusal) {
        guard let other = values.keys.sorted().first(where: { !known.contains($0) }) else { return }
        throw refusal(
            .invalidParameter,
            "Unknown member \(SeenKeys.shown(other)); known are \(known.sorted().joined(separator: ", ")).")
    }

    /// Refuses an object in which a member is null: for what must not be misunderstood, such as money.
    /// - Parameter allowed: the members that may be null.
    /// - Throws: `wrong_type`.
    public func refuseNull(except allowed: Set<String> = []) throws(Refusal) {
        for name in values.keys.sorted() where !allowed.contains(name) {
            guard try reader(name) == nil else { continue }
            throw refusal(.wrongType, "\(SeenKeys.shown(name)) is null; leave it out instead.")
        }
    }

    /// A refusal that says where the object is in what was sent.
    /// - Parameter detail: a sentence.
    public func refusal(_ code: RefusalCode, _ detail: String) -> Refusal {
        JSONMembers.refusal(code, detail, at: place)
    }

    private static func refusal(_ code: RefusalCode, _ detail: String, at place: String?) -> Refusal {
        guard let place else { return Refusal(code, detail) }
        return Refusal(code, "\(place): \(detail.prefix(1).lowercased())\(detail.dropFirst())")
    }

    /// What reads a member of a type of the caller's own; nil when it is not there, or null.
    public func reader(_ name: String) throws(Refusal) -> JSONReader? {
        guard let bytes = values[name] else { return nil }
        var reader = JSONReader(bytes)
        return try reader.null() ? nil : JSONReader(bytes)
    }

    /// Says that a member is not there that has to be.
    public static func missing(_ name: String) -> Refusal { Refusal(.missingField, "\(name) is missing.") }

    /// The same, with the place of the object.
    private func absent(_ name: String) -> Refusal { refusal(.missingField, "\(name) is missing.") }
}

/// Single members. Each `optional…` is nil when the member is not there, or null; the others throw `missing_field` then.
extension JSONMembers {
    /// A text.
    /// - Throws: `missing_field`, `wrong_type`, `value_out_of_range` when it is longer or holds U+0000.
    public func text(_ name: String, maximumBytes: Int) throws(Refusal) -> String {
        guard let text = try optionalText(name, maximumBytes: maximumBytes) else { throw absent(name) }
        return text
    }

    /// A text.
    /// - Throws: `wrong_type`, `value_out_of_range` when it is longer or holds U+0000.
    public func optionalText(_ name: String, maximumBytes: Int) throws(Refusal) -> String? {
        guard var reader = try reader(name) else { return nil }
        guard try reader.peek() == .string else { throw refusal(.wrongType, "\(name) is a text.") }
        let text = try reader.string()
        guard text.utf8.count <= maximumBytes else {
            throw refusal(.valueOutOfRange, "\(name) has at most \(maximumBytes) bytes.")
        }
        // PostgreSQL cannot keep U+0000.
        guard !text.utf8.contains(0) else { throw refusal(.valueOutOfRange, "\(name) holds U+0000.") }
        return text
    }

    /// One of a few words.
    /// - Throws: `wrong_type`, `value_out_of_range`, which names the words.
    public func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of choices: Choice.Type
    ) throws(Refusal) -> Choice? where Choice.RawValue == String {
        guard let word = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(.valueOutOfRange, "\(name) is one of \(words).")
        }
        return choice
    }

    /// True or false.
    /// - Throws: `wrong_type`.
    public func optionalBoolean(_ name: String) throws(Refusal) -> Bool? {
        guard var reader = try reader(name) else { return nil }
        guard try reader.peek() == .boolean else { throw refusal(.wrongType, "\(name) is true or false.") }
        return try reader.boolean()
    }

    /// A number, as it was written.
    /// - Throws: `wrong_type`.
    public func optionalNumber(_ name: String) throws(Refusal) -> JSONNumber? {
        guard var reader = try reader(name) else { return nil }
        guard try reader.peek() == .number else { throw refusal(.wrongType, "\(name) is a number.") }
        return try reader.number()
    }

    /// A whole number.
    /// - Throws: `wrong_type` for what is no number, `value_out_of_range`.
    public func optionalWholeNumber(
        _ name: String, in range: ClosedRange<Int64> = .min ... .max
    ) throws(Refusal) -> Int64? {
        guard let number = try optionalNumber(name) else { return nil }
        guard let whole = number.integerValue, range.contains(whole) else {
            let bounds = range == .min ... .max ? "" : ", \(range.lowerBound) to \(range.upperBound)"
            throw refusal(.valueOutOfRange, "\(name) is a whole number\(bounds).")
        }
        return whole
    }

    /// A whole number.
    /// - Throws: `missing_field`, `wrong_type` for what is no number, `value_out_of_range`.
    public func wholeNumber(_ name: String, in range: ClosedRange<Int64> = .min ... .max) throws(Refusal) -> Int64 {
        guard let number = try optionalWholeNumber(name, in: range) else { throw absent(name) }
        return number
    }

    /// An instant that a person gives, as a number or a text in any form of the contract.
    /// - Throws: `wrong_type` for what is neither, `value_out_of_range` for what is no time.
    public func optionalInstant(_ name: String) throws(Refusal) -> Timestamp? {
        guard var reader = try reader(name) else { return nil }
        let instant: Timestamp?
        switch try reader.peek() {
        case .number: instant = Timestamp(epoch: try reader.number())
        case .string: instant = Timestamp(text: try reader.string())
        case .object, .array, .boolean, .null: throw refusal(.wrongType, "\(name) is a time.")
        }
        guard let instant else {
            throw refusal(.valueOutOfRange, "\(name) is a time, such as 2026-11-21T10:00:00Z.")
        }
        return instant
    }

    /// A device's identifier.
    /// - Throws: `wrong_type`, `invalid_id`.
    public func optionalDevice(_ name: String) throws(Refusal) -> DeviceID? {
        guard let text = try optionalText(name, maximumBytes: 256) else { return nil }
        guard let id = DeviceID(text) else {
            throw refusal(.invalidIdentifier, "\(name) is 1 to 64 letters, digits and . _ - : @.")
        }
        return id
    }

    /// A site's identifier.
    /// - Throws: `wrong_type`, `invalid_id`.
    public func optionalSite(_ name: String) throws(Refusal) -> SiteID? {
        try optionalDevice(name).flatMap { SiteID($0.text) }
    }

    /// An object as its text, for what is kept as it was sent.
    /// - Throws: `wrong_type`, `too_large`.
    public func optionalObject(_ name: String, maximumBytes: Int) throws(Refusal) -> [UInt8]? {
        guard var reader = try reader(name) else { return nil }
        guard try reader.peek() == .object else { throw refusal(.wrongType, "\(name) is an object.") }
        let json = try reader.rawValue()
        guard json.count <= maximumBytes else {
            throw refusal(.tooLarge, "\(name) has at most \(maximumBytes) bytes.")
        }
        return json
    }

    /// The elements of an array, each read by `element`.
    /// - Throws: `missing_field`, `wrong_type`; what `element` throws.
    public func array(_ name: String, _ element: (inout JSONReader) throws(Refusal) -> Void) throws(Refusal) {
        guard try reader(name) != nil else { throw absent(name) }
        try optionalArray(name, element)
    }

    /// The elements of an array, each read by `element`; none when it is not there, or null.
    /// - Throws: `wrong_type`; what `element` throws.
    public func optionalArray(_ name: String, _ element: (inout JSONReader) throws(Refusal) -> Void) throws(Refusal) {
        guard var reader = try reader(name) else { return }
        guard try reader.peek() == .array else { throw refusal(.wrongType, "\(name) is an array.") }
        try reader.array(element)
    }
}

extension JSONMembers: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// How many there are, and nothing of what they say.
    public var description: String { "\(values.count) members" }
    /// The same.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
