internal import HubModel
internal import SQL
internal import SolutionKit

/// What people say of a room's power, and whether its relay follows.
extension ClassroomsHandler {
    /// Takes a person's word.
    /// - Parameters:
    ///   - isOn: whether the power shall be on; nil gives it back to the policy.
    ///   - until: until when that counts; nil: until another word.
    ///   - id: the name of what becomes of it.
    func switchPower(
        of entry: ClassroomEntry, _ isOn: Bool?, until: Timestamp?, by person: String?, id: String,
        in line: inout LineContext
    ) throws {
        let (state, switching) = (entry.state, entry.switching)
        line.ifUndone {
            entry.state = state
            entry.switching = switching
        }
        let (transaction, now) = (try line.transaction(), line.now)
        if entry.switching?.replaced(at: now) == true, let replaced = entry.switching {
            try SwitchingTable.write(replaced, of: entry.room.id, in: transaction)
        }
        entry.state.override = isOn.map { PowerOverride(isOn: $0, until: until, by: person, since: now) }
        var asked = PowerSwitching(
            id: id, number: (entry.switching?.number ?? 0) + 1, isOn: isOn, until: until, by: person,
            expected: entry.known.decision(at: now).isPowerWanted,
            askedAt: now)
        if entry.known.device == nil {
            _ = asked.hasNoDevice(at: now)
        } else if entry.state.seenSince != nil, entry.state.isPowerOn == asked.expected {
            // It is so already, by the relay's own report.
            _ = asked.reported(asked.expected, at: now)
        }
        try SwitchingTable.write(asked, of: entry.room.id, in: transaction)
        entry.switching = asked
        try settle(entry, .power, in: &line)
    }

    /// A reply took a person's word along.
    func sent(of entry: ClassroomEntry, in line: inout LineContext) throws {
        let now = line.now
        try advanceSwitching(of: entry, in: &line) { $0.sent(at: now) }
    }

    /// A relay said how it is.
    func confirm(_ isPowerOn: Bool, of entry: ClassroomEntry, in line: inout LineContext) throws {
        let now = line.now
        try advanceSwitching(of: entry, in: &line) { $0.reported(isPowerOn, at: now) }
    }

    private func advanceSwitching(
        of entry: ClassroomEntry, in line: inout LineContext, _ step: (inout PowerSwitching) -> Bool
    ) throws {
        guard var switching = entry.switching, switching.outcome == nil, step(&switching) else { return }
        let before = entry.switching
        line.ifUndone { entry.switching = before }
        entry.switching = switching
        try SwitchingTable.write(switching, of: entry.room.id, in: try line.transaction())
        show(entry, in: &line)
        roster.schedule(entry)
    }
}
