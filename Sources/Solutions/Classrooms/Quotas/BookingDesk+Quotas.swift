internal import HubModel
internal import SQL
internal import SolutionKit

extension BookingDesk {
    /// What somebody may have; nil: they are not counted.
    private func allowance(
        of booker: Booker, at site: SiteID, in transaction: Transaction
    ) throws -> (holder: String, allowance: Quota.Allowance)? {
        guard let holder = booker.person, !booker.isManager else { return nil }
        let roles = try booker.people.rights(of: holder, in: transaction)?.roles(at: site) ?? []
        let quotas = try QuotaTable.all(in: transaction)
        return (holder, Quota.allowance(of: roles, quotas, standard: settings.mostOpen))
    }

    /// Looks whether somebody may make one booking more.
    /// - Throws: `limit_reached`.
    func checkOpen(of booker: Booker, in room: Classroom, at now: Timestamp, in transaction: Transaction) throws {
        guard let (holder, allowance) = try allowance(of: booker, at: room.site, in: transaction),
            let most = allowance.openBookings
        else { return }
        let open = try BookingTable.countOpen(of: holder, at: now, in: transaction)
        guard open < most else {
            throw Refusal(
                .limitReached, "You have \(open) bookings that are not over: cancel one to make another.")
        }
    }

    /// Looks whether somebody has no more of any week than they may, now that these times are theirs.
    /// - Throws: `limit_reached`.
    func checkWeeks(
        of booker: Booker, with times: some Sequence<Range<Timestamp>>, in room: Classroom, in transaction: Transaction
    ) throws {
        guard let (holder, allowance) = try allowance(of: booker, at: room.site, in: transaction),
            let most = allowance.weekMinutes, var clock = LocalClock(room.zone)
        else { return }
        var seen: Range<Timestamp>?
        for time in times where seen?.contains(time.lowerBound) != true {
            let week = clock.week(of: clock.date(at: time.lowerBound))
            seen = week
            let minutes = try OccurrenceTable.minutes(of: holder, in: week, transaction)
            guard minutes <= most else {
                let day = clock.date(at: week.lowerBound)
                throw Refusal(
                    .limitReached,
                    "In the week of \(day) you would have \(BookingDesk.hours(minutes)), and may have \(BookingDesk.hours(most)): cancel something, or choose another week."
                )
            }
        }
    }

    private static func hours(_ minutes: Int64) -> String {
        minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    }
}

extension OccurrenceTable {
    /// How many minutes somebody has booked that begin within a time; lessons of timetables are not counted.
    static func minutes(
        of holder: String, in time: Range<Timestamp>, _ reader: some SQLReading
    ) throws -> Int64 {
        let rows = try reader.query(
            """
            SELECT o.begin, o.finish, o.ended_at FROM classroom_occurrence o JOIN classroom_booking b ON b.id = o.booking
            WHERE b.holder = $1 AND b.source <> 'import' AND b.status IN ('requested', 'confirmed')
                AND NOT o.is_cancelled AND o.begin >= $2 AND o.begin < $3
            """, [.text(holder), .integer(time.lowerBound.microseconds), .integer(time.upperBound.microseconds)])
        return try rows.reduce(0) { sum, row in
            let (begin, finish) = (try row.integer(0), try row.integer(1))
            let end = try row.optionalInteger("ended_at") ?? finish
            return sum + max(0, min(finish, end) - begin) / 60_000_000
        }
    }
}
