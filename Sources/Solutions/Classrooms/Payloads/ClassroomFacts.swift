package import HubModel
internal import SolutionKit

/// What people say of a classroom; what is not said stays as it is.
package struct ClassroomFacts: Hashable, Sendable {
    package var name: String?
    package var building: String?
    package var capacity: Int64?
    package var equipment: [String]?
    package var zone: String?
    package var hours: OpeningHours?
    package var bufferMinutes: Int64?
    package var needsApproval: Bool?
    package var policy = PolicyFacts()

    /// Nothing is said.
    package init() {}

    /// What of the power and of presence is said.
    package struct PolicyFacts: Hashable, Sendable {
        package var isAutomatic: Bool?
        package var idleAfter: Int64?
        package var reportAfter: Int64?
        package var offAfter: Int64?
        package var holdAfter: Int64?
        package var prePower: Int64?
        package var failSafe: PowerPolicy.FailSafe?
        package var watts: Int64?
        package var releases: Bool?
        package var warnAfter: Int64?
        package var releaseAfter: Int64?
        package var exemptFrom: Int64?

        package init() {}
    }

    /// Puts what is said in the place of what was known.
    package func apply(to room: inout Classroom) {
        room.name = name ?? room.name
        room.building = building ?? room.building
        room.capacity = capacity ?? room.capacity
        room.equipment = equipment ?? room.equipment
        room.zone = zone ?? room.zone
        room.hours = hours ?? room.hours
        room.bufferMinutes = bufferMinutes ?? room.bufferMinutes
        room.needsApproval = needsApproval ?? room.needsApproval
        policy.apply(to: &room)
    }
}

extension ClassroomFacts.PolicyFacts {
    fileprivate func apply(to room: inout Classroom) {
        room.policy.isAutomatic = isAutomatic ?? room.policy.isAutomatic
        room.policy.idleAfter = idleAfter ?? room.policy.idleAfter
        room.policy.reportAfter = reportAfter ?? room.policy.reportAfter
        room.policy.offAfter = offAfter ?? room.policy.offAfter
        room.policy.holdAfter = holdAfter ?? room.policy.holdAfter
        room.policy.prePower = prePower ?? room.policy.prePower
        room.policy.failSafe = failSafe ?? room.policy.failSafe
        room.policy.watts = watts ?? room.policy.watts
        room.presence.releases = releases ?? room.presence.releases
        room.presence.warnAfter = warnAfter ?? room.presence.warnAfter
        room.presence.releaseAfter = releaseAfter ?? room.presence.releaseAfter
        room.presence.exemptFrom = exemptFrom ?? room.presence.exemptFrom
    }
}

extension ClassroomFacts {
    /// Reads what a body says of a room.
    /// - Throws: `malformed_json`, `wrong_type`, `duplicate_key`, `value_out_of_range`, `invalid_parameter`.
    package init(_ members: JSONMembers) throws(Refusal) {
        typealias Bounds = Classroom.Bounds
        name = try members.optionalText("name", maximumBytes: Bounds.nameBytes)
        if let name, name.allSatisfy(\.isWhitespace) {
            throw Refusal(.valueOutOfRange, "name is 1 to \(Bounds.nameBytes) bytes.")
        }
        building = try members.optionalText("building", maximumBytes: Bounds.buildingBytes)
        capacity = try members.optionalWholeNumber("capacity", in: Bounds.capacity)
        equipment = try Self.equipment(members)
        if let zone = try members.optionalText("zone", maximumBytes: 64) {
            guard LocalClock(zone) != nil else {
                throw Refusal(.valueOutOfRange, "zone is a name of the IANA time zone database, such as Europe/Berlin.")
            }
            self.zone = zone
        }
        hours = try OpeningHours(members, "hours")
        bufferMinutes = try members.optionalWholeNumber("buffer_minutes", in: Bounds.bufferMinutes)
        needsApproval = try members.optionalBoolean("needs_approval")
        guard var reader = try members.reader("policy") else { return }
        policy = try PolicyFacts(JSONMembers(&reader, place: "policy"))
    }

    private static func equipment(_ members: JSONMembers) throws(Refusal) -> [String]? {
        guard members.has("equipment") else { return nil }
        var names: Set<String> = []
        try members.optionalArray("equipment") { (reader) throws(Refusal) in
            guard try reader.peek() == .string else { throw Refusal(.wrongType, "equipment is a list of texts.") }
            let name = try reader.string()
            guard (1...Classroom.Bounds.equipmentBytes).contains(name.utf8.count),
                name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw Refusal(
                    .valueOutOfRange,
                    "A piece of equipment is 1 to \(Classroom.Bounds.equipmentBytes) bytes without control characters.")
            }
            names.insert(name)
            guard names.count <= Classroom.Bounds.equipment else {
                throw Refusal(
                    .valueOutOfRange, "A classroom has at most \(Classroom.Bounds.equipment) pieces of equipment.")
            }
        }
        return names.sorted()
    }
}

extension ClassroomFacts.PolicyFacts {
    fileprivate init(_ members: JSONMembers) throws(Refusal) {
        self.init()
        typealias Power = PowerPolicy.Bounds
        typealias Presence = PresenceRule.Bounds
        isAutomatic = try members.optionalBoolean("automatic")
        idleAfter = try members.optionalWholeNumber("idle_after_seconds", in: Power.idleAfter)
        reportAfter = try members.optionalWholeNumber("report_after_seconds", in: Power.reportAfter)
        offAfter = try members.optionalWholeNumber("off_after_seconds", in: Power.offAfter)
        holdAfter = try members.optionalWholeNumber("hold_seconds", in: Power.holdAfter)
        prePower = try members.optionalWholeNumber("pre_power_minutes", in: Power.prePower)
        failSafe = try members.optionalChoice("fail_safe", of: PowerPolicy.FailSafe.self)
        watts = try members.optionalWholeNumber("watts", in: Power.watts)
        releases = try members.optionalBoolean("release_unused")
        warnAfter = try members.optionalWholeNumber("warn_after_minutes", in: Presence.warnAfter)
        releaseAfter = try members.optionalWholeNumber("release_after_minutes", in: Presence.releaseAfter)
        exemptFrom = try members.optionalWholeNumber("exempt_from_minutes", in: Presence.exemptFrom)
    }
}

extension OpeningHours {
    /// Reads `{"mon":["08:00-12:00","13:00-18:00"],…}`, or the word `always`; nil when the member is not there.
    /// - Throws: `wrong_type`, `value_out_of_range`, `duplicate_key`.
    fileprivate init?(_ members: JSONMembers, _ name: String) throws(Refusal) {
        guard var reader = try members.reader(name) else { return nil }
        let wrong = Refusal(
            .valueOutOfRange,
            "\(name) is always, or for each day that is open mon to sun a list of times such as 08:00-18:00, none touching another."
        )
        guard try reader.peek() == .object else {
            guard try reader.peek() == .string, try reader.string() == "always" else { throw wrong }
            self = .always
            return
        }
        var days: [Weekday: [Part]] = [:]
        var keys = SeenKeys(limit: 7)
        try reader.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            guard let day = Weekday(shortName: key) else { throw wrong }
            var parts: [Part] = []
            try reader.array { (reader) throws(Refusal) in
                guard try reader.peek() == .string, let part = OpeningHours.part(try reader.string()),
                    parts.count < OpeningHours.mostParts
                else { throw wrong }
                parts.append(part)
            }
            days[day] = parts
        }
        guard let hours = OpeningHours(days) else { throw wrong }
        self = hours
    }

    /// `08:00-18:00`; nil for anything else.
    private static func part(_ text: String) -> Part? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { minute(String($0)) }
        guard ends.count == 2, let begin = ends[0], let end = ends[1], begin < end else { return nil }
        return begin..<end
    }

    private static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }

    /// A part as people write it.
    package static func text(of part: Part) -> String {
        [part.lowerBound, part.upperBound].map { minute in
            let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
            return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
        }.joined(separator: "-")
    }
}
