public import HubModel
public import SQL

/// What is made of a table of changes.
extension StateTable {
    /// The steps of a time; nil when there are more changes than may still be read. A resource of which nothing had been heard counts from its
    /// first change on.
    /// - Parameter left: how many changes may still be read; takes off those that were.
    /// - Throws: `SQLFailure`.
    public func steps(
        of place: String, from: Timestamp, to: Timestamp, left: inout Int, in reader: some SQLReading
    ) throws -> OccupancySteps? {
        guard let changes = try changes(of: place, from: from, to: to, limit: left, in: reader) else { return nil }
        left -= changes.count
        let initial = try states(of: place, before: from, in: reader).compactMapValues { $0 }
        return OccupancySteps(from: from, to: to, initial: initial, changes: changes)
    }

    /// The steps of a time for the resources that the place has at present, each from when it was made on, unknown until it is heard.
    /// - Throws: `too_many_steps` when more happened than is read for one answer; `SQLFailure`.
    public func steps(
        of place: String, from: Timestamp, to: Timestamp, in reader: some SQLReading
    ) throws -> OccupancySteps {
        let most = StateTable.mostChanges
        guard var changes = try changes(of: place, from: from, to: to, limit: most, in: reader) else {
            throw Refusal(.tooManySteps, "There are more than \(most) changes: choose a shorter time.")
        }
        let states = try states(of: place, before: from, in: reader)
        // Of a resource that was removed the count would be wrong on one side.
        changes = changes.filter { states[$0.resource] != nil }
        var initial = states.compactMapValues { $0 }
        // One that was heard counts from its first word, one that never was from when it was made.
        for (resource, made) in try silent(of: place, in: reader) {
            if made <= from {
                initial[resource] = .unknown
            } else {
                changes.append(StateChange(at: made, resource: resource, state: .unknown))
            }
        }
        // Stable, so that two changes of one instant keep their order.
        changes = changes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
        return OccupancySteps(from: from, to: to, initial: initial, changes: changes)
    }

    /// How many resources of a place were how, step by step.
    /// - Parameter stepMicroseconds: how long a step is; 1 or more.
    /// - Throws: `too_many_steps` when more happened than is read for one answer; `SQLFailure`.
    public func history(
        of place: String, from: Timestamp, to: Timestamp, stepMicroseconds: Int64, in reader: some SQLReading
    ) throws -> OccupancyHistory {
        let steps = try steps(of: place, from: from, to: to, in: reader)
        return OccupancyHistory(steps, from: from, to: to, stepMicroseconds: stepMicroseconds)
    }
}
