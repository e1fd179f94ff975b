internal import Foundation
internal import HubModel
internal import Logging

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
actor Doors {
    private let ready: String
    private let expected: [Door]
    /// What a person is told once everything is open.
    private let greeting: @Sendable ([Door: HostPort]) -> String
    private let logger: Logger
    private var open: [Door: HostPort] = [:]
    private var staysShut = false
    private var waiting: [CheckedContinuation<HostPort?, Never>] = []

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
    var areOpen: Bool { expected.allSatisfy { open[$0] != nil } }

    /// Where the hub listens, by the name of the door.
    var listeners: [(name: String, address: String)] {
        Door.allCases.compactMap { door in open[door].map { (door.rawValue, $0.description) } }
    }

    func opened(_ door: Door, _ address: HostPort) {
        open[door] = address
        if door == .mqtt { tellWaiting() }
        if areOpen { announce() }
    }

    /// The door for MQTT cannot be opened: whoever waits for it must not keep the program from ending.
    func mqttStaysShut() {
        staysShut = true
        tellWaiting()
    }

    /// Where devices connect; waits until that is so. Nil when it will never be: the program ends.
    func mqttAddress() async -> HostPort? {
        if open[.mqtt] != nil || staysShut { return open[.mqtt] }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func tellWaiting() {
        for continuation in waiting { continuation.resume(returning: open[.mqtt]) }
        waiting = []
    }

    /// Says once, for programs on standard output and in `ready.json`, for people on standard error, where the hub is.
    private func announce() {
        var json = JSONWriter()
        json.beginObject()
        json.key("event")
        json.string("ready")
        for door in expected {
            guard let address = open[door] else { continue }
            json.key(door.rawValue)
            switch door {
            case .http: json.string("http://\(address)")
            case .https: json.string("https://\(address)")
            case .mqtt, .mqtts: json.string(address.description)
            }
        }
        json.endObject()
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
