internal import HubModel
internal import SQL
internal import SolutionKit

/// What an import does, or would do, as people read it.
struct ShownTimetable: Sendable {
    /// The booking in the way of a lesson.
    struct Obstacle: Sendable {
        let booking: String
        let time: Range<Timestamp>
        let purpose: String
        let holder: String?
    }

    let name: String
    let site: SiteID
    let isPreview: Bool
    let plan: TimetablePlan
    /// Bookings in the way, by their occurrences.
    let obstacles: [String: Obstacle]

    /// A plan with what is in its way.
    init(
        _ plan: TimetablePlan, _ order: TimetableImport, isPreview: Bool, _ people: any PeopleDirectory,
        in reader: some SQLReading
    ) throws {
        (name, site, self.isPreview, self.plan) = (order.name, order.site, isPreview, plan)
        var obstacles: [String: Obstacle] = [:]
        for item in plan.items {
            guard case .conflict(.occurrence(let id), _) = item.outcome, obstacles[id] == nil,
                let occurrence = try OccurrenceTable.one(id, in: reader),
                let booking = try BookingTable.one(occurrence.booking, in: reader)
            else { continue }
            obstacles[id] = Obstacle(
                booking: booking.id, time: occurrence.time, purpose: booking.purpose,
                holder: try booking.holder.flatMap { try people.known($0, in: reader)?.name })
        }
        self.obstacles = obstacles
    }

    /// How many lessons come to this.
    func count(_ outcome: String) -> Int { plan.items.count { $0.outcome.word == outcome } }

    /// Why nothing was booked.
    var refusal: Refusal {
        let trouble = plan.items.count(where: \.outcome.isTrouble)
        return Refusal(
            .conflict,
            "\(trouble) of \(plan.items.count) lessons cannot be booked: change them, or import with conflicts=skip.",
            members: [RefusalMember("entries") { json in self.write(plan.items.filter(\.outcome.isTrouble), &json) }])
    }

    fileprivate func write(_ items: [TimetablePlan.Item], _ json: inout JSONWriter) {
        json.array(items) { $0.write($1, self) }
    }
}

extension TimetablePlan.Outcome {
    /// All words.
    static let words = ["added", "changed", "removed", "unchanged", "past", "conflict", "refused"]

    /// As programs read it.
    var word: String {
        switch self {
        case .added: "added"
        case .changed: "changed"
        case .removed: "removed"
        case .unchanged: "unchanged"
        case .past: "past"
        case .conflict: "conflict"
        case .refused: "refused"
        }
    }

    /// As people read it; nil: the word says all.
    fileprivate func reason(_ obstacles: [String: ShownTimetable.Obstacle]) -> String? {
        switch self {
        case .refused(let reason): reason
        case .conflict(.line(let line), let instant): "The lesson of line \(line) has the room at \(instant)."
        case .conflict(.occurrence(let id), let instant):
            obstacles[id].map { "The room is booked from \($0.time.lowerBound) to \($0.time.upperBound)." }
                ?? "The room is booked at \(instant)."
        case .past: "All of it is past."
        default: nil
        }
    }
}

extension JSONSchema {
    static let timetableEntry = JSONSchema.named(
        "ClassroomTimetableEntry",
        .object([
            .required("line", .nullable(.integer(minimum: 1)), "Where it is in the file; null: nowhere"),
            .required("uid", .nullable(.text)), .required("classroom_id", .nullable(.identifier)),
            .required("purpose", .nullable(.text)), .required("outcome", .words(TimetablePlan.Outcome.words)),
            .required("reason", .nullable(.text), "Why nothing is booked of it"),
            .required("start", .nullable(.timestamp), "The first of its times that are to come"),
            .required("end", .nullable(.timestamp), "When that one ends"),
            .required("times", .count, "How many are to come"), .required("rrule", .nullable(.text)),
            .required(
                "conflict",
                .nullable(
                    .object([
                        .required("booking_id", .text), .required("start", .timestamp), .required("end", .timestamp),
                        .required("purpose", .text), .required("holder", .nullable(.text)),
                    ])), "The booking in the way"),
        ]))

    static let timetableReport = JSONSchema.named(
        "ClassroomTimetableReport",
        .object(
            [.required("timetable", .text), .required("site", .identifier), .required("preview", .boolean)]
                + TimetablePlan.Outcome.words.map { .required($0, .count, "How many lessons") } + [
                    .required("entries", .array(timetableEntry))
                ]))
}

extension JSONWriter {
    /// Writes what an import does.
    mutating func write(_ shown: ShownTimetable) {
        object { json in
            json.member("timetable", shown.name)
            json.member("site", shown.site.text)
            json.member("preview", shown.isPreview)
            for word in TimetablePlan.Outcome.words { json.member(word, shown.count(word)) }
            json.member("entries") { shown.write(shown.plan.items, &$0) }
        }
    }

    fileprivate mutating func write(_ item: TimetablePlan.Item, _ shown: ShownTimetable) {
        object {
            $0.member("line", item.line.map(Int64.init))
            $0.member("uid", item.uid)
            $0.member("classroom_id", item.entry?.room.id.text ?? item.known?.room.text)
            $0.member("purpose", item.purpose)
            $0.member("outcome", item.outcome.word)
            $0.member("reason", item.outcome.reason(shown.obstacles))
            $0.member("start", item.times.first?.begin)
            $0.member("end", item.times.first?.end)
            $0.member("times", item.times.count)
            $0.member("rrule", BookingPlan.rule(of: item.times))
            $0.member("conflict") { json in
                guard case .conflict(.occurrence(let id), _) = item.outcome, let obstacle = shown.obstacles[id] else {
                    return json.null()
                }
                json.object {
                    $0.member("booking_id", obstacle.booking)
                    $0.member("start", obstacle.time.lowerBound)
                    $0.member("end", obstacle.time.upperBound)
                    $0.member("purpose", obstacle.purpose)
                    $0.member("holder", obstacle.holder)
                }
            }
        }
    }
}
