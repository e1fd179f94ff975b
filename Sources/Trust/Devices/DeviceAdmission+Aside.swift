public import HubModel
public import Registry
internal import SQL
public import SolutionKit
internal import Synchronization

extension DeviceAdmission {
    /// Keeps a message of a waiting device, inside the line.
    /// - Parameter levels: the topic's levels.
    /// - Throws: `Refusal` with `limit_reached` or `device_pending`; `SQLFailure`.
    public func keep(
        _ message: AsideMessage, of device: DeviceID, levels: [String], in line: inout LineContext
    ) throws {
        try join.keep(message, of: device, kind: rights.kind(publishing: levels), in: line.transaction())
    }

    /// Keeps a report of a waiting device that came over HTTP.
    /// - Parameter levels: the levels of the topic on which it might as well have been published.
    /// - Throws: `Refusal` with `limit_reached`, `device_pending` when the device was approved meanwhile, `bad_credentials`; what the
    ///   database throws.
    func setAside(
        _ report: [UInt8], topic levels: [String], of name: DeviceID, key: String, address: String?,
        receivedAt: Timestamp
    ) async throws {
        guard case .pending(let device) = try await find(name, secret: Array(key.utf8), clientID: nil, address: address)
        else { throw Refusal(.devicePending, "The device was approved this moment: send it again.") }
        let message = AsideMessage(
            topic: levels.joined(separator: "/"), payload: report, isRetained: false, isWill: false,
            receivedAt: receivedAt,
            clientID: nil, address: address)
        do {
            try await line.perform { [self] line in try keep(message, of: device, levels: levels, in: &line) }
            noteSetAside()
        } catch let refusal as Refusal {
            noteDropped(of: device)
            throw refusal
        }
    }

    /// Messages of devices that do not wait any more, in the order in which they came.
    /// - Throws: what the database throws.
    public func released(limit: Int) async throws -> [(id: Int64, device: DeviceID, message: AsideMessage)] {
        let join = join
        return try await database.read { try join.released(limit: limit, in: $0) }
    }

    /// What an active device may do; nil: there is no such device, or it is disabled.
    /// - Throws: what the database throws.
    public func grants(ofActive device: DeviceID) async throws -> TopicGrants? {
        let registry = registry
        let known = try await database.read { try registry.device(device, in: $0) }
        guard let known, known.state == .active else { return nil }
        return try await grants(of: known)
    }

    /// The table of what is kept aside.
    public var joinRegistry: JoinRegistry { join }

    /// Counts a message that was kept.
    public func noteSetAside() {
        state.withLock { $0.figures.setAside += 1 }
    }

    /// Counts a message of a waiting device that was not kept, or one of an approved device that was not taken in.
    public func noteDropped(of device: DeviceID) {
        state.withLock { state in
            state.figures.dropped += 1
            guard state.dropped[device] != nil || state.dropped.count < Int(join.limits.devices) else { return }
            state.dropped[device, default: 0] += 1
        }
    }

    /// Figures of what came to the doors.
    public func metrics() -> [MetricFamily] {
        let (figures, pending) = state.withLock { ($0.figures, $0.pending.count) }
        let counters: [(String, String, Int64)] = [
            ("martlet_devices_unknown_refused_total", "Unknown devices that were turned away.", figures.unknownRefused),
            (
                "martlet_devices_wrong_keys_total", "Wrong keys, passwords and certificates of devices.",
                figures.wrongKeys
            ),
            (
                "martlet_devices_throttled_total", "Passwords not looked at after too many wrong ones.",
                figures.throttled
            ),
            (
                "martlet_devices_passwords_overload_total",
                "Passwords not looked at because too many waited to be.", figures.overloaded
            ),
            (
                "martlet_devices_pending_admitted_total", "Connections and requests of waiting devices.",
                figures.pendingAdmitted
            ),
            (
                "martlet_devices_keyless_admitted_total",
                "Connections of devices that showed nothing, by their network.",
                figures.keylessAdmitted
            ),
            ("martlet_devices_set_aside_total", "Messages kept of waiting devices.", figures.setAside),
            (
                "martlet_devices_dropped_total", "Messages of waiting or approved devices not kept or not taken in.",
                figures.dropped
            ),
        ]
        return counters.map { MetricFamily($0.0, .counter, help: $0.1, value: Double($0.2)) } + [
            MetricFamily(
                "martlet_devices_pending", .gauge, help: "Waiting devices that were here since the start.",
                value: Double(pending))
        ]
    }
}
