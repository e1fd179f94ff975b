public import HubModel
public import SolutionKit

/// One tank: its level follows from what is drawn and from its valve.
public struct SimulatedTank: SimulatedDevice {
    /// It counts nothing beside messages.
    public typealias Count = Never

    /// When it reports next.
    public private(set) var nextDue: Timestamp
    private let name: String
    private let interval: Int64
    private var chance: SimulatedChance
    private var permille: Double
    private var isOpen = false
    /// What it asks over HTTP; nil: it comes over MQTT.
    private var valve: ValveQuestions?

    /// Thousandths a second that people draw on average, and that an open valve lets in: a tank is empty after minutes, so that a demonstration
    /// has something to show.
    private static let (drawn, filled) = (1.5, 8.0)

    init(_ name: String, _ chance: SimulatedChance, interval: Int64, at now: Timestamp, asks: Bool) {
        self.name = name
        self.interval = interval
        self.chance = chance
        valve = asks ? ValveQuestions(name) : nil
        nextDue = now
        permille = 300 + 600 * self.chance.fraction()
    }

    /// What it publishes, or asks.
    public mutating func take(_ event: SimulatedEvent, at now: Timestamp) -> [SimulatedAction<Never>] {
        switch event {
        case .message(let message):
            turn(String(decoding: message.payload, as: UTF8.self))
            return []
        case .answered(let answer):
            if let word = valve?.heard(answer) { turn(word) }
            return []
        case .settled: return []
        case .due:
            // A hub that was away: go on from now instead of making up for every report that was missed.
            if now.microseconds(since: nextDue) > interval { nextDue = now }
            nextDue = nextDue.advanced(byMicroseconds: interval)
            let seconds = Double(interval) / 1e6
            let drawn = chance.exponential(mean: SimulatedTank.drawn)
            permille += seconds * ((isOpen ? SimulatedTank.filled : 0) - drawn)
            permille = min(1_000, max(0, permille))
            let level = (permille.rounded() / 10)
            let report = Array(#"{"level":\#(level)}"#.utf8)
            return valve?.ask(reporting: report).map { .request($0) } ?? [
                .publish(SimulatedMessage(topic: "tanks/\(name)/level", payload: report))
            ]
        }
    }

    private mutating func turn(_ word: String) {
        if word == "open" { isOpen = true }
        if word == "close" { isOpen = false }
    }
}

/// What a tank that comes over HTTP asks, one thing after the other: it reports its level, and then asks what its valve is to do. The answer waits
/// for a command, but not as long as until the next report.
struct ValveQuestions: Sendable {
    private let name: String
    /// Which of its questions have no answer yet, the oldest first.
    private var asked: [Question] = []
    /// The newest command that it has obeyed; the next question confirms it.
    private var obeyed = ""

    private enum Question {
        case level, valve
    }

    /// In seconds.
    private static let longestWait = 1
    /// The largest answer that it reads, in bytes.
    private static let maximumBytes = 1_024

    init(_ name: String) { self.name = name }

    mutating func ask(reporting level: [UInt8]) -> [SimulatedRequest] {
        asked += [.level, .valve]
        return [
            SimulatedRequest(.post, "/api/tanks/\(name)/level", contentType: "application/json", body: level),
            SimulatedRequest(.get, "/api/tanks/\(name)/valve?wait=\(ValveQuestions.longestWait)&after=\(obeyed)"),
        ]
    }

    /// - Returns: what the valve is to do; nil: nothing new.
    mutating func heard(_ answer: SimulatedAnswer) -> String? {
        guard !asked.isEmpty, asked.removeFirst() == .valve, case .reply(200, let body) = answer,
            body.count <= ValveQuestions.maximumBytes, let members = try? JSONMembers(body),
            let word = try? members.text("valve", maximumBytes: 16),
            let command = try? members.text("command_id", maximumBytes: 64),
            command.utf8.allSatisfy(ValveQuestions.isUnreserved)
        else { return nil }
        obeyed = command
        return word
    }

    /// Whether it goes into an address as it is (RFC 3986, section 2.3).
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
