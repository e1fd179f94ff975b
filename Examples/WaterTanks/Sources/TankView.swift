internal import HubModel
internal import SolutionKit

extension JSONWriter {
    /// Writes a tank as the API and live events show it.
    /// - Parameters:
    ///   - lastDay: the newest day of which it is noted what was drawn, within it nil if there is none; nil: not said here.
    ///   - key: what its device was just given.
    mutating func write(_ tank: Tank, lastDay: TankDay?? = nil, key: IssuedSecret? = nil) {
        object {
            $0.member("device_id", tank.id.text)
            $0.member("site", tank.site.text)
            $0.member("title", tank.title)
            $0.member("litres", tank.litres)
            $0.member("level", number: tank.permille.map { Double($0) / 10 })
            $0.member("state", tank.state.rawValue)
            $0.member("state_since", tank.since)
            $0.member("last_seen", tank.lastSeen)
            if let lastDay {
                $0.member("last_day") { writer in
                    if let lastDay { writer.write(lastDay) } else { writer.null() }
                }
            }
            if let key { $0.member("key", key.text) }
        }
    }

    /// Writes what was drawn on a day.
    mutating func write(_ day: TankDay) {
        object {
            $0.member("day", day.day)
            $0.member("litres", day.litres)
        }
    }

    /// Writes a change of a tank's state.
    mutating func write(_ change: TankChange) {
        object {
            $0.member("id", change.id)
            $0.member("at", change.at)
            $0.member("state", change.state)
            $0.member("level", number: change.permille.map { Double($0) / 10 })
        }
    }
}

extension JSONSchema {
    private static let tankMembers: [Property] = [
        .required("device_id", .identifier), .required("site", .identifier), .required("title", .text),
        .required("litres", .count, "What it holds when it is full"),
        .required("level", .nullable(.number), "Percent of its height; null: it was never heard of"),
        .required("state", tankState), .required("state_since", .timestamp),
        .required("last_seen", .nullable(.timestamp)),
        .optional(
            "last_day", .nullable(tankDay), "In the list: what was drawn on the newest day that is summed up"),
    ]

    static let tank = JSONSchema.named("Tank", .object(tankMembers))

    static let tankWithKey = JSONSchema.named(
        "TankWithKey", .object(tankMembers + [.required("key", .text, "Of its device; it is shown once")]))

    static let tankState = JSONSchema.words(TankState.allCases.map(\.rawValue))

    static let tankChange = JSONSchema.named(
        "TankChange",
        .object([
            .required("id", .count), .required("at", .timestamp), .required("state", tankState),
            .required("level", .nullable(.number)),
        ]))
}

extension JSONSchema {
    static let tankDay = JSONSchema.named(
        "TankDay", .object([.required("day", .day), .required("litres", .count, "What was drawn")]))
}

/// What people say of a tank; what is not said stays as it is.
struct TankFacts {
    /// What they call it, 1 to 100 bytes.
    let title: String?
    /// What it holds, 1 litre to 100,000 cubic metres.
    let litres: Int64?
    /// Where it is; a device that is registered says that itself.
    let site: SiteID?

    static let members: [JSONSchema.Property] = [
        .optional("title", .string(minimumLength: 1, maximumLength: 100)),
        .optional("litres", .integer(minimum: 1, maximum: 100_000_000)), .optional("site", .identifier),
    ]

    static let schema = JSONSchema.named("TankFacts", .object(members))

    init(_ members: JSONMembers) throws(Refusal) {
        title = try members.optionalText("title", maximumBytes: 100)
        if title?.isEmpty == true { throw Refusal(.valueOutOfRange, "title is 1 to 100 bytes.") }
        litres = try members.optionalWholeNumber("litres", in: 1...100_000_000)
        site = try members.optionalSite("site")
    }
}

/// `POST /api/tanks`: a tank that is added with its device.
struct NewTank {
    let id: DeviceID
    let facts: TankFacts

    static let schema = JSONSchema.named(
        "NewTank", .object([.required("device_id", .identifier)] + TankFacts.members))

    init(_ body: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(body)
        guard let id = try members.optionalDevice("device_id") else { throw JSONMembers.missing("device_id") }
        self.id = id
        facts = try TankFacts(members)
    }
}
