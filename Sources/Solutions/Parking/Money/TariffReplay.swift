internal import HubModel
internal import SQL
internal import SolutionKit

/// What stored sessions would have cost under another tariff.
struct TariffReplay: Sendable {
    /// What some sessions cost, and what they would have.
    struct Sum: Sendable {
        var sessions: Int64 = 0
        var actualMinor: Int64 = 0
        var draftMinor: Int64 = 0
        /// Stays that would have been dearer, cheaper, the same.
        var dearer: Int64 = 0
        var cheaper: Int64 = 0
        var same: Int64 = 0

        var differenceMinor: Int64 { draftMinor - actualMinor }

        fileprivate mutating func add(actual: Int64, draft: Int64) {
            sessions += 1
            actualMinor += actual
            draftMinor += draft
            if draft > actual { dearer += 1 } else if draft < actual { cheaper += 1 } else { same += 1 }
        }
    }

    /// A stay whose price changes much.
    struct Example: Sendable {
        var session: ParkingSession
        var actualMinor: Int64
        var draftMinor: Int64
        var differenceMinor: Int64 { draftMinor - actualMinor }
    }

    private(set) var total = Sum()
    /// Cars a spot and day. As many as there were: whether dearer parking keeps people away, no past says.
    private(set) var turnover: Turnover?
    private(set) var kinds: [SpotKind: Sum] = [:]
    /// By the day of the week on which the car came, 0 for Monday.
    private(set) var weekdays = [Sum](repeating: Sum(), count: 7)
    /// The stays that would become dearer, and cheaper, by most; the most of each first.
    private(set) var dearest: [Example] = []
    private(set) var cheapest: [Example] = []

    /// The most sessions that are replayed at once.
    static let mostSessions: Int64 = 200_000
    private static let examples = 5

    private let tariff: Tariff
    private var clock: LocalClock

    init(_ tariff: Tariff, clock: LocalClock) {
        self.tariff = tariff
        self.clock = clock
    }

    /// Replays the sessions of a lot that ended between two instants.
    /// - Throws: `too_many_steps` when there are too many.
    mutating func run(
        of lot: Lot, from begin: Timestamp, to end: Timestamp, now: Timestamp, in reader: some SQLReading
    ) throws {
        let count = try ParkingSessionTable.countEnded(of: lot.id, from: begin, to: end, in: reader)
        guard count <= Self.mostSessions else {
            throw Refusal(
                .tooManySteps,
                "There are \(count) sessions, and at most \(Self.mostSessions) are replayed: choose a shorter time.")
        }
        try ParkingSessionTable.eachEnded(of: lot.id, from: begin, to: end, in: reader) { add($0) }
        let spots = try SpotTable.count(of: lot.id, in: reader)
        turnover = try Turnover(of: lot, from: begin, to: min(end, now), spots: spots, in: reader)
    }

    /// Replays one session that has ended.
    mutating func add(_ session: ParkingSession) {
        guard let departedAt = session.departedAt, let actual = session.dueMinor else { return }
        let draft = tariff.price(
            from: session.arrivedAt, to: departedAt, kind: session.kind, clock: &clock
        ).totalMinor
        total.add(actual: actual, draft: draft)
        kinds[session.kind, default: Sum()].add(actual: actual, draft: draft)
        weekdays[clock.reading(at: session.arrivedAt).weekday].add(actual: actual, draft: draft)
        let example = Example(session: session, actualMinor: actual, draftMinor: draft)
        if draft > actual { Self.keep(example, in: &dearest) { $0.differenceMinor > $1.differenceMinor } }
        if draft < actual { Self.keep(example, in: &cheapest) { $0.differenceMinor < $1.differenceMinor } }
    }

    private static func keep(
        _ example: Example, in list: inout [Example], by order: (Example, Example) -> Bool
    ) {
        if list.count == examples, let last = list.last, !order(example, last) { return }
        let place = list.firstIndex { order(example, $0) } ?? list.count
        list.insert(example, at: place)
        if list.count > examples { list.removeLast() }
    }
}
