import Classrooms
import DeviceLogic
import HubModel
import Testing

/// The program of a room's device as a value: what it does by what the hub said, promised, and did not say.
@Suite struct SimulationBoardTests {
    private static let second: Int64 = 1_796_043_600
    private static let off = RoomReply(isBooked: false, isPowerWanted: false)

    private func promise(_ policy: String = "", bookings: String = "") throws -> RoomPromise {
        let now = SimulationBoardTests.second
        return try RoomPromise(
            Array(
                #"{"now":\#(now),"from":\#(now),"until":\#(now + 172_800),"bookings":[\#(bookings)],"policy":{"automatic":true\#(policy)}}"#
                    .utf8))
    }

    private func booking(_ from: Int64, _ to: Int64) -> String {
        #"{"start":\#(SimulationBoardTests.second + from),"end":\#(SimulationBoardTests.second + to)}"#
    }

    /// What the relay does until a second, without a hub, and when.
    private func run(_ board: inout RoomBoard, from: Int64, to: Int64) -> [String] {
        var done: [String] = []
        var now = from * 1_000
        while now <= to * 1_000 {
            for switched in board.act(at: now, wall: Timestamp(seconds: SimulationBoardTests.second + now / 1_000)) {
                done.append("\(now / 1_000) \(switched.isOn ? "on" : "off") \(switched.reason)")
            }
            now = board.deadline(after: now)
        }
        return done
    }

    /// A board that has heard a promise and is dark.
    private func dark(_ promise: RoomPromise?) -> RoomBoard {
        var board = RoomBoard(boot: 1, at: 0)
        if let promise { board.take(promise, second: SimulationBoardTests.second, at: 0) { $0 } }
        _ = board.take(SimulationBoardTests.off, at: 0)
        _ = run(&board, from: 0, to: 181)
        #expect(!board.control.isPowerOn)
        return board
    }

    @Test("A promise is read: times of the policy, and bookings with the time before them")
    func reading() throws {
        let promise = try promise(
            #","idle_after_seconds":30,"report_after_seconds":90,"off_after_seconds":60,"hold_seconds":120,"pre_power_minutes":10,"fail_safe":"hold","watts":5"#,
            bookings: booking(3_600, 7_200))
        #expect(promise.settings.idleAfter == 30_000 && promise.settings.idleReportedAfter == 90_000)
        #expect(promise.settings.powerOffDelay == 60_000 && promise.settings.holdAfter == 120_000)
        #expect(promise.settings.failSafe == .hold && promise.isAutomatic)
        let second = SimulationBoardTests.second
        #expect(promise.bookings == [.init(start: second + 3_000, end: second + 7_200)])
        let lease = promise.lease { $0 }
        #expect(lease.isBooked(at: second + 2_999) == false && lease.isBooked(at: second + 3_000) == true)
    }

    @Test(
        "What is no promise and no reply is refused",
        arguments: [
            "", "{}", "[]", #"{"now":1,"from":1,"until":2,"bookings":[]}"#,
            #"{"now":1,"from":1,"until":2,"bookings":{},"policy":{}}"#,
            #"{"now":1,"from":1,"until":2,"bookings":[{"start":1}],"policy":{}}"#,
            #"{"now":1,"from":1,"until":2,"bookings":[],"policy":{"off_after_seconds":-1}}"#,
        ])
    func bad(text: String) {
        #expect(throws: Refusal.self) { try RoomPromise(Array(text.utf8)) }
        #expect(throws: Refusal.self) { try RoomTold.reply(Array(text.utf8)) }
    }

    @Test("Without the hub a room that was promised a booking has power for it, and is dark before and after")
    func lease() throws {
        var board = dark(try promise(#","pre_power_minutes":15"#, bookings: booking(7_200, 10_800)))
        #expect(run(&board, from: 182, to: 20_000) == ["6300 on booked", "10980 off idle"])
    }

    @Test("Without the hub somebody who moves has power, and the room is held as long as the policy holds it")
    func movement() throws {
        var board = dark(try promise(#","hold_seconds":300"#))
        _ = run(&board, from: 182, to: 1_000)
        board.movement(at: 1_000_000)
        #expect(run(&board, from: 1_000, to: 5_000) == ["1000 on movement", "1600 off idle"])
    }

    @Test(
        "Without hub and promise a room has power after five minutes, or stays as its policy says")
    func failSafe() throws {
        var board = dark(nil)
        #expect(run(&board, from: 182, to: 5_000) == ["300 on failSafe"])
        // Over and done: the promise is for two days.
        board = dark(try promise())
        #expect(run(&board, from: 182, to: 200_000) == ["172800 on failSafe"])
        board = dark(try promise(#","fail_safe":"hold""#))
        #expect(run(&board, from: 182, to: 200_000) == [])
    }

    @Test("A room whose power nobody automates stays as it is without the hub, whoever moves, whatever is booked")
    func notAutomatic() throws {
        let now = SimulationBoardTests.second
        let promise = try RoomPromise(
            Array(
                #"{"now":\#(now),"from":\#(now),"until":\#(now + 172_800),"bookings":[\#(booking(1_000, 2_000))],"policy":{"automatic":false,"fail_safe":"on"}}"#
                    .utf8))
        var board = dark(promise)
        board.movement(at: 182_000)
        #expect(run(&board, from: 182, to: 200_000) == [])
    }

    @Test("A reply that contradicts the promise makes it ask again; one that agrees does not")
    func contradiction() throws {
        var board = RoomBoard(boot: 1, at: 0)
        board.take(try promise(bookings: booking(0, 600)), second: SimulationBoardTests.second, at: 0) { $0 }
        let asks = [
            board.take(SimulationBoardTests.off, at: 10_000),
            board.take(RoomReply(isBooked: true, isPowerWanted: true), at: 20_000),
            board.take(SimulationBoardTests.off, at: 700_000),
        ]
        #expect(asks == [true, false, false])
    }

    @Test("What was not stored is told again under the same number, the oldest first, and of too much the oldest go")
    func outbox() throws {
        var board = RoomBoard(boot: 1, at: 0)
        _ = run(&board, from: 0, to: 300)
        func numbers(_ board: inout RoomBoard) -> [UInt32] {
            var numbers: [UInt32] = []
            while let told = board.next() { if case .status(_, let number) = told.content { numbers.append(number) } }
            return numbers
        }
        var told = numbers(&board)
        #expect(told == [0, 1, 2] && !board.hasMore)
        board.notTold()
        #expect(board.hasMore)
        told = numbers(&board)
        #expect(told == [0, 1, 2])
        board.told()
        board.notTold()
        #expect(!board.hasMore)
        _ = run(&board, from: 301, to: 301 + 120 * 400)
        let kept = numbers(&board)
        #expect(kept.count == RoomBoard.memory && kept.last == 402)
    }
}
