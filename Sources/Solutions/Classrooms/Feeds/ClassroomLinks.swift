internal import HubModel
internal import SQL
internal import SolutionKit

extension LinkKind {
    /// When a room is booked, as a calendar.
    static let classroomCalendar = LinkKind("classrooms.calendar")
    /// What somebody has booked, as a calendar.
    static let bookingsCalendar = LinkKind("classrooms.bookings")
    /// What the display at a room's door shows.
    static let classroomDoor = LinkKind("classrooms.door")
}

/// The addresses that may be shared without an account.
enum ClassroomLinks {
    /// Those that end with their room.
    static let ofRooms: [LinkKind] = [.classroomCalendar, .classroomDoor]

    private static let room = ThingDeclaration("classroom") { name, reader in
        guard let id = ClassroomID(name), let room = try ClassroomTable.one(id, in: reader) else { return nil }
        return ThingDeclaration.Found(site: room.site, since: room.createdAt)
    }

    /// A person's bookings, under their `Person.id`. Whether the account is there, and may sign in, the hub asks itself at each use.
    private static let person = ThingDeclaration("bookings") { name, _ in
        ThingDeclaration.Found(site: .main, since: Timestamp(microseconds: 0), owner: name)
    }

    static let declared = [
        LinkDeclaration(
            Declared(.classroomCalendar, "When a classroom is booked, as a calendar to subscribe to"), .thing(room),
            needs: .manageClassrooms, shows: .viewClassrooms, path: CalendarRoutes.roomPath),
        LinkDeclaration(
            Declared(.bookingsCalendar, "One's own bookings, as a calendar to subscribe to"), .thing(person),
            needs: .bookClassrooms, shows: .bookClassrooms, path: CalendarRoutes.personPath),
        LinkDeclaration(
            Declared(.classroomDoor, "The display at a classroom's door, with check-in"), .thing(room),
            needs: .manageClassrooms, shows: .viewClassrooms, path: DoorRoutes.page),
    ]
}
