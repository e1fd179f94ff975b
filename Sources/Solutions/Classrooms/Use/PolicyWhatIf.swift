package import HubModel
internal import SolutionKit

/// What somebody asks of the past: what another policy would have done with the power of rooms.
package struct PolicyWhatIf: Hashable, Sendable {
    /// Which rooms; nil: all those of `building`.
    package let rooms: [ClassroomID]?
    /// All the rooms of buildings of this name; nil: `rooms` says which.
    package let building: String?
    /// The time, not beyond now.
    package let time: Range<Timestamp>
    /// What of the policy is another; the rest is as it is.
    package let policy: PolicyChange

    /// The most rooms of one answer.
    package static let mostRooms = 50
    private static let longestDays: Int64 = 31
    private static let usualDays: Int64 = 7

    /// What of a policy may be another in a replay.
    package struct PolicyChange: Hashable, Sendable {
        package var isAutomatic: Bool?
        package var reportAfter: Int64?
        package var offAfter: Int64?
        package var holdAfter: Int64?
        package var prePower: Int64?
        package var watts: Int64?

        /// Nothing.
        package init() {}

        /// The policy with the changes.
        package func applied(to policy: PowerPolicy) -> PowerPolicy {
            var changed = policy
            changed.isAutomatic = isAutomatic ?? policy.isAutomatic
            changed.reportAfter = reportAfter ?? policy.reportAfter
            changed.offAfter = offAfter ?? policy.offAfter
            changed.holdAfter = holdAfter ?? policy.holdAfter
            changed.prePower = prePower ?? policy.prePower
            changed.watts = watts ?? policy.watts
            return changed
        }
    }

    /// Reads a request.
    /// - Throws: what `JSONMembers` throws; `value_out_of_range`.
    package init(_ members: JSONMembers, now: Timestamp) throws(Refusal) {
        building = try members.optionalText("building", maximumBytes: Classroom.Bounds.buildingBytes)
        rooms = try PolicyWhatIf.rooms(members)
        guard (rooms == nil) != (building == nil) else {
            throw Refusal(.valueOutOfRange, "Name classrooms, or a building.")
        }
        let end = min(try members.optionalInstant("to") ?? now, now)
        let begin = try members.optionalInstant("from") ?? end.advanced(bySeconds: -PolicyWhatIf.usualDays * 86_400)
        guard begin < end, end <= begin.advanced(bySeconds: PolicyWhatIf.longestDays * 86_400) else {
            throw Refusal(
                .valueOutOfRange,
                "from is in the past and before to, and at most \(PolicyWhatIf.longestDays) days before it.")
        }
        time = begin..<end
        guard var reader = try members.reader("policy") else { throw JSONMembers.missing("policy") }
        policy = try PolicyChange(JSONMembers(&reader, place: "policy"))
    }

    private static func rooms(_ members: JSONMembers) throws(Refusal) -> [ClassroomID]? {
        guard members.has("classrooms") else { return nil }
        var found: Set<ClassroomID> = []
        try members.optionalArray("classrooms") { (reader) throws(Refusal) in
            guard try reader.peek() == .string, let id = ClassroomID(try reader.string()) else {
                throw Refusal(.wrongType, "classrooms is a list of names of classrooms.")
            }
            found.insert(id)
            guard found.count <= mostRooms else { throw tooMany }
        }
        guard !found.isEmpty else { throw Refusal(.valueOutOfRange, "Name a classroom, or a building.") }
        return found.sorted()
    }

    /// More rooms than are replayed at once.
    package static let tooMany = Refusal(.valueOutOfRange, "At most \(mostRooms) classrooms are replayed at once.")
}

extension PolicyWhatIf.PolicyChange {
    fileprivate init(_ members: JSONMembers) throws(Refusal) {
        typealias Bounds = PowerPolicy.Bounds
        // A member that is read and changes nothing would be taken for one that does.
        try members.refuseOthers(than: [
            "automatic", "report_after_seconds", "off_after_seconds", "hold_seconds", "pre_power_minutes", "watts",
        ])
        isAutomatic = try members.optionalBoolean("automatic")
        reportAfter = try members.optionalWholeNumber("report_after_seconds", in: Bounds.reportAfter)
        offAfter = try members.optionalWholeNumber("off_after_seconds", in: Bounds.offAfter)
        holdAfter = try members.optionalWholeNumber("hold_seconds", in: Bounds.holdAfter)
        prePower = try members.optionalWholeNumber("pre_power_minutes", in: Bounds.prePower)
        watts = try members.optionalWholeNumber("watts", in: Bounds.watts)
    }
}
