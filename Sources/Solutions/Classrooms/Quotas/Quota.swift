package import HubModel
internal import SQL

/// How much somebody with a role may book. Those who manage bookings have no quota, and lessons of timetables are nobody's.
package struct Quota: Hashable, Sendable {
    /// The role.
    package let role: RoleName
    /// Bookings that are not over; nil: as many as they like.
    package let openBookings: Int64?
    /// Minutes in one week, Monday to Sunday on the clock of the room; nil: as many as they like.
    package let weekMinutes: Int64?

    /// A quota.
    package init(role: RoleName, openBookings: Int64?, weekMinutes: Int64?) {
        self.role = role
        self.openBookings = openBookings
        self.weekMinutes = weekMinutes
    }

    /// The largest numbers that may be set: bookings, and minutes of a week.
    package static let (mostBookings, mostMinutes): (Int64, Int64) = (10_000, 10_080)
    /// The most roles that have one.
    package static let mostRoles = 100

    /// What somebody may have.
    package struct Allowance: Hashable, Sendable {
        /// Bookings that are not over; nil: as many as they like.
        package let openBookings: Int64?
        /// Minutes in one week; nil: as many as they like.
        package let weekMinutes: Int64?
    }

    /// What somebody with these roles may have: of each kind the most that one of the roles with a quota allows; without such a role the
    /// hub's setting.
    /// - Parameter standard: bookings that are not over, by the setting.
    package static func allowance(
        of roles: some Collection<RoleName>, _ quotas: [Quota], standard: Int64
    ) -> Allowance {
        let counting = quotas.filter { roles.contains($0.role) }
        guard !counting.isEmpty else { return Allowance(openBookings: standard, weekMinutes: nil) }
        func most(_ numbers: [Int64?]) -> Int64? { numbers.contains(nil) ? nil : numbers.compactMap(\.self).max() }
        return Allowance(
            openBookings: most(counting.map(\.openBookings)), weekMinutes: most(counting.map(\.weekMinutes)))
    }
}

/// The table `classroom_quota`.
enum QuotaTable {
    /// All quotas, by their roles.
    static func all(in reader: some SQLReading) throws -> [Quota] {
        try reader.query("SELECT role, open_bookings, week_minutes FROM classroom_quota ORDER BY role").compactMap {
            guard let role = RoleName(try $0.text("role")) else { return nil }
            return Quota(
                role: role, openBookings: try $0.optionalInteger("open_bookings"),
                weekMinutes: try $0.optionalInteger("week_minutes"))
        }
    }

    /// Writes a quota in the place of that of its role.
    static func write(_ quota: Quota, in transaction: Transaction) throws {
        try transaction.execute(
            """
            INSERT INTO classroom_quota (role, open_bookings, week_minutes) VALUES ($1, $2, $3)
            ON CONFLICT (role) DO UPDATE SET open_bookings = $2, week_minutes = $3
            """, [.text(quota.role.text), SQLValue(quota.openBookings), SQLValue(quota.weekMinutes)])
    }

    /// Removes the quota of a role.
    /// - Returns: whether it had one.
    static func remove(_ role: RoleName, in transaction: Transaction) throws -> Bool {
        try !transaction.query(
            "DELETE FROM classroom_quota WHERE role = $1 RETURNING role", [.text(role.text)]
        ).isEmpty
    }
}
