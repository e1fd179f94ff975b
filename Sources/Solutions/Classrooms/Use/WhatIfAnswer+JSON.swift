internal import HubModel
internal import SolutionKit

extension JSONWriter {
    mutating func write(_ answer: WhatIfAnswer, over time: Range<Timestamp>, _ incomplete: [ReadingGap]) {
        object { json in
            json.member("from", time.lowerBound)
            json.member("to", time.upperBound)
            json.member("soon_seconds", PowerTally.soon / 1_000)
            json.member("is_lower_bound", answer.isLowerBound)
            json.member("total") { json in
                json.object {
                    $0.member("reports", answer.reports)
                    $0.members(
                        known: answer.known, (answer.happened.tally, answer.happened.kilowattHours),
                        (answer.present.tally, answer.present.kilowattHours),
                        (answer.proposed.tally, answer.proposed.kilowattHours))
                }
            }
            json.member("classrooms", answer.rooms) { json, room in
                let watts = room.policy.watts
                json.object {
                    $0.member("classroom_id", room.room.id.text)
                    $0.member("name", room.room.name)
                    $0.member("watts", watts)
                    $0.member("reports", room.reports)
                    $0.members(
                        known: room.known, (room.happened, room.happened.kilowattHours(watts: watts)),
                        (room.present, room.present.kilowattHours(watts: watts)),
                        (room.proposed, room.proposed.kilowattHours(watts: watts)))
                }
            }
            json.member(incomplete: incomplete)
        }
    }

    private typealias Told = (tally: PowerTally, kilowattHours: Double?)

    private mutating func members(known: Int64, _ happened: Told, _ present: Told, _ proposed: Told) {
        member("known_hours", double: (Double(known) / 3_600_000).thousandths)
        member("saved_hours", double: (happened.tally.litHours - proposed.tally.litHours).thousandths)
        let saved = happened.kilowattHours.flatMap { before in proposed.kilowattHours.map { before - $0 } }
        member("saved_kwh", number: saved?.thousandths)
        for (name, told) in [("happened", happened), ("present", present), ("proposed", proposed)] {
            member(name) { json in
                json.object {
                    $0.member("lit_hours", double: told.tally.litHours.thousandths)
                    $0.member("kwh", number: told.kilowattHours?.thousandths)
                    $0.member("switches", told.tally.switches)
                    $0.member("off_on_somebody", told.tally.offOnSomebody)
                    $0.member("dark_bookings", told.tally.darkBookings)
                }
            }
        }
    }
}

/// The shapes of the replay.
extension JSONSchema {
    private static func bounded(_ range: ClosedRange<Int64>) -> JSONSchema {
        .integer(minimum: range.lowerBound, maximum: range.upperBound)
    }

    static let policyWhatIf = JSONSchema.named(
        "ClassroomWhatIf",
        .object([
            .optional("classrooms", .array(.identifier), "1 to \(PolicyWhatIf.mostRooms); or else building"),
            .optional("building", .string(maximumLength: 100), "All classrooms of buildings of this name"),
            .optional("from", .timestamp, "7 days before to without it; at most 31"),
            .optional("to", .timestamp, "Now without it"),
            .required(
                "policy",
                .object([
                    .optional("automatic", .boolean),
                    .optional("report_after_seconds", bounded(PowerPolicy.Bounds.reportAfter)),
                    .optional("off_after_seconds", bounded(PowerPolicy.Bounds.offAfter)),
                    .optional("hold_seconds", bounded(PowerPolicy.Bounds.holdAfter)),
                    .optional("pre_power_minutes", bounded(PowerPolicy.Bounds.prePower)),
                    .optional("watts", bounded(PowerPolicy.Bounds.watts)),
                ]), "What is another; the rest is as each room's policy of today"),
        ]))

    private static let told = JSONSchema.named(
        "ClassroomPowerTally",
        .object([
            .required("lit_hours", .number), .required("kwh", .nullable(.number), "null: nobody has said the watts"),
            .required("switches", .count),
            .required(
                "off_on_somebody", .count,
                "How often it went dark and somebody moved within soon_seconds: they had sat still, or came in then"),
            .required("dark_bookings", .count, "Bookings during which it was dark, other than by a person's word"),
        ]))

    private static let outcome: [Property] = [
        .required("reports", .count, "That were replayed"),
        .required("known_hours", .number, "Without the time in which the device was not heard: it is left out"),
        .required(
            "saved_hours", .number, "Lit hours that happened, less those of the other policy; may be less than 0"),
        .required("saved_kwh", .nullable(.number)),
        .required("happened", told, "What relays reported"),
        .required("present", told, "The policy of today, replayed: how near the replay comes to what happened"),
        .required("proposed", told, "The other policy, replayed"),
    ]

    static let policyWhatIfAnswer = JSONSchema.named(
        "ClassroomWhatIfAnswer",
        .object([
            .required("from", .timestamp), .required("to", .timestamp), .required("soon_seconds", .count),
            .required(
                "is_lower_bound", .boolean,
                "The other policy reports stillness sooner than devices did: it would have gone dark more often than is counted"
            ),
            .required("total", .object(outcome)),
            .required(
                "classrooms",
                .array(
                    .object(
                        [
                            .required("classroom_id", .identifier), .required("name", .text),
                            .required("watts", .count),
                        ] + outcome))),
            .required("incomplete", .gaps, "Parts of the time of which reports are damaged, lost or out of reach"),
        ]))
}
