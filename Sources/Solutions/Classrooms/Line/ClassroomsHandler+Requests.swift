internal import HubModel
internal import SQL
internal import SolutionKit

/// Bookings that nobody approved in time: a request ends when its time begins. Who asked shall not sit in a room that may be another's, and the
/// room is free for those who are there.
extension ClassroomsHandler {
    private static let requestsAtOnce = 100
    private static let remark = "Nobody approved it in time."

    /// Ends the requests of a room whose time has begun.
    func settleRequests(of entry: ClassroomEntry, in line: inout LineContext) throws {
        var ended: [Booking] = []
        for item in entry.window.items where item.isRequested && item.occurrence.begin <= line.now {
            guard !ended.contains(where: { $0.id == item.occurrence.booking }),
                let booking = try BookingTable.one(item.occurrence.booking, in: try line.transaction()),
                booking.status == .requested,
                // What somebody asked for when it had begun has until its end.
                item.occurrence.begin > booking.changedAt || item.occurrence.time.upperBound <= line.now
            else { continue }
            ended.append(try expire(booking, in: &line))
        }
        guard !ended.isEmpty else { return }
        let served = try serveLine(of: entry, in: &line)
        try refresh(entry, in: &line)
        for booking in ended + served { showBookings(of: entry, booking, in: &line) }
    }

    /// Ends the requests whose time began while the hub was not there.
    func settleMissedRequests(in line: inout LineContext) throws {
        while true {
            let due = try BookingTable.requestsDue(
                by: line.now, limit: ClassroomsHandler.requestsAtOnce, in: try line.transaction())
            for booking in due { _ = try expire(booking, in: &line) }
            if due.count < ClassroomsHandler.requestsAtOnce { return }
        }
    }

    private func expire(_ known: Booking, in line: inout LineContext) throws -> Booking {
        let (transaction, now) = (try line.transaction(), line.now)
        let all = try OccurrenceTable.all(of: known.id, in: transaction)
        var booking = known
        booking.status = .declined
        booking.sequence += 1
        booking.changedAt = now
        booking.remark = ClassroomsHandler.remark
        try desk.giveBack(all, from: all.first?.begin ?? now, in: transaction)
        try BookingTable.write(booking, lastEnd: all.last?.end ?? now, in: transaction)
        return booking
    }
}
