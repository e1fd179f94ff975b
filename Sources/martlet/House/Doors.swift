internal import Foundation
internal import HubModel

/// The addresses at which the hub listens; complete when all doors are open.
actor Doors {
    private let ready: String
    private var http: HostPort?
    private var mqtt: HostPort?
    private var staysShut = false
    private var waiting: [CheckedContinuation<HostPort?, Never>] = []

    /// - Parameter ready: the file into which the addresses are written for other programs.
    init(ready: String) {
        self.ready = ready
    }

    /// Whether all doors are open.
    var areOpen: Bool { http != nil && mqtt != nil }

    /// Where the hub listens, by the name of the door.
    var listeners: [(name: String, address: String)] {
        [("http", http), ("mqtt", mqtt)].compactMap { name, address in address.map { (name, $0.description) } }
    }

    func opened(http address: HostPort) {
        http = address
        announce()
    }

    func opened(mqtt address: HostPort) {
        mqtt = address
        tellWaiting()
        announce()
    }

    /// The door for MQTT cannot be opened: whoever waits for it must not keep the program from ending.
    func mqttStaysShut() {
        staysShut = true
        tellWaiting()
    }

    /// Where devices connect; waits until that is so. Nil when it will never be: the program ends.
    func mqttAddress() async -> HostPort? {
        if mqtt != nil || staysShut { return mqtt }
        return await withCheckedContinuation { waiting.append($0) }
    }

    private func tellWaiting() {
        for continuation in waiting { continuation.resume(returning: mqtt) }
        waiting = []
    }

    /// Says once, for programs on standard output and in `ready.json`, for people on standard error, where the hub is.
    private func announce() {
        guard let http, let mqtt else { return }
        var json = JSONWriter()
        json.beginObject()
        json.key("event")
        json.string("ready")
        json.key("http")
        json.string("http://\(http)")
        json.key("mqtt")
        json.string(mqtt.description)
        json.endObject()
        let line = Data(json.bytes + [UInt8(ascii: "\n")])
        try? line.write(to: URL(fileURLWithPath: ready), options: .atomic)
        FileHandle.standardOutput.write(line)
        FileHandle.standardError.write(
            Data("Martlet is at http://\(http), MQTT at \(mqtt). Stop it with Ctrl-C.\n".utf8))
    }
}
