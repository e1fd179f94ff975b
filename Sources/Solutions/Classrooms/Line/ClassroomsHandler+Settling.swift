internal import HubModel
internal import SQL
internal import SolutionKit

extension StateSubject {
    /// Whether somebody is in a classroom.
    static let classroom = StateSubject("classroom")
}

/// Brings a room to the present: the one way in which anything of it changes.
extension ClassroomsHandler {
    /// Sees to what time, a report or a person has changed of a room, writes it, and shows it.
    /// - Parameters:
    ///   - change: what the caller has changed already.
    ///   - isAnswered: whether the caller tells the device itself, as an answer to what it said.
    func settle(
        _ entry: ClassroomEntry, _ change: ClassroomState.Change = [], isAnswered: Bool = false,
        in line: inout LineContext
    ) throws {
        let (state, window, switching, settledAt, shown) = (
            entry.state, entry.window, entry.switching, entry.settledAt, entry.shown
        )
        line.ifUndone {
            entry.state = state
            entry.window = window
            entry.switching = switching
            entry.settledAt = settledAt
            entry.shown = shown
            self.roster.schedule(entry)
        }
        let now = line.now
        var change = change.union(entry.state.passed(to: now))
        if let override = entry.state.override, !override.counts(at: now) {
            entry.state.override = nil
            change.insert(.power)
        }
        if now >= entry.window.refreshAt { try refresh(entry, in: &line) }
        try settleRequests(of: entry, in: &line)
        try settlePresence(of: entry, in: &line)
        let offAfter = entry.room.policy.offAfter
        if entry.switching?.passed(to: now, offAfter: offAfter) == true, let failed = entry.switching {
            try SwitchingTable.write(failed, of: entry.room.id, in: try line.transaction())
        }
        if change.contains(.occupancy) { try noteOccupancy(of: entry, in: &line) }
        if !change.isEmpty {
            try save(entry, in: &line)
            note(entry, in: &line)
        }
        entry.settledAt = now
        if !isAnswered { tellIfChanged(entry, in: &line) }
        tellLeaseIfChanged(of: entry, in: &line)
        show(entry, in: &line)
        roster.schedule(entry)
    }

    /// Reads the bookings of a room anew.
    func refresh(_ entry: ClassroomEntry, in line: inout LineContext) throws {
        let end = line.now.advanced(bySeconds: RoomWindow.lengthSeconds)
        entry.window = RoomWindow(
            try OccurrenceTable.items(of: entry.room.id, from: line.now, to: end, in: try line.transaction()),
            end: end)
    }

    private func settlePresence(of entry: ClassroomEntry, in line: inout LineContext) throws {
        var isFreed = false
        for item in entry.window.items {
            var occurrence = item.occurrence
            // Those behind it have not begun either.
            if occurrence.begin > line.now.advanced(bySeconds: 3_600) { break }
            let before = occurrence
            while let next = entry.room.presence.next(
                occurrence.presence, occurrence.time, madeAt: occurrence.madeAt, entry.known.sight, at: line.now)
            {
                let warnedAt = occurrence.presenceSince
                occurrence.presence = next
                occurrence.presenceSince = line.now
                guard next == .released else { continue }
                occurrence.endedAt = line.now
                try release(occurrence, warnedAt: warnedAt, of: entry, in: &line)
                isFreed = true
            }
            guard occurrence != before else { continue }
            try OccurrenceTable.write(occurrence, in: try line.transaction())
            entry.window.replace(occurrence)
        }
        if isFreed { try handOn(entry, in: &line) }
    }

    /// Gives the rest of a booking away, with what the sensor saw as proof.
    private func release(
        _ occurrence: BookingOccurrence, warnedAt: Timestamp, of entry: ClassroomEntry, in line: inout LineContext
    ) throws {
        guard let device = entry.known.device, let seenSince = entry.state.seenSince,
            let lastSeen = entry.state.lastSeen
        else { return }
        let transaction = try line.transaction()
        try OccurrenceTable.write(occurrence, in: transaction)
        try ProofTable.insert(
            ReleaseProof(
                occurrence: occurrence.id, device: device, warnedAt: warnedAt, releasedAt: line.now,
                lastOccupied: entry.state.lastOccupied, seenSince: seenSince, lastSeen: lastSeen), in: transaction)
        try ClassroomTables.calendar.release(occurrence.id, from: line.now, in: transaction)
    }

    private func noteOccupancy(of entry: ClassroomEntry, in line: inout LineContext) throws {
        let state: ResourceState =
            switch entry.state.occupancy {
            case .occupied: .occupied
            case .idle: .free
            case .unknown: .unknown
            }
        try ClassroomTables.history.append(
            state.rawValue, of: entry.room.id.text, in: entry.site.text, at: entry.state.since,
            source: entry.state.occupancy == .unknown ? "silence" : "sensor", in: try line.transaction())
    }

    /// For those who watch the devices of all solutions.
    func note(_ entry: ClassroomEntry, in line: inout LineContext) {
        guard let device = entry.known.device else { return }
        let isOnline = entry.state.seenSince != nil
        line.note(
            DeviceStateChange(
                device: device, kind: .classroom, site: entry.site, state: isOnline ? "online" : "offline",
                since: entry.state.seenSince ?? entry.state.since, severity: isOnline ? .good : .attention))
        line.note(
            DeviceStateChange(
                device: device, kind: .classroom, site: entry.site, subject: .classroom,
                state: entry.state.occupancy.rawValue, since: entry.state.since,
                severity: entry.state.occupancy == .unknown ? .unknown : .good))
    }

    /// A device that listens is told at once what it would else hear with its next report.
    private func tellIfChanged(_ entry: ClassroomEntry, in line: inout LineContext) {
        guard let device = entry.known.device, entry.clientID != nil else { return }
        let reply = StatusReply(entry.known.decision(at: line.now))
        guard reply != entry.told else { return }
        let before = entry.told
        line.ifUndone { entry.told = before }
        tell(reply, to: device, in: &line)
        // Whether it heard is known by its next report.
    }

    /// For the pages that listen.
    func show(_ entry: ClassroomEntry, in line: inout LineContext) {
        let view = entry.known.view(at: line.now)
        guard !view.saysTheSame(as: entry.shown) else { return }
        entry.shown = view
        ring(entry, in: &line)
        var writer = JSONWriter()
        writer.write(view)
        line.show(
            LiveEvent(
                topic: "classrooms/\(entry.room.id)/state", data: .json(writer.bytes), needs: .viewClassrooms,
                at: entry.site))
    }
}
