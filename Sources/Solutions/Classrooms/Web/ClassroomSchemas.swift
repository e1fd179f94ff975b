internal import HubModel
internal import SolutionKit

/// The shapes of what is asked and answered.
extension JSONSchema {
    static let classroomReport = JSONSchema.named(
        "ClassroomReport",
        .object([
            .required("is_occupied", .boolean, "Whether somebody moved"),
            .required("is_power_on", .boolean, "Whether the relay gives power"),
            .optional("timestamp", .any, "When, in any form that devices send"),
            .optional("idle_seconds", .nullable(.number), "Seconds since the last movement"),
            .optional("distance", .any, "What the sensor measured, in centimetres"),
            .optional("firmware", .nullable(.string(maximumLength: 64))),
            .optional("boot", .nullable(.integer(minimum: 0, maximum: Int64(UInt32.max))), "Which life of the device"),
            .optional(
                "seq", .nullable(.integer(minimum: 0, maximum: Int64(UInt32.max))), "The report's number in that life"),
        ]))

    static let statusReply = JSONSchema.named(
        "ClassroomReply",
        .object([
            .required("is_booked", .boolean, "Whether the room is booked, or will be soon"),
            .required("power_on", .boolean, "Whether the relay is to give power"),
            .required("message", .text),
            .optional("manual", .boolean, "Whether a person said so; for devices that number their reports"),
        ]))

    static let powerReport = JSONSchema.named(
        "ClassroomPowerReport",
        .object([
            .required("power_on", .boolean, "Whether the relay gives power from then on"),
            .optional("reason", .nullable(.string(maximumLength: 64)), "Why, such as auto_control"),
            .optional("timestamp", .any, "When, in any form that devices send"),
        ]))

    static let schedule = JSONSchema.named(
        "ClassroomSchedule",
        .object([
            .required("now", .integer(), "The hub's clock, in seconds since 1970"),
            .required("from", .integer(), "From when on this says anything, in seconds since 1970"),
            .required("until", .integer(), "Until before when it does"),
            .required("bookings", .array(.object([.required("start", .integer()), .required("end", .integer())]))),
            .required("policy", classroomPolicy),
        ]))

    static let classroomPolicy = JSONSchema.named(
        "ClassroomPolicy",
        .object([
            .optional("automatic", .boolean, "Whether the hub switches the power by these rules"),
            .optional("idle_after_seconds", .bounded(PowerPolicy.Bounds.idleAfter)),
            .optional("report_after_seconds", .bounded(PowerPolicy.Bounds.reportAfter)),
            .optional("off_after_seconds", .bounded(PowerPolicy.Bounds.offAfter)),
            .optional("hold_seconds", .bounded(PowerPolicy.Bounds.holdAfter), "How long an idle room stays powered"),
            .optional("pre_power_minutes", .bounded(PowerPolicy.Bounds.prePower), "Before a booking"),
            .optional("fail_safe", .words(PowerPolicy.FailSafe.allCases.map(\.rawValue)), "Without the hub"),
            .optional("watts", .bounded(PowerPolicy.Bounds.watts), "What the room draws; 0: nobody has said it"),
            .optional("release_unused", .boolean, "Whether a booking that nobody uses is given away"),
            .optional("warn_after_minutes", .bounded(PresenceRule.Bounds.warnAfter)),
            .optional("release_after_minutes", .bounded(PresenceRule.Bounds.releaseAfter), "After the warning"),
            .optional("exempt_from_minutes", .bounded(PresenceRule.Bounds.exemptFrom), "So long a booking stays"),
        ]))

    private static func bounded(_ range: ClosedRange<Int64>) -> JSONSchema {
        .integer(minimum: range.lowerBound, maximum: range.upperBound)
    }

    private static let openingHours = JSONSchema.anyOf([.words(["always"]), .dictionary(.array(.text))])

    static let classroomFacts: [Property] = [
        .optional("name", .string(minimumLength: 1, maximumLength: 100)),
        .optional("building", .string(maximumLength: 100)),
        .optional("capacity", .bounded(Classroom.Bounds.capacity), "How many people fit in; 0: nobody has said it"),
        .optional("equipment", .array(.string(minimumLength: 1, maximumLength: 40))),
        .optional("zone", .string(maximumLength: 64), "Of the IANA database"),
        .optional("hours", openingHours, "always, or for each day, mon to sun, times such as 08:00-18:00"),
        .optional("buffer_minutes", .bounded(Classroom.Bounds.bufferMinutes), "Free between two bookings"),
        .optional("needs_approval", .boolean, "Whether bookings wait for somebody who approves them"),
        .optional("policy", classroomPolicy),
    ]

    static let changedClassroom = JSONSchema.named("ClassroomFacts", .object(classroomFacts))

    static let newClassroom = JSONSchema.named(
        "NewClassroom",
        .object(
            [
                .optional("classroom_id", .identifier, "Its name in addresses; made of name without it"),
                .optional("site", .identifier),
            ] + classroomFacts))

    private static let slot = JSONSchema.named(
        "ClassroomSlot",
        .object([
            .required("start", .timestamp), .required("end", .timestamp),
            .required("presence", .words(PresenceState.allCases.map(\.rawValue))),
            .required("requested", .boolean, "Whether it waits to be approved"),
            .required("come_before", .nullable(.timestamp), "Then the rest is given away if nobody came"),
        ]))

    static let switching = JSONSchema.named(
        "ClassroomSwitching",
        .object([
            .required("switching_id", .text),
            .required("power_on", .nullable(.boolean), "null: as the policy says"),
            .required("stage", .words(PowerSwitching.Stage.allCases.map(\.rawValue))),
            .required("asked_at", .timestamp), .required("sent_at", .nullable(.timestamp)),
            .required("ended_at", .nullable(.timestamp)),
            .required("problem", .nullable(.words(PowerSwitching.Problem.allCases.map(\.rawValue)))),
        ]))

    static let classroom = JSONSchema.named(
        "Classroom",
        .object(
            classroomFacts.map { .required($0.name, $0.schema, $0.summary) } + [
                .required("classroom_id", .identifier), .required("site", .identifier),
                .required("occupancy", .words(Occupancy.allCases.map(\.rawValue))),
                .required("occupancy_since", .timestamp), .required("has_device", .boolean),
                .required("online", .boolean), .required("power_on", .nullable(.boolean)),
                .required("power_wanted", .boolean),
                .required("power_cause", .words(PowerDecision.Cause.allCases.map(\.rawValue))),
                .required(
                    "override",
                    .nullable(
                        .object([
                            .required("power_on", .boolean), .required("until", .nullable(.timestamp)),
                            .required("since", .timestamp),
                        ])), "What a person said"),
                .required("switching", .nullable(switching), "What became of a person's last word"),
                .required("observed_at", .nullable(.timestamp)), .required("booked_now", .boolean),
                .required("current", .nullable(slot), "The booking that has the room now"),
                .required("next", .nullable(slot), "Within two days"),
                .required("free_until", .nullable(.timestamp), "null: nothing is booked within two days"),
            ]))
}
