package import HubModel
internal import SolutionKit

/// A timetable as a table: `room,weekday,from,to,purpose,holder,term`, or `date` in the place of `weekday` and `term` for what is once.
package enum TimetableCSV {
    /// The columns that there may be, in any order.
    package static let columns = ["uid", "room", "weekday", "date", "from", "to", "purpose", "holder", "term"]

    /// The table in a file.
    /// - Throws: `invalid_parameter` for what is no such table, `too_large` for one with too many lines.
    package static func table(_ bytes: [UInt8]) throws(Refusal) -> CSVTable {
        let table = try CSVTable(bytes, columns: columns)
        guard table.rows.count <= TimetableFile.mostEntries else {
            throw Refusal(
                .tooLarge, "The file has more than \(TimetableFile.mostEntries) lessons: import it in parts.")
        }
        return table
    }

    /// The user names that a table has.
    package static func holders(in table: CSVTable) -> Set<String> { Set(table.rows.compactMap { $0["holder"] }) }

    /// The lessons of a table.
    /// - Throws: `too_large` for too many times.
    package static func read(_ table: CSVTable, _ context: TimetableContext) throws(Refusal) -> TimetableFile {
        var file = TimetableFile()
        var names: [String: Int] = [:]
        var clocks: [String: LocalClock] = [:]
        for row in table.rows {
            let entry: TimetableEntry
            do throws(Refusal) {
                entry = try self.entry(row, context, &clocks)
            } catch {
                file.refused.append(
                    RefusedEntry(line: row.line, uid: row["uid"], purpose: row["purpose"], reason: error.detail))
                continue
            }
            try file.take(entry, after: &names)
        }
        return file
    }

    private static func entry(
        _ row: CSVTable.Row, _ context: TimetableContext, _ clocks: inout [String: LocalClock]
    ) throws(Refusal) -> TimetableEntry {
        let room = try context.room(row["room"])
        let purpose = CSVText.plain(try row.required("purpose"))
        guard (1...BookingWish.purposeBytes).contains(purpose.utf8.count) else {
            throw Refusal(.valueOutOfRange, "purpose is 1 to \(BookingWish.purposeBytes) bytes.")
        }
        guard let from = minute(try row.required("from")), let to = minute(try row.required("to")), from < to else {
            throw Refusal(.valueOutOfRange, "from and to are times such as 09:00 and 10:30, to after from.")
        }
        let holder = try row["holder"].map { (name) throws(Refusal) in
            guard let id = context.holders[name.lowercased()] else {
                throw Refusal(.notFound, "There is no user \(name): add them first, or leave holder empty.")
            }
            return id
        }
        let (days, which) = try days(row, context)
        guard var clock = clocks[room.zone] ?? LocalClock(room.zone) else {
            throw Refusal(.valueOutOfRange, "The classroom's time zone \(room.zone) is not known here: set another.")
        }
        let times = days.compactMap { day -> Range<Timestamp>? in
            guard let midnight = WallTime(midnightOf: day), let begin = midnight.advanced(bySeconds: Int64(from) * 60),
                let end = midnight.advanced(bySeconds: Int64(to) * 60)
            else { return nil }
            let instant = clock.instant(of: begin)
            return instant..<max(instant, clock.instant(of: end))
        }
        let lesson = try BookingPlan.lesson(times, in: room, horizon: context.horizon, &clock)
        clocks[room.zone] = clock
        guard !lesson.isEmpty else { throw Refusal(.valueOutOfRange, "The term has no such day with lessons.") }
        let key = row["uid"] ?? "\(room.id) \(row["weekday"] ?? row["date"] ?? "") \(from) \(row["term"] ?? "")"
        guard key.utf8.count <= 255 else { throw Refusal(.valueOutOfRange, "uid is at most 255 bytes.") }
        return TimetableEntry(
            line: row.line, uid: key, room: room, purpose: purpose, holder: holder, times: lesson,
            fingerprint: EntityTag.of(
                Array("\(room.id)|\(room.zone)|\(from)|\(to)|\(which)|\(holder ?? "")|\(purpose)".utf8)))
    }

    /// On which days, and the text that says so.
    private static func days(
        _ row: CSVTable.Row, _ context: TimetableContext
    ) throws(Refusal) -> ([CivilDate], String) {
        if let text = row["date"] {
            guard row["weekday"] == nil else { throw Refusal(.valueOutOfRange, "Give weekday or date, not both.") }
            guard let day = CivilDate(iso8601: text) else {
                throw Refusal(.valueOutOfRange, "date is a day such as 2026-12-01.")
            }
            return ([day], text)
        }
        guard let text = row["weekday"] else { throw Refusal(.missingField, "weekday is missing, or date.") }
        guard let weekday = Weekday(word: text) else {
            throw Refusal(.valueOutOfRange, "weekday is Monday to Sunday, or mon to sun.")
        }
        let term: Term
        if let name = row["term"] {
            guard let found = context.terms.first(where: { $0.name == name || $0.id == name }) else {
                throw Refusal(.notFound, "The site has no term \(name): add it first.")
            }
            term = found
        } else {
            guard let found = context.term else {
                throw Refusal(.missingField, "It names no term: add one, or choose one for the whole file.")
            }
            term = found
        }
        return (term.days(on: weekday), "\(weekday.shortName) \(term.fingerprint)")
    }

    /// `9:00`, `09:00`, `24:00` as minutes since midnight; nil for anything else.
    private static func minute(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        return hour * 60 + minute
    }
}

extension Weekday {
    private static let longNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The day of its English name, whole or its first three letters, in letters of any case; nil for any other text.
    fileprivate init?(word: String) {
        let word = word.lowercased()
        if let day = Weekday(shortName: word) {
            self = day
        } else {
            guard let index = Weekday.longNames.firstIndex(of: word) else { return nil }
            self.init(rawValue: index)
        }
    }
}
