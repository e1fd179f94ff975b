package import HubModel

/// How a room, a building or all of them were used.
package struct UseSums: Hashable, Sendable {
    /// How many rooms it is of.
    package var rooms: Int64 = 0
    /// How long they were how.
    package var time = UseTime()
    /// What their relays did.
    package var power = PowerUse()
    /// What became of the bookings that began then.
    package var outcomes = BookingOutcomes()
    /// What was spared, in watts times microseconds, of the rooms of which somebody has said what they draw.
    package var sparedEnergy = 0.0
    /// What was spent before bookings and for bookings that nobody used, the same way.
    package var extraEnergy = 0.0
    /// Of how many rooms nobody has said what they draw.
    package var roomsWithoutWatts: Int64 = 0

    /// Of no room.
    package init() {}

    /// Of one room.
    /// - Parameter watts: what it draws; 0: nobody has said it.
    package init(_ use: RoomUse, _ outcomes: BookingOutcomes, watts: Int64) {
        rooms = 1
        time = use.time
        power = use.power
        self.outcomes = outcomes
        sparedEnergy = Double(watts) * Double(use.power.spared)
        extraEnergy = Double(watts) * Double(use.power.extra)
        roomsWithoutWatts = watts == 0 ? 1 : 0
    }

    /// Kilowatt-hours spared; nil: of no room anybody has said what it draws.
    package var sparedKilowattHours: Double? { kilowattHours(sparedEnergy) }
    /// Kilowatt-hours spent before bookings and for bookings that nobody used.
    package var extraKilowattHours: Double? { kilowattHours(extraEnergy) }

    private func kilowattHours(_ energy: Double) -> Double? {
        roomsWithoutWatts < rooms ? energy / 3.6e12 : nil
    }

    /// Adds those of others.
    package static func += (one: inout UseSums, other: UseSums) {
        one.rooms += other.rooms
        one.time += other.time
        one.power += other.power
        one.outcomes += other.outcomes
        one.sparedEnergy += other.sparedEnergy
        one.extraEnergy += other.extraEnergy
        one.roomsWithoutWatts += other.roomsWithoutWatts
    }
}

/// How rooms were used over a time: by room, by building, by hour of the week.
package struct Utilisation: Hashable, Sendable {
    /// A room's sums.
    package struct Room: Hashable, Sendable {
        package let room: Classroom
        package let sums: UseSums
    }

    /// A building's sums. Buildings of two sites are two, whatever they are called.
    package struct Building: Hashable, Sendable {
        package let site: SiteID
        package let name: String
        package var sums: UseSums
    }

    /// The rooms, in the order in which they were added.
    package private(set) var rooms: [Room] = []
    /// All of them together.
    package private(set) var total = UseSums()
    /// All of them together, for each hour of the week of their own clocks.
    package var hours = [UseTime](repeating: UseTime(), count: WeekHours.count)
    private var found: [Place: UseSums] = [:]

    private struct Place: Hashable {
        let site: String
        let building: String
    }

    /// Of no room.
    package init() {}

    /// Adds a room.
    package mutating func add(
        _ room: Classroom, _ past: RoomPast, _ outcomes: BookingOutcomes, over cells: WeekHours
    ) {
        let use = RoomUse(
            past, over: cells, hours: room.hours, isAutomatic: room.policy.isAutomatic, byHour: &hours)
        let sums = UseSums(use, outcomes, watts: room.policy.watts)
        rooms.append(Room(room: room, sums: sums))
        found[Place(site: room.site.text, building: room.building), default: UseSums()] += sums
        total += sums
    }

    /// The buildings, by their sites and names.
    package var buildings: [Building] {
        found.sorted { ($0.key.site, $0.key.building) < ($1.key.site, $1.key.building) }.compactMap { place, sums in
            SiteID(place.site).map { Building(site: $0, name: place.building, sums: sums) }
        }
    }
}
