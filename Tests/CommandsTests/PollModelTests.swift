import HubModel
import HubTesting
import SolutionKit
import Testing

/// A device that only polls, held against a model that is a list and a few rules, over long random stories.
@Suite struct PollModelTests {
    /// One command as the model has it.
    private struct Item {
        let id: String
        let expiresAt: Timestamp
        let timeout: Int64
        var state = CommandState.queued
        var answerDueAt: Timestamp?

        mutating func pass(to now: Timestamp) {
            let due: Timestamp? =
                switch state {
                case .queued: expiresAt
                case .sent: min(answerDueAt ?? expiresAt, expiresAt)
                case .delivered: answerDueAt
                default: nil
                }
            guard let due, due <= now else { return }
            let isUnanswered = answerDueAt.map { $0 <= due } ?? false
            state = state == .delivered || (state == .sent && isUnanswered) ? .timedOut : .expired
        }
    }

    private struct Model {
        var items: [Item] = []

        mutating func pass(to now: Timestamp) {
            for index in items.indices { items[index].pass(to: now) }
        }

        mutating func poll(_ after: String?, at now: Timestamp) -> [String] {
            pass(to: now)
            if let last = items.firstIndex(where: { $0.id == after }) {
                for index in 0...last where items[index].state == .sent { items[index].state = .delivered }
            }
            var room = 4 - items.count { $0.state == .sent }
            var given: [String] = []
            for index in items.indices {
                if items[index].state == .sent, after != nil { given.append(items[index].id) }
                guard items[index].state == .queued, room > 0 else { continue }
                room -= 1
                items[index].state = .sent
                items[index].answerDueAt = now.advanced(bySeconds: items[index].timeout)
                given.append(items[index].id)
            }
            return given
        }

        mutating func answer(_ id: String, _ state: CommandState, at now: Timestamp) {
            pass(to: now)
            guard let index = items.firstIndex(where: { $0.id == id }), items[index].state.mayBecome(state) else {
                return
            }
            items[index].state = state
        }
    }

    @Test(
        "polls, confirmations, answers, lost commits, restarts and time do to commands what the model says",
        arguments: 0..<12)
    func stories(_ number: UInt64) async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let yard = try await Yard()
        try yard.report("lamp", "l1", client: nil)
        let device = try #require(DeviceID("l1"))
        var model = Model()
        var story: [String] = []
        for _ in 0..<120 {
            let step = Int.random(in: 0..<12, using: &random)
            let known = model.items.randomElement(using: &random)?.id
            story.append("\(step) \(known ?? "")")
            switch step {
            case 0...2:
                let (ttl, timeout) = (
                    [5, 20, 100].randomElement(using: &random) ?? 5, Int64.random(in: 1...30, using: &random)
                )
                let id = try await yard.ask(
                    "l1", #"{"command":"blink","ttl_seconds":\#(ttl),"timeout_seconds":\#(timeout)}"#)
                let expiresAt = yard.house.clock.now().advanced(bySeconds: Int64(ttl))
                model.items.append(Item(id: id, expiresAt: expiresAt, timeout: timeout))
            case 3...6:
                let after = step == 3 ? nil : step == 4 ? "" : known ?? "none"
                let given = try await yard.poll("l1", after: after)
                #expect(given == model.poll(after, at: yard.house.clock.now()), "seed \(seed): \(story)")
            case 7:
                // A poll whose commit fails has given nothing.
                _ = try? yard.house.batch(
                    isBroken: true,
                    [{ _, line in _ = try line.commands.take(for: device, confirming: .upTo(known), in: &line) }])
            case 8:
                guard let known else { continue }
                let state = Bool.random(using: &random) ? CommandState.done : .failed
                try yard.house.hear("yard/lamp/l1/answer/\(known)", #"{"status":"\#(state.rawValue)"}"#, client: nil)
                model.answer(known, state, at: yard.house.clock.now())
            case 9:
                yard.house.restart()
                try yard.house.pass()
                model.pass(to: yard.house.clock.now())
            default:
                try yard.house.pass(seconds: Int64.random(in: 1...6, using: &random))
                model.pass(to: yard.house.clock.now())
            }
            for item in model.items.suffix(12) {
                #expect(try yard.state(item.id) == item.state.rawValue, "seed \(seed): \(story)")
            }
        }
    }
}
