import Classrooms
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Random bookings and waiting against a model that looks at everything each time.
@Suite struct WaitingModelTests {
    private struct Entry {
        let id: String
        let holder: String
        let time: Range<Int>
    }

    @Test("no two bookings overlap, and what becomes free goes to the first in line whom it fits", arguments: 0..<6)
    func model(seed: Int) async throws {
        let names = ["anna", "bert", "cleo", "dora"]
        let school = try await School(people: WaitingTests.people(names))
        var chance = SeededNumbers(seed)
        var (booked, line): ([Entry], [Entry]) = ([], [])
        var (served, refused, left) = (0, 0, 0)
        func text(_ slot: Int) -> String { School.start.advanced(bySeconds: Int64(3_600 + slot * 300)).description }
        func body(_ time: Range<Int>) -> String {
            JSONText(
                ("classroom_id", "r1"), ("start", text(time.lowerBound)), ("end", text(time.upperBound)),
                ("purpose", "x")
            ).text
        }
        func isFree(_ time: Range<Int>) -> Bool { !booked.contains { $0.time.overlaps(time) } }
        for round in 0..<200 {
            let holder = names[chance.below(names.count)]
            let first = chance.below(40)
            let time = first..<first + 1 + chance.below(12)
            switch chance.below(5) {
            case 0:
                let code = try await school.house.refusal(
                    .post, "/api/staff/bookings", body: body(time), as: school.staff(holder))
                #expect(code == (isFree(time) ? nil : .conflict), "round \(round)")
                guard code == nil else { continue }
                let id = try #require(try newest(school, booked))
                booked.append(Entry(id: id, holder: holder, time: time))
            case 1 where !booked.isEmpty:
                let gone = booked.remove(at: chance.below(booked.count))
                try await school.house.call(
                    .delete, "/api/staff/bookings/{id}", ["id": gone.id], as: school.staff(gone.holder))
                let before = line
                for entry in before where isFree(entry.time) {
                    booked.append(entry)
                    line.removeAll { $0.id == entry.id }
                    served += 1
                }
            case 2 where !line.isEmpty:
                let gone = line.remove(at: chance.below(line.count))
                try await school.house.call(
                    .delete, "/api/staff/waiting/{id}", ["id": gone.id], as: school.staff(gone.holder))
                left += 1
            default:
                let inOwn = booked.first { $0.time.overlaps(time) }.map {
                    $0.holder == holder && $0.time.lowerBound <= time.lowerBound
                        && $0.time.upperBound >= time.upperBound
                }
                let waits = line.contains { $0.holder == holder && $0.time.overlaps(time) }
                let mayJoin =
                    !isFree(time) && !waits && inOwn != true
                    && line.count(where: { $0.holder == holder }) < 20
                do {
                    let made = try await school.house.json(
                        .post, "/api/staff/waiting", body: body(time), as: school.staff(holder))
                    #expect(mayJoin, "round \(round)")
                    line.append(Entry(id: try #require(made["waiting_id"]?.text), holder: holder, time: time))
                } catch is Refusal {
                    #expect(!mayJoin, "round \(round)")
                    refused += 1
                }
            }
            try check(school, booked, line, round)
        }
        #expect(served > 3 && refused > 3 && left > 3, "\(served) \(refused) \(left)")
    }

    /// The booking that the model does not know yet.
    private func newest(_ school: School, _ booked: [Entry]) throws -> String? {
        let known = Set(booked.map(\.id))
        return try school.house.rows("SELECT id FROM classroom_booking WHERE status = 'confirmed'")
            .map { try $0.text(0) }.first { !known.contains($0) }
    }

    /// What the tables have is what the model has.
    private func check(_ school: School, _ booked: [Entry], _ line: [Entry], _ round: Int) throws {
        let begin = School.start.advanced(bySeconds: 3_600).wholeSeconds / 300
        let slots = try school.house.rows("SELECT slot, occurrence FROM classroom_slot").map {
            "\(try $0.integer(0) - begin) \(try $0.text(1).split(separator: ".")[0])"
        }
        let expected = booked.flatMap { entry in entry.time.map { "\($0) \(entry.id)" } }
        #expect(slots.count == expected.count && Set(slots) == Set(expected), "round \(round)")
        let waiting = try school.house.rows("SELECT id FROM classroom_waiting ORDER BY number").map { try $0.text(0) }
        #expect(waiting == line.map(\.id), "round \(round)")
    }
}
