package import HubModel

extension DeviceKind {
    /// The board in a classroom: it sees movement, and has the relay of the room's power.
    package static let classroom = DeviceKind("classroom")
}

extension Permission {
    package static let viewClassrooms = Permission("classrooms.view")
    package static let bookClassrooms = Permission("classrooms.book")
    package static let viewBookers = Permission("classrooms.bookers")
    package static let manageBookings = Permission("classrooms.bookings")
    package static let switchClassrooms = Permission("classrooms.power")
    package static let manageClassrooms = Permission("classrooms.manage")
    package static let readClassroomMessages = Permission("classrooms.messages")
}

extension AuditAction {
    package static let changeClassroom = AuditAction("classroom.change")
    package static let removeClassroom = AuditAction("classroom.remove")
    package static let assignClassroomDevice = AuditAction("classroom.device")
    package static let switchClassroom = AuditAction("classroom.power")
    package static let changeOthersBooking = AuditAction("classroom_booking.change")
    package static let cancelOthersBooking = AuditAction("classroom_booking.cancel")
    package static let decideBooking = AuditAction("classroom_booking.decide")
    package static let answerMessage = AuditAction("classroom_message.answer")
}
