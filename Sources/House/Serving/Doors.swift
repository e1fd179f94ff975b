internal import Foundation
internal import HubModel
internal import Logging
internal import Synchronization

/// A door of the hub: an address at which it listens.
enum Door: String, CaseIterable {
    case http, https, mqtt, mqtts

    /// Where it is to be, by the settings; nil: this hub has no such door.
    func address(_ configuration: Configuration) -> HostPort? {
        switch self {
        case .http: configuration.http
        case .https: configuration.https
        case .mqtt: configuration.mqtt
        case .mqtts: configuration.mqtts
        }
    }

    /// The doors of a hub with these settings.
    static func expected(_ configuration: Configuration) -> [Door] {
        allCases.filter { $0.address(configuration) != nil }
    }
}

/// The addresses at which the hub listens; complete when all doors are open.
///
/// The doors open in any order. Who needs to know asks for their present state, or waits for all of them; nobody is told
/// of a single door.
final class Doors: Sendable {
    private struct State {
        var open: [Door: HostPort] = [:]
        /// Whether it is settled that one of them will not open any more.
        var isGivenUp = false
        var waiting: [CheckedContinuation<[Door: HostPort]?, Never>] = []
    }

    private let ready: String
    private let expected: [Door]
    /// What a person is told once everything is open.
    private let greeting: @Sendable ([Door: HostPort]) -> String
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - ready: the file into which the addresses are written for other programs.
    ///   - expected: the doors that this hub has.
    ///   - greeting: what a person is told once all are open.
    init(
        ready: String, expected: [Door], greeting: @escaping @Sendable ([Door: HostPort]) -> String, logger: Logger
    ) {
        self.ready = ready
        self.expected = expected
        self.greeting = greeting
        self.logger = logger
    }

    /// Whether all doors are open.
    var areOpen: Bool { state.withLock { areOpen($0) } }

    /// Where the hub listens, by the name of the door.
    var listeners: [(name: String, address: String)] {
        let open = state.withLock { $0.open }
        return Door.allCases.compactMap { door in open[door].map { (door.rawValue, $0.description) } }
    }

    /// A door listens. With the last of them the hub is ready, and says so.
    func opened(_ door: Door, _ address: HostPort) {
        let complete: ([Door: HostPort], [CheckedContinuation<[Door: HostPort]?, Never>])? = state.withLock { state in
            guard !areOpen(state) else { return nil }
            state.open[door] = address
            guard areOpen(state) else { return nil }
            defer { state.waiting = [] }
            return (state.open, state.waiting)
        }
        guard let (open, waiting) = complete else { return }
        announce(open)
        for continuation in waiting { continuation.resume(returning: open) }
    }

    /// A door that is not open by now will not open: whoever waits for it must not keep the program from ending.
    func giveUp() {
        let waiting = state.withLock { state in
            state.isGivenUp = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    /// Where the hub listens; waits until all doors are open. Nil when that will never be: the program ends.
    func allOpen() async -> [Door: HostPort]? {
        await withCheckedContinuation { continuation in
            let answer: [Door: HostPort]?? = state.withLock { state in
                if areOpen(state) { return state.open }
                if state.isGivenUp { return .some(nil) }
                state.waiting.append(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func areOpen(_ state: State) -> Bool { expected.allSatisfy { state.open[$0] != nil } }

    /// Says once, for programs on standard output and in `ready.json`, for people on standard error, where the hub is.
    private func announce(_ open: [Door: HostPort]) {
        var json = JSONWriter()
        json.object { json in
            json.member("event", "ready")
            for door in expected {
                guard let address = open[door] else { continue }
                json.member(door.rawValue) { json in
                    switch door {
                    case .http: json.string("http://\(address)")
                    case .https: json.string("https://\(address)")
                    case .mqtt, .mqtts: json.string(address.description)
                    }
                }
            }
        }
        let line = Data(json.bytes + [UInt8(ascii: "\n")])
        do {
            try line.write(to: URL(fileURLWithPath: ready), options: .atomic)
        } catch {
            // The hub itself needs it not; whoever waits for the file would wait for ever, and nobody knew why.
            logger.error(
                "The addresses could not be written for other programs",
                metadata: ["file": .string(ready), "error": .string("\(error)")])
        }
        FileHandle.standardOutput.write(line)
        FileHandle.standardError.write(Data(greeting(open).utf8))
    }
}
