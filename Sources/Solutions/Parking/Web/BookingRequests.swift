internal import Credentials
internal import HubModel
internal import SolutionKit

extension BookingRequest {
    /// Reads `{"spot_id"?,"kind"?,"from","to","name"?}`.
    /// - Throws: `Refusal` for what is not that.
    init(json body: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(body)
        let spot = try members.optionalDevice("spot_id")
        let kind = try members.optionalChoice("kind", of: SpotKind.self)
        let name = try BookingBody.name(members)
        guard let from = try BookingBody.instant("from", members) else { throw JSONMembers.missing("from") }
        guard let to = try BookingBody.instant("to", members) else { throw JSONMembers.missing("to") }
        self.init(spot: spot, kind: kind, from: from, to: to, name: name)
    }
}

/// Reads what people send of reservations.
enum BookingBody {
    /// Reads `{"code"}`.
    static func code(_ body: [UInt8]) throws(Refusal) -> SecretKey {
        let text = try JSONMembers(body).text("code", maximumBytes: 256)
        guard let key = SecretKey(text), key.purpose == .reservation else {
            throw Refusal(.notFound, "There is no reservation of that name and code.")
        }
        return key
    }

    /// A time with which can be reckoned.
    static func instant(_ name: String, _ members: JSONMembers) throws(Refusal) -> Timestamp? {
        guard let instant = try members.optionalInstant(name) else { return nil }
        guard BookingParameters.range.contains(instant) else {
            throw Refusal(.valueOutOfRange, "\(name) is a time from 1970 to 2100.")
        }
        return instant
    }

    /// A short text in one line.
    fileprivate static func name(_ members: JSONMembers) throws(Refusal) -> String? {
        guard let text = try members.optionalText("name", maximumBytes: 1_024) else { return nil }
        guard (1...100).contains(text.unicodeScalars.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { throw Refusal(.valueOutOfRange, "name is 1 to 100 characters in one line.") }
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
            throw Refusal(.invalidParameter, "\(name) is a time from 1970 to 2100.")
        }
        return instant
    }
}
