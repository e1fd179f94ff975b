internal import SolutionKit

/// The shapes of answers about use.
extension JSONSchema {
    static let utilisation = JSONSchema.named(
        "ClassroomUtilisation",
        .object([
            .required("from", .day), .required("to", .day, "The last day"),
            .required("until", .timestamp, "What is later is not known yet, and is in no sum"),
            .required("total", .object([.required("rooms", .count)] + useSums)),
            .required(
                "buildings",
                .array(
                    .object(
                        [
                            .required("site", .identifier), .required("building", .text), .required("rooms", .count),
                        ] + useSums))),
            .required(
                "classrooms",
                .array(
                    .object(
                        [
                            .required("classroom_id", .identifier), .required("name", .text),
                            .required("building", .text), .required("site", .identifier), .required("zone", .text),
                            .required("watts", .count, "0: nobody has said it"), .required("automatic", .boolean),
                        ] + useSums))),
            .required(
                "week",
                .array(
                    .object(
                        [
                            .required("weekday", .words(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])),
                            .required("hour", .integer(minimum: 0, maximum: 23), "Of the rooms' own clocks"),
                        ] + useTime)), "168 hours, from Monday at midnight on"),
        ]))

    private static let share = JSONSchema.nullable(.number)

    private static let useTime: [Property] = [
        .required("hours", .number, "Since the room was added; of all rooms together"),
        .required("booked_hours", .number, "Without what was given away"),
        .required("used_hours", .number, "Somebody was there"),
        .required("booked_used_hours", .number), .required("booked_empty_hours", .number),
        .required("booked_unknown_hours", .number), .required("unbooked_used_hours", .number),
        .required("unknown_hours", .number, "The sensor was not heard"),
        .required("use_rate", share, "used_hours of the hours with a sensor, 0 to 1; null without any"),
        .required("booked_use_rate", share, "booked_used_hours of the booked hours with a sensor, 0 to 1"),
    ]

    private static let useSums: [Property] =
        useTime + [
            .required("bookings", .count, "That began then; one for each time of a recurrence"),
            .required("confirmed", .count, "Somebody came, or checked in"),
            .required("released", .count, "Nobody came, and the rest was given away"),
            .required("unused", .count, "Nobody came, and it was not given away"),
            .required("unverified", .count, "Nobody knows, or it was given up before it was judged"),
            .required("pending", .count, "Not over, and nobody came yet"),
            .required("no_show_rate", share, "released and unused of those and confirmed, 0 to 1"),
            .required("released_hours", .number, "What was left of what was given away"),
            .required("lit_hours", .number, "The relay gave power, by its own reports"),
            .required("dark_hours", .number),
            .required(
                "relay_unknown_hours", .number, "Before its first report, and from a silence to its next report"),
            .required(
                "saved_hours", .number,
                "Dark, from the first use of a day to the end of its opening hours, or midnight: without the policy it would have been lit"
            ),
            .required("extra_hours", .number, "Lit, with nobody there, and not so"),
            .required("saved_unknown_hours", .number, "Would have been lit, and nobody knows whether it was dark"),
            .required("saved_kwh", share, "saved_hours times the watts that the room draws by its policy of today"),
            .required("extra_kwh", share),
            .required("rooms_without_watts", .count, "Of which nobody has said what they draw; in no kWh"),
        ]
}
