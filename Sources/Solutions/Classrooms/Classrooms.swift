public import HubModel
public import SQL
public import SolutionKit

/// Classrooms: whether somebody is there, who has booked them when, and when they have power. Read this first.
///
/// | Folder | What it holds |
/// |---|---|
/// | `Model` | values: a room, its state, what its power shall be, whether a booking is used, when a booking takes a room |
/// | `Payloads` | what people say of rooms: JSON to values |
/// | `Tables` | the tables |
/// | `Feeds` | calendars to subscribe to |
/// | `Door` | the display at a room's door |
/// | `Line` | the handler inside the line |
/// | `Imports` | terms, timetables and people from files |
/// | `Waiting` | the line before a time that is taken |
/// | `Quotas` | how much people of a role may book |
/// | `Web` | the routes |
/// | `Use` | how rooms were used, and what another policy would have done |
/// | `Simulation` | rooms that do not exist, for trying out and for the demonstration |
public struct ClassroomsSolution: Solution, HandlesMessages, OffersRoutes, GivesOverview, HasRetention, HasSimulator,
    HasDemonstration
{
    /// What the displays at doors have in common with the line.
    let doorBell = DoorBell()

    /// The solution; without side effects.
    public init() {}

    /// Who it is and what it listens to.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "classrooms", title: "Classrooms", path: "/classrooms",
            kinds: [Declared(.classroom, "Classroom device")],
            topics: ["classrooms/+/status", "classrooms/+/power"], ownedTopics: ["classrooms/#"],
            rights: [
                TopicRights(
                    .classroom, publish: ["classrooms/{device_id}/status", "classrooms/{device_id}/power"],
                    subscribe: ["classrooms/{device_id}/control", "classrooms/{device_id}/schedule"])
            ],
            permissions: ClassroomsSolution.permissions, auditActions: ClassroomsSolution.auditActions,
            grants: [
                RoleGrant(
                    .operate,
                    [
                        .viewClassrooms, .bookClassrooms, .viewBookers, .manageBookings, .switchClassrooms,
                        .manageClassrooms, .readClassroomMessages,
                    ]),
                RoleGrant(.staff, [.viewClassrooms, .bookClassrooms]), RoleGrant(.viewer, [.viewClassrooms]),
            ],
            links: ClassroomLinks.declared, settings: ClassroomSettings.declared, needs: .viewClassrooms)
    }

    private static let permissions: [Declared<Permission>] = [
        Declared(.viewClassrooms, "See classrooms, and when they are booked"),
        Declared(.bookClassrooms, "Book classrooms, and switch their power while the booking runs"),
        Declared(.viewBookers, "See who has booked classrooms, and what for"),
        Declared(.manageBookings, "Approve, change and cancel bookings of others, and book without limits"),
        Declared(.switchClassrooms, "Switch the power of all classrooms"),
        Declared(.manageClassrooms, "Add and change classrooms, their devices and the rules of their power"),
        Declared(.readClassroomMessages, "Read what staff write"),
    ]

    private static let auditActions: [Declared<AuditAction>] = [
        Declared(.changeClassroom, "Change a classroom"), Declared(.removeClassroom, "Remove a classroom"),
        Declared(.assignClassroomDevice, "Put a device in a classroom"),
        Declared(.switchClassroom, "Switch the power of a classroom"),
        Declared(.changeOthersBooking, "Change a booking of somebody else"),
        Declared(.cancelOthersBooking, "Cancel a booking of somebody else"),
        Declared(.decideBooking, "Approve or decline a booking"),
        Declared(.answerMessage, "Answer a message of staff"),
    ]

    /// Its tables.
    public var migrations: Migrations { ClassroomTables.migrations }

    /// Makes the part that lives inside the line.
    public func makeHandler(_ services: LineServices) -> any MessageHandler { ClassroomsHandler(services, doorBell) }

    /// What it offers over HTTP.
    public func routes(_ services: WebServices) -> [Route] {
        let parts: [[Route]] = [
            ReportRoutes(services: services).all, RoomRoutes(services: services).all,
            RoomDeviceRoutes(services: services).all, PowerRoutes(services: services).all,
            AdminPeopleRoutes(services: services).all, StaffRoomRoutes(services: services).all,
            BookedTimeRoutes(services: services).all, BookingRoutes(services: services).all,
            MessageRoutes(services: services).all, TermRoutes(services: services).all,
            TimetableRoutes(services: services).all, PeopleImportRoutes(services: services).all,
            WaitingRoutes(services: services).all, QuotaRoutes(services: services).all,
            CalendarRoutes(services: services).all, LogRoutes(services: services).all,
            DashboardRoutes(services: services).all, UtilisationRoutes(services: services).all,
            RoomForecastRoutes(services: services).all, WhatIfRoutes(services: services).all,
            DoorRoutes(services: services, doorBell: doorBell).all,
        ]
        return parts.flatMap { $0 }
    }

    /// The rooms at these sites; those whose device is silent need attention.
    public func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview {
        let rooms = try await services.classrooms(at: sites).rows
        return SolutionOverview(
            devices: rooms.count { $0.device != nil },
            attention: rooms.count { $0.device != nil && $0.state.seenSince == nil })
    }

    /// Reports of devices and messages expire; what relays did and bookings do not, unless the operator says so.
    public var retention: [RetentionRule] {
        [
            ClassroomTables.history.retention(
                "classrooms.changes", "Changes of classrooms, but the last one of each",
                days: .days(
                    "MARTLET_CLASSROOMS_CHANGE_DAYS",
                    "Days for which it is kept when classrooms were in use, which reports of use are made of; 0: for ever"
                )),
            RetentionRule(
                "classrooms.power", "What relays of classrooms said that they did",
                days: .days(
                    "MARTLET_CLASSROOMS_POWER_DAYS", "Days for which the log of relays is kept; 0: for ever"),
                table: "classroom_power_log", time: "received_at"),
            RetentionRule(
                "classrooms.messages", "Messages of staff",
                days: .days(
                    "MARTLET_CLASSROOMS_MESSAGE_DAYS", "Days for which messages of staff are kept; 0: for ever",
                    standard: 365), table: "classroom_message", time: "at"),
        ]
    }

    /// Rooms with people and devices.
    public var simulator: any SimulatorOptions.Type { ClassroomSimulatorOptions.self }

    /// Two rooms.
    public func demonstration(at now: Timestamp) -> SimulatedRooms? { DemoRooms.fleet(at: now) }

    /// Makes those rooms, and books them.
    public func prepareDemonstration(_ services: WebServices, by caller: Caller) async throws {
        try await DemoRooms.prepare(services, by: caller)
    }
}
