public import HubModel
public import SQL

/// Which holder has which resource when: a table with one row for each slot of time that is taken, whose primary key is the resource and the
/// slot. The key makes two holders of one slot impossible on every engine, whatever races; nothing has to be locked or looked up first.
///
/// What a resource and a holder are is the solution's affair: a room and a booking, a desk and a reservation. It makes the table in its own
/// migrations (`creation`), writes its own rows in `claim`'s closure, and frees the time with `release`.
///
///     static let calendar = BookingCalendar(table: "room_slot", resource: "room", holder: "booking", slotSeconds: 300)
///     guard try calendar.claim("R101", [time], for: id, in: transaction, { try BookingTable.insert(booking, in: transaction) })
///     else { throw Refusal(.conflict, "R101 is booked at that time.") }
///
/// The shorter a slot is, the closer bookings may follow each other, and the more rows they have: an hour is 4 quarters, or 60 minutes.
public struct BookingCalendar: Hashable, Sendable {
    /// The table's name.
    public let table: String
    /// The column of the resource, text.
    public let resource: String
    /// The column of the slot, counted from 1970.
    public let slot: String
    /// The column of the holder, text.
    public let holder: String
    /// How long a slot is, in microseconds.
    public let slotLength: Int64

    /// A calendar. Names stand in statements as they are: they are the program's own, never somebody's input.
    /// - Parameter slotSeconds: how long a slot is; times are rounded outwards to it. It never changes once there are rows.
    public init(
        table: String, resource: String = "resource", slot: String = "slot", holder: String = "holder",
        slotSeconds: Int64 = 900
    ) {
        self.table = table
        self.resource = resource
        self.slot = slot
        self.holder = holder
        slotLength = slotSeconds * 1_000_000
    }

    /// The statements of the migration that makes the table. They belong in a migration of the solution, behind that of its holders.
    /// - Parameter holders: the table whose column `id` names the holders.
    public func creation(holders: String) -> [String] {
        [
            """
            CREATE TABLE \(table) (
                \(resource) TEXT NOT NULL,
                \(slot) BIGINT NOT NULL,
                \(holder) TEXT NOT NULL REFERENCES \(holders) (id),
                PRIMARY KEY (\(resource), \(slot)))
            """,
            "CREATE INDEX \(table)_of ON \(table) (\(holder))",
        ]
    }

    /// The slots of a time, rounded outwards.
    public func slots(from: Timestamp, to: Timestamp) -> TimeSlots { TimeSlots(from: from, to: to, length: slotLength) }

    // MARK: Taking and giving back

    /// Takes times of a resource, all of them or none.
    /// - Parameters:
    ///   - times: one, or those of a booking that recurs; none touches a slot of another.
    ///   - record: writes the holder's own rows before the slots, which refer to them; undone when the time is taken.
    /// - Returns: whether it was free.
    /// - Throws: what `record` throws, `SQLFailure`.
    public func claim(
        _ resource: String, _ times: [TimeSlots], for holder: String, in transaction: Transaction,
        _ record: () throws -> Void = {}
    ) throws -> Bool {
        do {
            // No look beforehand would be worth anything against another writer: the key decides.
            try transaction.savepoint {
                try record()
                for time in times { try insert(resource, time, for: holder, in: transaction) }
            }
            return true
        } catch is Taken {
            return false
        }
    }

    /// Takes a time of the first of several resources that is free then.
    /// - Parameter record: as in `claim`, for the resource that is tried.
    /// - Returns: the resource; nil when none was free.
    public func claimFirst<Candidate>(
        of candidates: some Sequence<Candidate>, named name: (Candidate) -> String, _ time: TimeSlots,
        for holder: String, in transaction: Transaction, _ record: (Candidate) throws -> Void = { _ in }
    ) throws -> Candidate? {
        for candidate in candidates {
            let isClaimed = try claim(name(candidate), [time], for: holder, in: transaction) { try record(candidate) }
            if isClaimed { return candidate }
        }
        return nil
    }

    /// Gives back all that a holder has.
    public func release(_ holder: String, in transaction: Transaction) throws {
        try transaction.execute("DELETE FROM \(table) WHERE \(self.holder) = $1", [.text(holder)])
    }

    /// Gives back what a holder has from an instant on; the slot that the instant is in stays its own.
    public func release(_ holder: String, from instant: Timestamp, in transaction: Transaction) throws {
        let first = (instant.microseconds - 1).flooredQuotient(by: slotLength) + 1
        try transaction.execute(
            "DELETE FROM \(table) WHERE \(self.holder) = $1 AND \(slot) >= $2", [.text(holder), .integer(first)])
    }

    /// The slots were not free.
    private struct Taken: Error {}

    private func insert(
        _ resource: String, _ time: TimeSlots, for holder: String, in transaction: Transaction
    ) throws {
        precondition(time.length == slotLength, "slots of another length")
        do {
            for number in time.numbers {
                try transaction.execute(
                    "INSERT INTO \(table) (\(self.resource), \(slot), \(self.holder)) VALUES ($1, $2, $3)",
                    [.text(resource), .integer(number), .text(holder)])
            }
        } catch {
            if error.code == .uniqueViolation { throw Taken() }
            throw error
        }
    }
}
