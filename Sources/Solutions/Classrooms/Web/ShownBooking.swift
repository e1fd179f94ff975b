internal import HubModel
internal import SQL
internal import SolutionKit

/// A booking as its holder, and those who may see bookers, see it.
struct ShownBooking: Sendable {
    let booking: Booking
    /// What people call its room.
    let roomName: String
    /// The user name of its holder; nil: it has none.
    let holder: String?
    /// Its times that are not over, and the last that was.
    let occurrences: [BookingOccurrence]
    /// What the sensor saw where a rest was given away, by the occurrence.
    let proofs: [String: ReleaseProof]

    /// The most times that are shown of one booking.
    private static let mostOccurrences = BookingBounds.mostTimes

    /// Reads a booking that the caller may see.
    /// - Throws: `not_found`.
    static func read(
        _ id: String, for caller: Caller, _ people: any PeopleBook, at now: Timestamp, in reader: some SQLReading
    ) throws -> ShownBooking {
        guard let booking = try BookingTable.one(id, in: reader) else { throw BookingRoutes.noBooking }
        let site = try ClassroomTable.site(of: booking.classroom, in: reader)
        let isOwn = booking.isOwn(of: caller.account)
        guard isOwn || caller.grants.allows(.viewBookers, at: site) else { throw BookingRoutes.noBooking }
        return try ShownBooking(booking, for: caller, people, at: now, in: reader)
    }

    /// A booking that the caller may see.
    init(
        _ booking: Booking, for caller: Caller, _ people: any PeopleBook, at now: Timestamp,
        in reader: some SQLReading
    ) throws {
        self.booking = booking
        roomName = try ClassroomTable.name(of: booking.classroom, in: reader) ?? booking.classroom.text
        holder = try booking.holder.flatMap { try people.known($0, in: reader)?.name }
        let all = try OccurrenceTable.all(of: booking.id, in: reader)
        let past = all.filter { $0.time.upperBound <= now }
        occurrences = Array((past.suffix(1) + all.filter { $0.time.upperBound > now }).prefix(Self.mostOccurrences))
        proofs = try occurrences.reduce(into: [:]) { proofs, occurrence in
            guard occurrence.presence == .released else { return }
            proofs[occurrence.id] = try ProofTable.one(occurrence.id, in: reader)
        }
    }
}

extension JSONSchema {
    static let classroomBooking = JSONSchema.named(
        "ClassroomBooking",
        .object([
            .required("booking_id", .text), .required("classroom_id", .identifier), .required("classroom", .text),
            .required("purpose", .text), .required("holder", .nullable(.text)),
            .required("status", .words(Booking.Status.allCases.map(\.rawValue))),
            .required("source", .words(Booking.Source.allCases.map(\.rawValue))),
            .required("start", .text, "When it first begins, on the room's clock"),
            .required("minutes", .count), .required("zone", .text), .required("rrule", .nullable(.text)),
            .required("remark", .text), .required("created_at", .timestamp), .required("changed_at", .timestamp),
            .required("occurrences", .array(bookedOccurrence), "Those that are not over, and the last that was"),
        ]))

    private static let bookedOccurrence = JSONSchema.named(
        "ClassroomBookedTime",
        .object([
            .required("occurrence", .text), .required("start", .timestamp), .required("end", .timestamp),
            .required("booked_end", .timestamp, "As it was booked"), .required("cancelled", .boolean),
            .required("presence", .words(PresenceState.allCases.map(\.rawValue))),
            .required(
                "proof",
                .nullable(
                    .object([
                        .required("device_id", .identifier), .required("warned_at", .timestamp),
                        .required("released_at", .timestamp), .required("last_occupied", .nullable(.timestamp)),
                        .required("seen_since", .timestamp), .required("last_seen", .timestamp),
                    ])), "What the sensor had seen when the rest was given away"),
        ]))

    static let classroomBookingPage = JSONSchema.named(
        "ClassroomBookingPage",
        .object([
            .required("bookings", .array(classroomBooking)), .next(.text),
            .optional("account", .text, "Of one's own: the thing that a link to their calendar is of"),
        ]))
}

extension JSONWriter {
    /// Writes a booking.
    mutating func write(_ shown: ShownBooking) {
        let booking = shown.booking
        object {
            $0.member("booking_id", booking.id)
            $0.member("classroom_id", booking.classroom.text)
            $0.member("classroom", shown.roomName)
            $0.member("purpose", booking.purpose)
            $0.member("holder", shown.holder)
            $0.member("status", booking.status.rawValue)
            $0.member("source", booking.source.rawValue)
            $0.member("start", booking.start.description)
            $0.member("minutes", booking.minutes)
            $0.member("zone", booking.zone)
            $0.member("rrule", booking.rule)
            $0.member("remark", booking.remark)
            $0.member("created_at", booking.createdAt)
            $0.member("changed_at", booking.changedAt)
            $0.member("occurrences", shown.occurrences) { $0.write($1, shown.proofs[$1.id]) }
        }
    }

    private mutating func write(_ occurrence: BookingOccurrence, _ proof: ReleaseProof?) {
        object {
            $0.member("occurrence", occurrence.recurrenceID.description)
            $0.member("start", occurrence.time.lowerBound)
            $0.member("end", occurrence.time.upperBound)
            $0.member("booked_end", occurrence.end)
            $0.member("cancelled", occurrence.isCancelled)
            $0.member("presence", occurrence.presence.rawValue)
            $0.member("proof") { writer in
                guard let proof else { return writer.null() }
                writer.object {
                    $0.member("device_id", proof.device.text)
                    $0.member("warned_at", proof.warnedAt)
                    $0.member("released_at", proof.releasedAt)
                    $0.member("last_occupied", proof.lastOccupied)
                    $0.member("seen_since", proof.seenSince)
                    $0.member("last_seen", proof.lastSeen)
                }
            }
        }
    }
}
