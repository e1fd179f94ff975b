public import HubModel

/// What time alone changes.
extension Roster {
    /// Sees to it that an entry is looked at when its deadline comes. To be called whenever that may have become sooner, also when a message is
    /// undone; what becomes later is found out when the earlier one has come.
    @inlinable
    public func schedule(_ entry: Entry) {
        // The first look at the deadlines schedules everything.
        guard let lookedAt, var next = entry.deadline(at: lookedAt) else { return }
        if let until = entry.upkeep.heldBack { next = max(next, until) }
        if let scheduled = entry.upkeep.scheduled, scheduled <= next { return }
        entry.upkeep.scheduled = next
        deadlines.insert(entry, at: next)
    }

    /// The next entry whose deadline has come. It is not given again before it is scheduled again.
    @inlinable
    public func nextDue(at now: Timestamp) -> Entry? {
        // After the clock was set back, what is in the heap may lie far ahead.
        let beginsAnew = lookedAt.map { now < $0 } ?? true
        lookedAt = now
        if beginsAnew { scheduleAll() }
        while let first = deadlines.first, first.at <= now {
            _ = deadlines.popDue(at: now)
            let entry = first.element
            // Of several of one entry the soonest counts, and no other has a successor: the heap would grow with every change.
            guard entries[entry.device] === entry, entry.upkeep.scheduled == first.at else { continue }
            entry.upkeep.scheduled = nil
            guard let next = entry.deadline(at: now) else { continue }
            if let until = entry.upkeep.heldBack, until <= now { entry.upkeep.heldBack = nil }
            if next <= now, entry.upkeep.heldBack == nil { return entry }
            schedule(entry)
        }
        return nil
    }

    @inlinable
    func scheduleAll() {
        deadlines = InstantHeap()
        for entry in all {
            entry.upkeep.scheduled = nil
            schedule(entry)
        }
    }

    /// Until when time alone is not to change an entry, because that failed. It must be scheduled again as well.
    @inlinable
    public func holdBack(_ entry: Entry, until instant: Timestamp) { entry.upkeep.heldBack = instant }

    /// How many deadlines are kept, those that have become pointless among them.
    package var deadlineCount: Int { deadlines.count }
}
