import Classrooms
import HubModel
import SolutionKit
import Testing

/// What is decided at a door, as values.
@Suite struct DoorModelTests {
    private let start = School.start
    private let room1: ClassroomID

    init() throws {
        room1 = try #require(ClassroomID("r1"))
    }

    private var room: Classroom {
        var room = Classroom(room1, site: .main, name: "Room 1", zone: "Europe/Berlin", createdAt: start)
        room.capacity = 30
        return room
    }

    private func at(_ minutes: Int64) -> Timestamp { start.advanced(bySeconds: minutes * 60) }

    private func item(
        _ from: Int64, _ to: Int64, _ presence: PresenceState = .awaited, requested: Bool = false, ended: Int64? = nil
    ) throws -> RoomWindow.Item {
        let wall = try #require(WallTime(iso8601: "2026-11-30T14:00"))
        var occurrence = BookingOccurrence(
            id: "b\(from).0", booking: "b\(from)", classroom: room1, recurrenceID: wall, begin: at(from), end: at(to),
            madeAt: at(-1_000))
        occurrence.presence = presence
        occurrence.endedAt = ended.map(at)
        return RoomWindow.Item(occurrence, holder: "anna", purpose: "Physics", isRequested: requested)
    }

    private func window(_ items: RoomWindow.Item...) -> RoomWindow { RoomWindow(items, end: at(3_000)) }

    /// The booking that is confirmed at a minute, `done`, or the sentence of the refusal.
    private func outcome(
        _ window: RoomWindow, at minute: Int64, start: Int64? = nil, released: RoomWindow.Item? = nil
    ) -> String {
        do throws(Refusal) {
            let decided = try DoorCheckIn(
                window, start: start.map(at), released: released?.occurrence, in: room, at: at(minute))
            switch decided {
            case .ready(let item): return item.occurrence.booking
            case .done: return "done"
            }
        } catch {
            #expect(error.code == .conflict)
            return error.detail
        }
    }

    @Test("a booking is confirmed from ten minutes before it begins until it ends, and not a moment else")
    func opens() throws {
        // 13:00 in UTC is 14:00 on the wall.
        let window = window(try item(60, 120))
        #expect(outcome(window, at: 49).contains("check in for that of 15:00 from 14:50 on"))
        #expect(outcome(window, at: 50) == "b60")
        #expect(outcome(window, at: 119) == "b60")
        #expect(outcome(window, at: 120) == "Room 1 is not booked: there is nothing to check in for.")
        #expect(outcome(self.window(), at: 0) == "Room 1 is not booked: there is nothing to check in for.")
        // One that is shorter than the ten minutes, too.
        #expect(outcome(self.window(try item(5, 10)), at: 0) == "b5")
    }

    @Test("a second tap is no second booking: which one is meant is said by its beginning")
    func meant() throws {
        let running = window(try item(0, 60), try item(60, 120))
        #expect(outcome(running, at: 55) == "b0" && outcome(running, at: 55, start: 60) == "b60")
        let confirmed = window(try item(0, 60, .confirmed), try item(60, 120))
        #expect(outcome(confirmed, at: 55, start: 0) == "done" && outcome(confirmed, at: 55) == "b60")
        #expect(outcome(confirmed, at: 30) == "done")
        #expect(outcome(confirmed, at: 30, start: 60).contains("check in for that of 15:00 from 14:50 on"))
    }

    @Test("what waits for approval is not confirmed, nor what was given away")
    func refused() throws {
        #expect(outcome(window(try item(0, 60, requested: true)), at: 5).contains("waits for approval"))
        let released = try item(0, 60, .released, ended: 15)
        #expect(
            outcome(window(released), at: 20, released: released)
                == "The booking from 14:00 was given away at 14:15, because nobody came: book the room anew.")
        let next = window(released, try item(25, 60))
        #expect(outcome(next, at: 20, released: released) == "b25")
    }

    @Test(
        "a booking at the door begins now, ends at full five minutes, and fits before the next one",
        arguments: [
            // now, taken, free until, buffer: begins, ends of 15 minutes, choices
            (0, false, nil, 0, 0, 15, [15, 30, 45, 60]), (4, false, nil, 0, 4, 20, [15, 30, 45, 60]),
            (4, false, 60, 0, 4, 20, [15, 30, 45]), (0, false, 60, 0, 0, 15, [15, 30, 45, 60]),
            (0, false, 60, 15, 0, 15, [15, 30, 45]), (0, false, 14, 0, 0, 15, []),
            (2, true, nil, 0, 5, 20, [15, 30, 45, 60]), (2, true, 5, 0, 5, 20, []), (5, true, 40, 0, 10, 25, [15, 30]),
        ] as [(Int64, Bool, Int64?, Int64, Int64, Int64, [Int64])])
    func walkUp(
        now: Int64, taken: Bool, freeUntil: Int64?, buffer: Int64, begins: Int64, ends: Int64, choices: [Int64]
    ) {
        var rules = DoorRules()
        rules.takesBookings = true
        var room = room
        room.bufferMinutes = buffer
        let begin = WalkUp.begin(at: at(now).advanced(bySeconds: 20), isTaken: taken)
        #expect(begin == at(begins) && WalkUp.end(15, from: begin) == at(ends))
        #expect(WalkUp(room, rules, from: begin, freeUntil: freeUntil.map(at)).minutes == choices)
        #expect(WalkUp(room, DoorRules(), from: begin, freeUntil: nil).minutes == [])
        room.needsApproval = true
        #expect(WalkUp(room, rules, from: begin, freeUntil: nil).minutes == [])
    }

    @Test("opening hours count at the door as well, by the room's clock")
    func closed() throws {
        var (room, rules) = (room, DoorRules())
        rules.takesBookings = true
        room.hours = try #require(OpeningHours([.monday: [480..<870]]))
        // Until 14:30 on the wall.
        #expect(WalkUp(room, rules, from: at(0), freeUntil: nil).minutes == [15, 30])
        #expect(WalkUp(room, rules, from: at(40), freeUntil: nil).minutes == [])
    }

    @Test("the board has today's bookings, a few of them, without what they are for unless people want that")
    func board() throws {
        var rules = DoorRules()
        // 14:00 on the wall; the last begins tomorrow.
        let all = try [0, 60, 120, 180, 240, 300, 360, 11 * 60].map { try item($0, $0 + 30) }
        func board(_ now: Timestamp) -> DoorBoard {
            let known = KnownRoom(room, state: ClassroomState(since: start), window: RoomWindow(all, end: at(3_000)))
            return DoorBoard(
                known, rules, walkUp: WalkUp(room, rules, from: now, freeUntil: nil), released: nil, at: now)
        }
        let now = board(at(0))
        #expect(now.slots.map(\.begin) == (0..<5).map { at($0 * 60) } && now.furtherSlots == 2)
        #expect(now.slots.allSatisfy { $0.purpose == nil } && now.freeUntil == nil && now.checkIn == at(0))
        // When the running one ends, the clock has struck what else there is to show.
        #expect(now.changesAt == at(30))
        #expect(board(at(30)).freeUntil == at(60) && board(at(30)).changesAt == at(50))
        let last = board(at(400))
        #expect(last.slots.isEmpty && last.freeUntil == at(660) && last.changesAt == at(600))
        // Toward midnight what comes soon is shown, whatever day it is of.
        #expect(board(at(500)).slots.map(\.begin) == [at(660)])
        rules.showsPurpose = true
        #expect(board(at(0)).slots.first?.purpose == "Physics")
    }

    @Test("so many taps a minute count at one door, and no door holds up another")
    func taps() throws {
        var taps = DoorTaps()
        for _ in 0..<DoorTaps.mostPerMinute { #expect(taps.take(room1, at: start) == nil) }
        #expect(taps.take(room1, at: start.advanced(bySeconds: 20)) == 40)
        #expect(taps.take(try #require(ClassroomID("r2")), at: start.advanced(bySeconds: 20)) == nil)
        #expect(taps.take(room1, at: start.advanced(bySeconds: 60)) == nil)
        // A clock that was set back holds nobody up.
        #expect(taps.take(room1, at: start.advanced(bySeconds: -7_200)) == nil)
    }
}
