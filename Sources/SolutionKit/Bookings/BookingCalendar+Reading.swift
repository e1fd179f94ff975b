public import HubModel
public import SQL

extension BookingCalendar {
    /// What a holder has of a resource, without a break.
    public struct Claim: Hashable, Sendable {
        /// Whose it is.
        public let holder: String
        /// When.
        public let time: TimeSlots
    }

    /// Who has a resource, within a time and in its order; what reaches beyond the time is cut at its ends.
    /// - Throws: `SQLFailure`.
    public func claims(
        of resource: String, during time: TimeSlots, in reader: some SQLReading
    ) throws -> [Claim] {
        var claims: [Claim] = []
        try reader.queryEach(
            """
            SELECT \(slot), \(holder) FROM \(table)
            WHERE \(self.resource) = $1 AND \(slot) >= $2 AND \(slot) < $3 ORDER BY \(slot)
            """, [.text(resource), .integer(time.numbers.lowerBound), .integer(time.numbers.upperBound)]
        ) { row in
            let (number, holder) = (try row.integer(0), try row.text(1))
            if let last = claims.last, last.holder == holder, last.time.numbers.upperBound == number {
                let joined = TimeSlots(last.time.numbers.lowerBound..<number + 1, length: slotLength)
                claims[claims.count - 1] = Claim(holder: holder, time: joined)
            } else {
                claims.append(Claim(holder: holder, time: TimeSlots(number..<number + 1, length: slotLength)))
            }
        }
        return claims
    }

    /// The first holder that is in the way of one of these times; nil when all are free.
    /// - Throws: `SQLFailure`.
    public func holder(
        of resource: String, during times: [TimeSlots], in reader: some SQLReading
    ) throws -> String? {
        for time in times {
            let row = try reader.queryFirst(
                """
                SELECT \(holder) FROM \(table)
                WHERE \(self.resource) = $1 AND \(slot) >= $2 AND \(slot) < $3 ORDER BY \(slot) LIMIT 1
                """, [.text(resource), .integer(time.numbers.lowerBound), .integer(time.numbers.upperBound)])
            if let row { return try row.text(0) }
        }
        return nil
    }

    /// Who has a resource at an instant; nil: nobody.
    /// - Throws: `SQLFailure`.
    public func holder(of resource: String, at instant: Timestamp, in reader: some SQLReading) throws -> String? {
        try holder(of: resource, during: [slots(from: instant, to: instant)], in: reader)
    }

    /// Until when a resource is free from an instant on: the beginning of the next slot that is taken, which is at or before the instant
    /// when it is taken now; nil: nothing comes.
    /// - Throws: `SQLFailure`.
    public func freeUntil(
        _ resource: String, from instant: Timestamp, in reader: some SQLReading
    ) throws -> Timestamp? {
        let row = try reader.queryOne(
            "SELECT MIN(\(slot)) AS next FROM \(table) WHERE \(self.resource) = $1 AND \(slot) >= $2",
            [.text(resource), .integer(instant.microseconds.flooredQuotient(by: slotLength))])
        return try row.optionalInteger("next").map { Timestamp(microseconds: $0 * slotLength) }
    }

    /// A condition for a statement that picks resources: that none of the slots from one placeholder to before another is taken.
    /// - Parameters:
    ///   - column: the resource's name in that statement, such as `room.id`.
    ///   - first: the placeholder of `TimeSlots.numbers.lowerBound`, such as `$4`.
    ///   - end: that of its `upperBound`.
    public func isFree(_ column: String, from first: String, to end: String) -> String {
        """
        NOT EXISTS (SELECT 1 FROM \(table) taken
            WHERE taken.\(resource) = \(column) AND taken.\(slot) >= \(first) AND taken.\(slot) < \(end))
        """
    }
}
