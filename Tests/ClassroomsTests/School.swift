import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// The classrooms on a stage, with two rooms and their devices, and with people.
struct School {
    let house: SolutionHouse
    let devices: FakeDevices

    static let all: PermissionSet = [
        Permission("classrooms.view"), Permission("classrooms.book"), Permission("classrooms.bookers"),
        Permission("classrooms.bookings"), Permission("classrooms.power"), Permission("classrooms.manage"),
        Permission("classrooms.messages"), Permission("devices.manage"),
    ]

    let admin = Caller.person(School.all, at: "main", account: "admin")

    /// Somebody of the staff.
    func staff(_ account: String = "anna") -> Caller {
        .person([Permission("classrooms.view"), Permission("classrooms.book")], at: "main", account: account)
    }

    /// Monday, 2026-11-30, 13:00 in UTC, which is the zone of the rooms.
    static let start = Timestamp(seconds: 1_796_043_600)

    init(at start: Timestamp = School.start, people: [Person] = [], settings: SettingValues = SettingValues())
        async throws
    {
        devices = FakeDevices([
            "esp1": .init(DeviceKind("classroom")), "esp2": .init(DeviceKind("classroom")),
        ])
        let solution = ClassroomsSolution()
        let roles = RoleBook(solution.manifest.grants, declared: solution.manifest.permissions.map(\.name))
        house = try await SolutionHouse(
            solution, at: start, devices: devices, people: FakePeople(roles: roles, people: people),
            settings: settings)
        for (room, device) in [("r1", "esp1"), ("r2", "esp2")] {
            try await house.call(
                .post, "/api/admin/classrooms",
                body: #"{"classroom_id":"\#(room)","name":"Room \#(room)","capacity":30}"#, as: admin)
            try await house.call(
                .put, "/api/admin/devices/{device_id}", ["device_id": device], body: #"{"classroom_id":"\#(room)"}"#,
                as: admin)
        }
        house.forgetEffects()
    }

    /// A device reports over HTTP.
    func report(
        _ device: String = "esp1", occupied: Bool, power: Bool = true, more: String = ""
    ) async throws -> JSONTree {
        try await house.json(
            .post, "/api/esp/status",
            body: #"{"is_occupied":\#(occupied),"is_power_on":\#(power)\#(more)}"#, as: try esp(device))
    }

    func esp(_ device: String) throws -> Caller {
        Caller(.device(try #require(DeviceID(device)), DeviceKind("classroom"), site: .main))
    }

    /// Somebody books a room, by its wall clock of that Monday.
    @discardableResult
    func book(
        _ room: String = "r1", from: String, to: String, as caller: Caller? = nil, more: String = ""
    ) async throws -> JSONTree {
        try await house.json(
            .post, "/api/staff/bookings",
            body:
                #"{"classroom_id":"\#(room)","start":"2026-11-30T\#(from)","end":"2026-11-30T\#(to)","purpose":"Physics"\#(more)}"#,
            as: caller ?? staff())
    }

    func room(_ id: String = "r1") async throws -> JSONTree {
        try await house.json(.get, "/api/staff/classrooms/{id}", ["id": id], as: staff())
    }
}
