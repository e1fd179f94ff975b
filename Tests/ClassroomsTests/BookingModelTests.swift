import Classrooms
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Random bookings against a model that keeps every minute of every room.
@Suite struct BookingModelTests {
    /// What the model knows of one booking.
    private struct Known {
        let id: String
        let room: String
        let holder: String
        var times: [Range<Int64>]
    }

    /// Around both changes of the clock in Berlin: 2026-10-25 and 2027-03-28.
    @Test(
        "two bookings never have the same time of a room, and what is free can be booked",
        arguments: ["2026-10-22T06:00:00Z", "2027-03-25T06:00:00Z"], 0..<4)
    func model(day: String, seed: Int) async throws {
        let start = try #require(Timestamp(iso8601: day))
        let school = try await School(at: start)
        for room in ["r1", "r2"] {
            try await school.house.call(
                .put, "/api/admin/classrooms/{id}", ["id": room], body: #"{"zone":"Europe/Berlin"}"#, as: school.admin)
        }
        var clock = try #require(LocalClock("Europe/Berlin"))
        var chance = SeededNumbers(seed)
        var known: [Known] = []
        var (booked, refused, cancelled) = (0, 0, 0)
        for round in 0..<250 {
            let holder = ["anna", "bert", "cleo"][chance.below(3)]
            let room = ["r1", "r2"][chance.below(2)]
            if chance.below(4) == 0, !known.isEmpty {
                let index = chance.below(known.count)
                let gone = known.remove(at: index)
                _ = try await school.house.json(
                    .delete, "/api/staff/bookings/{id}", ["id": gone.id], as: school.staff(gone.holder))
                cancelled += 1
                continue
            }
            let date = clock.date(at: start.advanced(bySeconds: 86_400))
                .advanced(byDays: chance.below(8))
            let wall = try #require(WallTime(date, second: chance.below(96) * 900))
            let minutes = 15 * (1 + chance.below(12))
            let (rule, stepDays, count) = [
                (nil, 0, 1), ("FREQ=DAILY;COUNT=5", 1, 5), ("FREQ=WEEKLY;COUNT=3", 7, 3),
                ("FREQ=DAILY;INTERVAL=2;COUNT=4", 2, 4),
            ][chance.below(4)]
            let begin = clock.instant(of: wall)
            // The wall time on which the clock is set forward is no time of the day: it is not wished for here.
            var times: [Range<Int64>] = []
            for number in 0..<count {
                let other = try #require(wall.on(wall.date.advanced(byDays: number * stepDays)))
                let from = clock.instant(of: other).wholeSeconds / 60
                times.append(from..<from + Int64(minutes))
            }
            let overlapsItself = zip(times, times.dropFirst()).contains { $0.upperBound > $1.lowerBound }
            let isFree = !known.contains { other in
                other.room == room && other.times.contains { time in times.contains { $0.overlaps(time) } }
            }
            let body = JSONText(
                ("classroom_id", room), ("start", wall.description),
                ("end", begin.advanced(bySeconds: Int64(minutes) * 60).description), ("purpose", "round \(round)"),
                ("rrule", rule)
            ).text
            do {
                let made = try await school.house.json(
                    .post, "/api/staff/bookings", body: body, as: school.staff(holder))
                #expect(isFree && !overlapsItself, "round \(round)")
                let id = try #require(made["booking_id"]?.text)
                known.append(Known(id: id, room: room, holder: holder, times: times))
                booked += 1
            } catch let refusal as Refusal {
                #expect(overlapsItself || !isFree, "round \(round): \(refusal.detail)")
                #expect(refusal.code == (overlapsItself ? .valueOutOfRange : .conflict), "round \(round)")
                refused += 1
            }
        }
        #expect(booked > 20 && refused > 20 && cancelled > 20)
        // What the tables have is what the model has.
        let slots = try school.house.rows("SELECT classroom, slot FROM classroom_slot")
        let expected = known.flatMap { booking in
            booking.times.flatMap { time in (time.lowerBound / 5..<time.upperBound / 5).map { "\(booking.room) \($0)" }
            }
        }
        #expect(try Set(slots.map { "\(try $0.text(0)) \(try $0.integer(1))" }) == Set(expected))
        #expect(slots.count == expected.count)
    }
}

/// A JSON object of texts; nil members are left out.
struct JSONText {
    let text: String

    init(_ members: (String, String?)...) {
        var writer = JSONWriter()
        writer.object { writer in
            for (name, value) in members where value != nil { writer.member(name, value) }
        }
        text = String(decoding: writer.bytes, as: UTF8.self)
    }
}
