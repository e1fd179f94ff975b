public import HubModel
public import Registry
internal import SQL
public import SolutionKit

/// What one client may publish and subscribe over MQTT: topic filters as text. The door makes its own form of them, once a connection.
public struct TopicGrants: Hashable, Sendable {
    /// Where it may publish.
    public var publish: [String]
    /// What it may subscribe to: these and narrower ones.
    public var subscribe: [String]
    /// The state of rights (`TrustEpoch`) that was looked at before they were made.
    public var revision: Int64 = 0
    /// Which device of its name it is, if it is one (`DeviceRecord.generation`).
    public var generation: Int64?

    /// Grants.
    public init(publish: [String] = [], subscribe: [String] = []) {
        self.publish = publish
        self.subscribe = subscribe
    }

    /// Nothing.
    public static let none = TopicGrants()
}

/// What the solutions grant to devices of each kind, and how they spell devices' names.
public struct DeviceRights: Sendable {
    private struct Entry {
        let rights: TopicRights
        /// The rights' topics, with any device's name in them.
        let publish: [TopicFilterLevels]
        let subscribe: [TopicFilterLevels]
        let spellings: @Sendable (DeviceID) -> [String]
    }

    private static let placeholder = "{device_id}"
    /// Devices that one controller may speak for.
    public static let maximumControlled = 1_000

    private let entries: [DeviceKind: Entry]
    /// The kinds that some solution knows, in the order of their declaration.
    public let kinds: [DeviceKind]

    /// The rights that these solutions grant.
    public init(_ solutions: [any Solution]) {
        var entries: [DeviceKind: Entry] = [:]
        var kinds: [DeviceKind] = []
        for solution in solutions {
            let manifest = solution.manifest
            for kind in manifest.kinds.map(\.name) {
                kinds.append(kind)
                let granted = manifest.rights.filter { $0.kind == kind }
                let rights = TopicRights(
                    kind, publish: granted.flatMap(\.publish), subscribe: granted.flatMap(\.subscribe))
                entries[kind] = Entry(
                    rights: rights, publish: rights.publish.map(DeviceRights.anyDevice),
                    subscribe: rights.subscribe.map(DeviceRights.anyDevice),
                    spellings: { solution.spellings(of: $0) })
            }
        }
        self.entries = entries
        self.kinds = kinds
    }

    /// What a device may do, with the names of those that it is the controller of; each name stands in the patterns of its own kind.
    public func grants(
        of device: DeviceID, kind: DeviceKind, controlling others: [ControlledDevice] = []
    ) -> TopicGrants {
        var grants = TopicGrants()
        var seen: (publish: Set<String>, subscribe: Set<String>) = ([], [])
        for (id, kind) in [(device, kind)] + others.prefix(DeviceRights.maximumControlled).map({ ($0.id, $0.kind) }) {
            guard let entry = entries[kind] else { continue }
            let names = entry.spellings(id).filter(DeviceRights.isOneLevel)
            for filter in DeviceRights.filters(entry.rights.publish, names) where seen.publish.insert(filter).inserted {
                grants.publish.append(filter)
            }
            for filter in DeviceRights.filters(entry.rights.subscribe, names)
            where seen.subscribe.insert(filter).inserted {
                grants.subscribe.append(filter)
            }
        }
        return grants
    }

    /// The topics that are a device's alone, where it speaks and where it listens: the patterns of its kind that have its name in them.
    public func ownTopics(of device: DeviceID, kind: DeviceKind) -> [String] {
        guard let entry = entries[kind] else { return [] }
        let names = entry.spellings(device).filter(DeviceRights.isOneLevel)
        let patterns = (entry.rights.publish + entry.rights.subscribe).filter {
            $0.split(separator: "/").contains(Substring(DeviceRights.placeholder))
        }
        return DeviceRights.filters(patterns, names)
    }

    /// The name under which the hub knows a device that spells itself so: `valve_07` for `07`.
    public func canonical(_ spelling: DeviceID, kind: DeviceKind) -> DeviceID {
        entries[kind]?.spellings(spelling).first.flatMap { DeviceID($0) } ?? spelling
    }

    /// All names that the hub may know a device by that spells itself so, its own spelling first.
    public func candidates(_ spelling: DeviceID) -> [DeviceID] {
        var names = [spelling]
        for kind in kinds {
            let name = canonical(spelling, kind: kind)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// The device that spells itself so; nil when the hub knows none. A name as it is counts more than another spelling of one.
    /// - Throws: `SQLFailure`.
    func device(
        spelt spelling: DeviceID, _ registry: DeviceRegistry, in reader: some SQLReading
    ) throws -> DeviceRecord? {
        for candidate in candidates(spelling) {
            guard let device = try registry.device(candidate, in: reader),
                candidate == spelling || canonical(spelling, kind: device.kind) == candidate
            else { continue }
            return device
        }
        return nil
    }

    /// The kind of device that publishes to a topic, given by its levels; nil when there is none or more than one.
    public func kind(publishing topic: [String]) -> DeviceKind? {
        var found: DeviceKind?
        for kind in kinds {
            guard let filters = entries[kind]?.publish, filters.contains(where: { $0.covers(topic) }) else { continue }
            guard found == nil else { return nil }
            found = kind
        }
        return found
    }

    /// Whether devices may listen to a topic, given by its levels: who publishes there makes them do something.
    public func commands(_ topic: [String]) -> Bool {
        entries.values.contains { $0.subscribe.contains { $0.covers(topic) } }
    }

    private static func filters(_ patterns: [String], _ names: [String]) -> [String] {
        patterns.flatMap { pattern in
            let levels = pattern.split(separator: "/", omittingEmptySubsequences: false)
            guard levels.contains(Substring(placeholder)) else { return [pattern] }
            return names.map { name in
                levels.map { $0 == placeholder ? name : String($0) }.joined(separator: "/")
            }
        }
    }

    /// Whether a spelling can stand in a filter without meaning more than itself.
    private static func isOneLevel(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains { $0 == 0 || "/+#".utf8.contains($0) }
    }

    /// A pattern with any name in the place of `{device_id}`.
    private static func anyDevice(_ pattern: String) -> TopicFilterLevels {
        TopicFilterLevels(pattern.replacing(placeholder, with: "+"))
    }
}
