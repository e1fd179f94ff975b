internal import HubModel
internal import SQL
internal import SolutionKit

/// Reads what a replay of a room needs.
struct WhatIfReader: Sendable {
    let services: WebServices
    let time: Range<Timestamp>

    /// The most reports of one answer.
    static let mostReports = 1_000_000

    /// What is known of a room's past; the story of one without a device is empty.
    struct Past: Sendable {
        var story = RoomStory([], switches: [], reportAfter: 0)
        var words = RoomWords()
        var gaps: [ReadingGap] = []
    }

    /// - Parameter left: how many reports may still be read; takes off those that were.
    /// - Throws: `too_many_steps`, `SQLFailure`.
    func past(of room: Classroom, left: inout Int) async throws -> Past {
        let (id, time) = (room.id, time)
        let (device, words, switches) = try await services.database.read { reader in
            (
                try Self.device(of: id, in: reader),
                RoomWords(
                    bookings: try Self.bookings(of: id, in: time, reader),
                    words: try Self.words(of: id, in: time, reader)),
                try Self.switches(of: id, in: time, reader)
            )
        }
        var past = Past()
        past.words = words
        guard let (device, since) = device, max(since, time.lowerBound) < time.upperBound else { return past }
        // Which device was there before nobody has kept.
        let query = ReadingQuery(
            device: device, measurement: "classroom", fields: ["occupied", "power", "idle_seconds"],
            from: max(since, time.lowerBound), to: time.upperBound, limit: left + 1)
        var reports: [RoomStory.Report] = []
        var place: ReadingPlace?
        repeat {
            let page = try await services.history.page(of: query, at: place)
            guard !page.table.isTruncated, page.table.rows.count <= left else {
                throw Refusal(
                    .tooManySteps,
                    "There are more than \(Self.mostReports) reports: choose fewer classrooms, or a shorter time.")
            }
            left -= page.table.rows.count
            reports += page.table.rows.compactMap { RoomStory.Report($0.time, $0.values) }
            if place == nil { past.gaps = page.table.gaps }
            place = page.next
        } while place != nil
        let lost = ReadingGap.merged(past.gaps).map {
            $0.from.microseconds / 1_000..<max($0.from.microseconds / 1_000, $0.to.microseconds / 1_000)
        }
        past.story = RoomStory(reports, switches: switches, gaps: lost, reportAfter: room.policy.reportAfter)
        return past
    }

    private static func device(
        of room: ClassroomID, in reader: some SQLReading
    ) throws -> (device: DeviceID, since: Timestamp)? {
        try reader.queryFirst("SELECT device, since FROM classroom_device WHERE classroom = $1", [.text(room.text)])
            .flatMap { row in
                guard let device = DeviceID(try row.text(0)) else { return nil }
                return (device, Timestamp(microseconds: try row.integer(1)))
            }
    }

    private static func bookings(
        of room: ClassroomID, in time: Range<Timestamp>, _ reader: some SQLReading
    ) throws -> [RoomWords.Booking] {
        var bookings: [RoomWords.Booking] = []
        // What begins soon after the end gives power before it.
        let end = time.upperBound.advanced(bySeconds: PowerPolicy.Bounds.prePower.upperBound * 60)
        try BookedTime.each(of: room, in: time.lowerBound..<end, reader) { booked in
            let time = Timestamp(microseconds: booked.held.lowerBound)..<Timestamp(microseconds: booked.held.upperBound)
            bookings.append(RoomWords.Booking(time, madeAt: Timestamp(microseconds: booked.madeAt)))
        }
        return bookings
    }

    /// The last word before the time, and those of the time.
    private static func words(
        of room: ClassroomID, in time: Range<Timestamp>, _ reader: some SQLReading
    ) throws -> [RoomWords.Word] {
        var words: [RoomWords.Word] = []
        try reader.queryEach(
            """
            SELECT asked_at, power_on, until FROM classroom_switching
            WHERE classroom = $1 AND asked_at < $3 AND asked_at >= COALESCE(
                (SELECT MAX(asked_at) FROM classroom_switching WHERE classroom = $1 AND asked_at <= $2), $2)
            ORDER BY asked_at, id
            """,
            [.text(room.text), .integer(time.lowerBound.microseconds), .integer(time.upperBound.microseconds)]
        ) { row in
            let at = Timestamp(microseconds: try row.integer(0))
            let override = try row.optionalBoolean("power_on").map { isOn in
                PowerOverride(
                    isOn: isOn, until: try row.optionalInteger("until").map(Timestamp.init(microseconds:)), by: nil,
                    since: at)
            }
            words.append(RoomWords.Word(at: at, override))
        }
        return words
    }

    private static func switches(
        of room: ClassroomID, in time: Range<Timestamp>, _ reader: some SQLReading
    ) throws -> [RoomStory.Power] {
        try reader.query(
            """
            SELECT at, power_on FROM classroom_power_log WHERE classroom = $1 AND at >= $2 AND at < $3 ORDER BY at, id
            """,
            [.text(room.text), .integer(time.lowerBound.microseconds), .integer(time.upperBound.microseconds)]
        ).map { RoomStory.Power(at: try $0.integer(0) / 1_000, isOn: try $0.boolean("power_on")) }
    }
}

extension RoomStory.Report {
    /// A report of history; nil where it lacks what every report has.
    fileprivate init?(_ at: Timestamp, _ values: [ReadingValue?]) {
        guard values.count == 3, case .boolean(let isOccupied)? = values[0], case .boolean(let isPowerOn)? = values[1]
        else { return nil }
        var idle: Int64?
        if case .integer(let seconds)? = values[2] { idle = min(max(0, seconds), 1_000_000_000) * 1_000 }
        self.init(at: at.microseconds / 1_000, isOccupied: isOccupied, isPowerOn: isPowerOn, idle: idle)
    }
}
