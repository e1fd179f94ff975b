internal import ArgumentParser
public import HubModel
public import SolutionKit

/// The options of `martlet simulate classrooms`.
public struct ClassroomSimulatorOptions: SimulatorOptions {
    /// The command's name.
    public static var name: String { "classrooms" }
    /// What it does.
    public static var abstract: String {
        "Classrooms: people come and go, devices see them move and switch the power as they are told."
    }
    /// They do, unless they come over MQTT.
    public static var speaksHTTP: Bool { true }
    /// Whose keys there are.
    public static var keyHolders: String { "The devices'" }
    /// How it is used.
    public static var discussion: String {
        """
        Lessons are held or not, people look in, nobody ever switches the light off. Each device does what its contract says: idle after 60 \
        seconds without movement, told after 120, power off 180 seconds after the hub said so; without the hub it goes by the bookings that it \
        was promised, and without those it gives power. With --speed it does all that so many times as fast; bookings and reports are of the \
        clock on the wall all the same.

        The same --seed gives the same people and faults, run after run: with it the simulation's clock begins on Monday, \
        2026-11-23T07:30:00Z, unless --start says otherwise. Some devices are faulty: silent from some time on, starting anew now and then, \
        without a radio now and then (what they could not tell comes late), blind, or seeing a heater.

        A hub with --open takes the devices in, each with a room of its own name. Another has to know rooms and devices first; --list rooms \
        prints for each room the body of POST /api/admin/classrooms, and --list devices the body of POST /api/admin/devices, whose answer \
        has the key.
        """
    }

    /// What the simulation's clock shows first where only a seed was given: half an hour before the first lesson.
    private static let firstMorning = "2026-11-23T07:30:00Z"

    /// What `--list` prints.
    enum Listing: String, ExpressibleByArgument, CaseIterable {
        case rooms, devices, names
    }

    @Option(name: .long, help: .init("How many rooms, 1 to 5000.", valueName: "N"))
    var rooms = 5

    @Option(name: .long, help: .init("How many times as fast as the clock time runs, 1 to 1000.", valueName: "X"))
    var speed = 1.0

    @Option(name: .long, help: .init("What decides everything that looks random (default: 7).", valueName: "S"))
    var seed: UInt64?

    @Option(
        name: .long,
        help: .init(
            "What the simulation's clock shows first, ISO 8601; without it: 2026-11-23T07:30:00Z with --seed, now without.",
            valueName: "TIME"))
    var start: String?

    @Option(
        name: .long,
        help: .init(
            "How they come: http, as the devices of old, or mqtt, and hear at once what changes.",
            valueName: "http|mqtt"))
    var over = RoomTransport.http

    @Option(
        name: .long,
        help: .init(
            "When there are lessons: school, on weekdays from eight to half past four, or always, every hour of every day.",
            valueName: "school|always"))
    var timetable = SimulatedTimetable.school

    @Option(name: .long, help: .init("The rooms' time zone.", valueName: "NAME"))
    var timeZone = "UTC"

    @Option(name: .long, help: .init("What part of the devices is faulty, in percent.", valueName: "PERCENT"))
    var faulty = 2.0

    @Option(name: .long, help: .init("What part of the reports gets lost, in percent.", valueName: "PERCENT"))
    var loss = 0.0

    @Option(name: .long, help: .init("What the names of devices begin with.", valueName: "TEXT"))
    var prefix = "esp-"

    @Option(
        name: .long,
        help: .init(
            "Print and do nothing else, a line for each room: what adds the rooms, what adds their devices, or the devices' names.",
            valueName: "rooms|devices|names"))
    var list: Listing?

    /// The defaults.
    public init() {}

    /// Checks the ranges.
    public func validate() throws {
        guard (1...5_000).contains(rooms) else { throw ValidationError("--rooms must be from 1 to 5000") }
        guard (1...1_000).contains(speed) else { throw ValidationError("--speed must be from 1 to 1000") }
        guard (0...100).contains(faulty) else { throw ValidationError("--faulty must be from 0 to 100") }
        guard (0...100).contains(loss) else { throw ValidationError("--loss must be from 0 to 100") }
        guard DeviceID(prefix) != nil, prefix.utf8.count <= 40 else {
            throw ValidationError("--prefix must be 1 to 40 letters, digits and . _ - : @")
        }
    }

    /// The rooms.
    public func fleet(at now: Timestamp, hasKeys: Bool) throws -> SimulatedRooms {
        guard let clock = LocalClock(timeZone) else {
            throw ValidationError("--time-zone must be a name such as Europe/Berlin")
        }
        return SimulatedRooms(
            count: rooms, seed: seed ?? 7, time: try began(at: now), timetable: timetable, clock: clock,
            transports: [over], faulty: faulty / 100, loss: loss / 100, prefix: prefix)
    }

    /// What `--list` asks for.
    public func listing(of fleet: SimulatedRooms) -> String? {
        guard let list else { return nil }
        return (0..<fleet.count).map { index in
            switch list {
            case .rooms: fleet.roomBody(index, zone: timeZone) + "\n"
            case .devices: fleet.deviceBody(index) + "\n"
            case .names: fleet.name(index) + "\n"
            }
        }.joined()
    }

    private func began(at now: Timestamp) throws -> SimulatedTime {
        // With a seed everything is the same again, also the hour at which it begins.
        guard let text = start ?? seed.map({ _ in ClassroomSimulatorOptions.firstMorning }) else {
            return SimulatedTime(begin: now, start: now, speed: speed)
        }
        guard let first = Timestamp(iso8601: text) else {
            throw ValidationError("--start must be a time such as 2026-11-23T07:30:00Z")
        }
        return SimulatedTime(begin: now, start: first, speed: speed)
    }
}

extension RoomTransport: ExpressibleByArgument {}
extension SimulatedTimetable: ExpressibleByArgument {}

/// What an admin adds first, so that hub and simulator agree on names.
extension SimulatedRooms {
    private static let rows: [(capacity: Int, equipment: [String])] = [
        (30, ["whiteboard"]), (24, ["projector", "whiteboard"]), (16, ["screen"]), (120, ["microphone", "projector"]),
    ]

    /// The body of `POST /api/admin/classrooms`.
    func roomBody(_ index: Int, zone: String) -> String {
        let row = SimulatedRooms.rows[index % SimulatedRooms.rows.count]
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("classroom_id", roomID(index))
            writer.member("name", "Room \(index + 1)")
            writer.member("building", "Building \(index / 20 + 1)")
            writer.member("capacity", row.capacity)
            writer.member("equipment", row.equipment) { $0.string($1) }
            writer.member("zone", zone)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The body of `POST /api/admin/devices`.
    func deviceBody(_ index: Int) -> String {
        #"{"device_id":"\#(name(index))","classroom_id":"\#(roomID(index))"}"#
    }

    private func roomID(_ index: Int) -> String { "room-\(name(index))" }
}
