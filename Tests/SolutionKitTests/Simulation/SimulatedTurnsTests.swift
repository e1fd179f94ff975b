import HubModel
import HubTesting
import SolutionKit
import Testing

/// A simulated device over HTTP takes turns with its answers: no socket, no clock.
@Suite struct SimulatedTurnsTests {
    private let start = Timestamp(seconds: 1_000)

    /// Does what it is told, and keeps what it has heard.
    private struct Told: SimulatedDevice {
        var nextDue: Timestamp
        var whenDue: [SimulatedAction<String>] = []
        var whenAnswered: [SimulatedAction<String>] = []
        var interval: Int64 = 10_000_000

        mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<String>] {
            switch event {
            case .due:
                nextDue = nextDue.advanced(byMicroseconds: interval)
                return [.count("due")] + whenDue
            case .answered(let answer): return [.count("\(answer)")] + whenAnswered
            case .settled(let isStored): return [.count("settled \(isStored)")]
            case .message: return []
            }
        }
    }

    private func request(_ number: Int) -> SimulatedRequest { SimulatedRequest(.get, "/\(number)") }

    private func answer(_ status: Int) -> SimulatedAnswer { .reply(status: status, body: []) }

    /// What is done until the device sends a request or waits, and that step.
    private func until(
        _ turns: inout SimulatedTurns<Told>, at now: Timestamp, isStored: Bool = true
    ) -> ([SimulatedAction<String>], SimulatedTurns<Told>.Step) {
        var done: [SimulatedAction<String>] = []
        while true {
            let step = turns.next(at: now)
            guard case .act(let actions, dropped: _) = step else { return (done, step) }
            done += actions
            turns.acted(isStored: isStored)
        }
    }

    @Test("requests go one after the other, each answer comes before the next, and then all of them are settled")
    func order() {
        var turns = SimulatedTurns(Told(nextDue: start, whenDue: [.request(request(1)), .request(request(2))]))
        var (done, step) = until(&turns, at: start)
        #expect(done == [.count("due")] && step == .ask(request(1)))
        // Asked again, it says the same: the request is on its way.
        #expect(turns.next(at: start.advanced(bySeconds: 60)) == .ask(request(1)))
        turns.answered(answer(200), at: start)
        (done, step) = until(&turns, at: start)
        #expect(done == [.count("\(answer(200))")] && step == .ask(request(2)))
        turns.answered(answer(204), at: start)
        (done, step) = until(&turns, at: start)
        #expect(done == [.count("\(answer(204))"), .count("settled true")])
        #expect(step == .wait(until: start.advanced(bySeconds: 10)))
        // Nobody asked for this.
        turns.answered(answer(500), at: start)
        #expect(until(&turns, at: start).0.isEmpty)
    }

    @Test(
        "what was due is stored when every request is answered with 200 to 299 and all messages are acknowledged",
        arguments: [
            ([200, 299], true, true), ([200, 300], true, false), ([404, 200], true, false), ([200, 200], false, false),
            ([200, nil], true, false),
        ] as [([Int?], Bool, Bool)])
    func settled(statuses: [Int?], isPublished: Bool, isStored: Bool) {
        var turns = SimulatedTurns(Told(nextDue: start, whenDue: [.request(request(1)), .request(request(2))]))
        var done: [SimulatedAction<String>] = []
        for status in statuses {
            done += until(&turns, at: start, isStored: isPublished).0
            turns.answered(status.map { answer($0) } ?? .noReply(.hubAway), at: start)
        }
        done += until(&turns, at: start).0
        #expect(done.last == .count("settled \(isStored)"))
    }

    @Test("a device that asks again with each answer reports all the same, and its own questions are settled with none")
    func perpetual() {
        var turns = SimulatedTurns(
            Told(nextDue: start, whenDue: [.request(request(1))], whenAnswered: [.request(request(7))]))
        #expect(until(&turns, at: start).1 == .ask(request(1)))
        turns.answered(answer(200), at: start)
        // Settled before its further question is answered, for which it waits long.
        let (done, step) = until(&turns, at: start)
        #expect(done.last == .count("settled true") && step == .ask(request(7)))
        let later = start.advanced(bySeconds: 10)
        turns.answered(.noReply(.timeOver), at: later)
        // The report waits behind the question that came first.
        #expect(until(&turns, at: later).1 == .ask(request(7)))
        turns.answered(.noReply(.timeOver), at: later)
        #expect(until(&turns, at: later).1 == .ask(request(1)))
        turns.answered(answer(200), at: later)
        #expect(until(&turns, at: later).0.last == .count("settled true"))
    }

    @Test("no more than 64 requests wait: the others are dropped, and what was due is not stored")
    func bound() {
        let many = (0..<70).map { SimulatedAction<String>.request(request($0)) }
        var turns = SimulatedTurns(Told(nextDue: start, whenDue: many))
        #expect(turns.next(at: start) == .act([.count("due")], dropped: 6))
        turns.acted(isStored: true)
        for number in 0..<64 {
            #expect(until(&turns, at: start).1 == .ask(request(number)))
            turns.answered(answer(200), at: start)
        }
        let (done, step) = until(&turns, at: start)
        #expect(done.last == .count("settled false") && step == .wait(until: start.advanced(bySeconds: 10)))
    }

    /// Asks what chance says, in the order of the numbers.
    private struct Fickle: SimulatedDevice {
        var nextDue: Timestamp
        var chance: SimulatedChance
        var number = 0

        mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<String>] {
            switch event {
            case .due:
                nextDue = nextDue.advanced(byMicroseconds: Int64(1 + chance.next() % 3))
                let count = Int(chance.next() % 4)
                let bounds: [SimulatedAction<String>] =
                    count == 0 ? [] : [.count("first", by: number + 1), .count("last", by: number + count)]
                return [.count("asks")] + bounds + (0..<count).map { _ in ask() }
            case .answered: return chance.happens(0.25) ? [ask()] : []
            case .settled(let isStored): return [.count(isStored ? "stored" : "lost")]
            case .message: return []
            }
        }

        private mutating func ask() -> SimulatedAction<String> {
            number += 1
            return .request(SimulatedRequest(.get, "/\(number)"))
        }
    }

    @Test(
        "whatever is asked and answered: all goes in order, and each due is settled once, when its requests are over",
        arguments: 0..<50)
    func property(seed: UInt64) throws {
        var random = SeededRandom(seed)
        var turns = SimulatedTurns(Fickle(nextDue: start, chance: SimulatedChance(seed: seed, stream: 1)))
        var now = start
        // The requests of the present due; what comes of answers is of no due.
        var own: ClosedRange<Int>?
        var (isOpen, isStored, answered) = (false, true, 0)
        for _ in 0..<2_000 {
            switch turns.next(at: now) {
            case .act(let actions, let dropped):
                #expect(dropped == 0)
                for case .count(let word, let number) in actions {
                    switch word {
                    case "asks":
                        try #require(!isOpen)
                        (isOpen, isStored, own) = (true, true, nil)
                    case "first": own = number...number
                    case "last": own = own.map { $0.lowerBound...number }
                    default:
                        try #require(isOpen)
                        #expect(word == (isStored ? "stored" : "lost"))
                        #expect(answered >= own?.upperBound ?? 0)
                        isOpen = false
                    }
                }
                turns.acted(isStored: true)
            case .ask(let request):
                answered += 1
                #expect(request.path == "/\(answered)")
                let isAnswered = Bool.random(using: &random)
                if !isAnswered, own?.contains(answered) == true { isStored = false }
                turns.answered(isAnswered ? answer(200) : .noReply(.hubAway), at: now)
            case .wait(let instant):
                #expect(!isOpen && instant > now)
                now = instant
            }
        }
        #expect(answered > 300)
    }
}
