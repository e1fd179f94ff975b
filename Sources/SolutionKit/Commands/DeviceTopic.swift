internal import HubModel

/// A topic in which one level names a device: `valves/{id}/command`.
public struct DeviceTopic: Hashable, Sendable {
    /// What of a device topic a filter covers.
    public enum Coverage: Hashable, Sendable {
        /// The topics of all devices.
        case all
        /// That of one device, which is spelled so.
        case one(String)
    }

    private let levels: [String]
    private let place: Int

    /// A topic.
    /// - Parameter pattern: levels of which exactly one is `{id}`, without wildcards. Anything else is a mistake of the program.
    public init(_ pattern: String) {
        let levels = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let places = levels.indices.filter { levels[$0] == "{id}" }
        precondition(places.count == 1, "\(pattern) has to have exactly one level {id}")
        self.levels = levels
        place = places[0]
    }

    /// The topic of a device.
    /// - Parameter spelling: how the device is spelled there: one level, without wildcards.
    public func text(_ spelling: some CustomStringConvertible) -> String {
        var levels = levels
        levels[place] = spelling.description
        return levels.joined(separator: "/")
    }

    /// What a subscription's filter covers of it; nil when nothing. A filter may begin with `$share/{group}/` (MQTT 5.0, section 4.8.2).
    public func coverage(of filter: String) -> Coverage? {
        let given = TopicFilterLevels(filter).levels
        var spelling: String?
        var coverage: Coverage { spelling.map(Coverage.one) ?? .all }
        for (index, expected) in levels.enumerated() {
            guard index < given.count else { return nil }
            switch given[index] {
            case "#": return coverage
            case "+": break
            case let level where index == place: spelling = level
            case let level where level == expected: break
            default: return nil
            }
        }
        // `a/#` also covers `a` itself (section 4.7.1.2).
        guard given.count == levels.count || (given.count == levels.count + 1 && given[levels.count] == "#") else {
            return nil
        }
        return coverage
    }
}
