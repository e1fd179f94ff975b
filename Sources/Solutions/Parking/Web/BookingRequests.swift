internal import Credentials
internal import HubModel
internal import SolutionKit

extension BookingRequest {
    /// Reads `{"spot_id"?,"kind"?,"from","to","name"?}`.
    /// - Throws: `Refusal` for what is not that.
    init(json body: [UInt8]) throws(Refusal) {
        var (spot, kind, from, to, name): (DeviceID?, SpotKind?, Timestamp?, Timestamp?, String?)
        try BookingBody.read(body, keys: ["spot_id", "kind", "from", "to", "name"]) { (key, reader) throws(Refusal) in
            switch key {
            case "spot_id":
                guard let id = DeviceID(try reader.string()) else {
                    throw Refusal(.invalidIdentifier, "spot_id is no identifier")
                }
                spot = id
            case "kind":
                guard let known = SpotKind(rawValue: try reader.string()) else {
                    throw Refusal(.valueOutOfRange, "kind is one of \(SpotKind.words)")
                }
                kind = known
            case "from": from = try BookingBody.instant(key, &reader)
            case "to": to = try BookingBody.instant(key, &reader)
            default: name = try BookingBody.name(&reader)
            }
        }
        guard let from else { throw Refusal(.missingField, "from is missing") }
        guard let to else { throw Refusal(.missingField, "to is missing") }
        self.init(spot: spot, kind: kind, from: from, to: to, name: name)
    }
}

extension SpotKind {
    /// The words, for a sentence.
    fileprivate static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

/// Reads what people send of reservations.
enum BookingBody {
    /// Reads `{"code"}`.
    static func code(_ body: [UInt8]) throws(Refusal) -> SecretKey {
        var text: String?
        try read(body, keys: ["code"]) { (_, reader) throws(Refusal) in text = try reader.string() }
        guard let text else { throw Refusal(.missingField, "code is missing") }
        guard let key = SecretKey(text), key.purpose == .reservation else {
            throw Refusal(.notFound, "there is no reservation of that name and code")
        }
        return key
    }

    /// An object of which each key is known and there once; null is as good as nothing.
    static func read(
        _ body: [UInt8], keys: Set<String>, _ member: (String, inout JSONReader) throws(Refusal) -> Void
    ) throws(Refusal) {
        var reader = JSONReader(body)
        var found = SeenKeys(limit: 64)
        try reader.object { (key, reader) throws(Refusal) in
            try found.note(key)
            guard keys.contains(key) else { return try reader.skip() }
            if try reader.null() { return }
            try member(key, &reader)
        }
        try reader.end()
    }

    /// A time as text or number.
    static func instant(_ key: String, _ reader: inout JSONReader) throws(Refusal) -> Timestamp {
        let instant: Timestamp?
        switch try reader.peek() {
        case .string: instant = Timestamp(text: try reader.string())
        case .number: instant = Timestamp(epoch: try reader.number())
        case .object, .array, .boolean, .null: throw Refusal(.wrongType, "\(key) is a time")
        }
        guard let instant, BookingParameters.range.contains(instant) else {
            throw Refusal(.valueOutOfRange, "\(key) is a time, such as 2026-11-21T10:00:00Z")
        }
        return instant
    }

    /// A short text in one line.
    fileprivate static func name(_ reader: inout JSONReader) throws(Refusal) -> String {
        let text = try reader.string()
        guard (1...100).contains(text.unicodeScalars.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw Refusal(.valueOutOfRange, "name is 1 to 100 characters in one line") }
        return text
    }
}

/// Reads the parameters of routes about time.
enum BookingParameters {
    /// Instants with which can be reckoned: 1970 to 2100.
    static let range = Timestamp(seconds: 0)...Timestamp(seconds: 4_102_444_800)

    /// An instant; nil when it is not given.
    static func instant(_ name: String, of request: RouteRequest) throws(Refusal) -> Timestamp? {
        guard let instant = try request.instant(name) else { return nil }
        guard range.contains(instant) else {
            throw Refusal(.invalidParameter, "\(name) is a time from 1970 to 2100")
        }
        return instant
    }
}
