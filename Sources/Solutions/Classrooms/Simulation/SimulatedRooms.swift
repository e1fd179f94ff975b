public import HubModel
public import SolutionKit

/// Rooms that do not exist, with a device each.
public struct SimulatedRooms: SimulatedFleet {
    /// How many.
    public let count: Int
    let seed: UInt64
    let time: SimulatedTime
    let timetable: SimulatedTimetable
    let clock: LocalClock
    let faulty: Double
    let loss: Double
    private let transports: [RoomTransport]
    private let prefix: String

    /// Rooms.
    /// - Parameters:
    ///   - count: 1 or more.
    ///   - clock: by which lessons begin.
    ///   - transports: how devices come, one after the other in turn; one or more.
    ///   - faulty: what part of the devices is faulty, 0 to 1, each fault as often.
    ///   - loss: what part of the reports gets lost, 0 to 1.
    ///   - prefix: what the devices' names begin with, by the rule of `DeviceID`.
    package init(
        count: Int, seed: UInt64, time: SimulatedTime, timetable: SimulatedTimetable = .school,
        clock: LocalClock = .utc, transports: [RoomTransport] = [.http], faulty: Double = 0, loss: Double = 0,
        prefix: String = "esp-"
    ) {
        self.count = count
        self.seed = seed
        self.time = time
        self.timetable = timetable
        self.clock = clock
        self.transports = transports
        self.faulty = faulty
        self.loss = loss
        self.prefix = prefix
    }

    /// Devices of rooms connect.
    public var noun: String { "rooms" }

    /// The connection of a room's device. They come within seconds, not in chorus.
    public func client(_ index: Int) -> SimulatedClient {
        let name = name(index)
        let delay = SimulatedRooms.spread * Int64(index) / Int64(max(1, count))
        switch transport(of: index) {
        case .http: return SimulatedClient(.http(credentials: .fields), names: [name], delay: delay)
        case .mqtt:
            return SimulatedClient(
                identifier: name, names: [name],
                subscriptions: ["classrooms/\(name)/control", "classrooms/\(name)/schedule"], delay: delay)
        }
    }

    /// A room whose device has no key.
    public func device(_ index: Int, at now: Timestamp) -> SimulatedRoom {
        SimulatedRoom(self, index, at: now, hasKey: false)
    }

    /// A room.
    public func device(_ index: Int, at now: Timestamp, showing credentials: SimulatedCredentials?) -> SimulatedRoom {
        SimulatedRoom(self, index, at: now, hasKey: credentials != nil)
    }

    /// The devices, `esp-001` and so on.
    public var devices: [SimulatedRegistration] {
        (0..<count).map { SimulatedRegistration(name: name($0), kind: .classroom) }
    }

    /// How many are connected, and what `summary` says.
    public func progress(
        _ tally: FleetTally<SimulatedRoomCount>, before: FleetTally<SimulatedRoomCount>, seconds: Int
    ) -> String {
        "\(tally.connected) of \(count) rooms connected, \(summary(tally))"
    }

    /// Reports, what was left out of them, and what relays did.
    public func summary(_ tally: FleetTally<SimulatedRoomCount>) -> String {
        """
        \(tally.acknowledged) reports and questions answered, \(tally.failed) failed, \(tally[.lost]) lost on purpose, \
        \(tally[.late]) late, \(tally[.restart]) restarts; power off \(tally[.switched(on: false)]) times, on \
        \(tally[.switched(on: true)]) times, \(tally[.alone]) of them without the hub
        """
    }

    /// Between the first and the last that connects, in microseconds.
    private static let spread: Int64 = 5_000_000

    /// A device's name: `esp-001`.
    package func name(_ index: Int) -> String {
        let number = String(index + 1)
        return prefix + String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number
    }

    func transport(of index: Int) -> RoomTransport { transports[index % transports.count] }

    /// What is wrong with a device.
    package func fault(of index: Int) -> SimulatedRoomFault? {
        var chance = SimulatedChance(seed: seed, stream: 4, index)
        guard chance.happens(faulty) else { return nil }
        let all = SimulatedRoomFault.allCases
        return all[Int(chance.next() % UInt64(all.count))]
    }
}
