import Commands
import HubModel
import Testing

/// One command is one delivery: the state machine of who has it, held against the few rules that make it so.
@Suite struct CommandHolderTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 16 | state << 48
        }
    }

    private static let clients = ["a", "b"]
    private static let events: [CommandHolder.Event] =
        [.published, .passedOn(to: nil), .unreported, .given, .acknowledged, .restarted]
        + clients.flatMap {
            [
                .queued(in: $0), .passedOn(to: $0), .connected($0), .disconnected($0), .sessionEnded($0),
                .dropped(by: $0), .abandoned($0),
            ]
        }

    @Test("what a kept session owes is nobody else's until that session is over or gives it up")
    func random() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Random(state: seed)
        for _ in 0..<2_000 {
            var holder = CommandHolder.queue
            // What a session still owes, kept by hand.
            var owed: String?
            var history: [CommandHolder.Event] = []
            for _ in 0..<20 {
                guard let event = CommandHolderTests.events.randomElement(using: &random) else { break }
                let before = holder
                history.append(event)
                _ = holder.take(event)
                switch event {
                case .queued(let session) where before == .queue || before == .broker: owed = session
                case .sessionEnded(let session) where session == owed, .dropped(let session) where session == owed:
                    owed = nil
                case .abandoned(let session) where before == .session(of: session, isConnected: false): owed = nil
                case .acknowledged: owed = nil
                default: break
                }
                let text: Comment = "seed \(seed), \(history)"
                if let owed { #expect(holder.client == owed && holder != .queue, text) }
                // Only what lies in the queue can be published, and what was acknowledged never again.
                if holder == .broker, before != .broker { #expect(before == .queue && event == .published, text) }
                if before == .device { #expect(holder == .device, text) }
                // What was given in an answer is given by no other way.
                if before == .poll { #expect(holder == .poll || holder == .device && event == .acknowledged, text) }
                if holder == .poll, before != .poll { #expect(before == .queue && event == .given, text) }
                // Connections do not outlive the process.
                if event == .restarted, before != .poll {
                    #expect(holder.state != .sent, text)
                    if case .session(let session, _) = before {
                        #expect(holder == .session(of: session, isConnected: false), text)
                    }
                }
            }
        }
    }

    @Test("a client that refuses a command is not asked again on the same connection") func refused() {
        var holder = CommandHolder.session(of: "a", isConnected: true)
        let isDropped = holder.take(.dropped(by: "a"))
        #expect(isDropped && holder == .connection(of: "a"))
        let isLost = holder.take(.disconnected("a"))
        #expect(isLost && holder == .queue)
    }
}
