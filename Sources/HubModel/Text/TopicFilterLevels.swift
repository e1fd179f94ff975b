/// A topic filter of MQTT, split once into its levels, and the topics that it covers (MQTT 5.0, section 4.7). The broker has its own tree for
/// many subscriptions; this is for the few filters that a part of the hub knows by itself.
public struct TopicFilterLevels: Hashable, Sendable {
    /// The levels, among them `+` for any one and `#`, as the last, for any number.
    public let levels: [String]
    /// The same, told apart once: a topic is compared with the names alone.
    @usableFromInline let matchers: [Matcher]

    @usableFromInline
    enum Matcher: Hashable, Sendable {
        case name(String)
        case any
        case rest
    }

    /// A filter; that of a shared subscription (`$share/{group}/{filter}`, section 4.8.2) without its beginning.
    public init(_ filter: String) {
        let levels = TopicFilterLevels.levels(of: filter)
        self.levels = levels.first == "$share" ? Array(levels.dropFirst(2)) : levels
        matchers = self.levels.map { $0 == "#" ? .rest : $0 == "+" ? .any : .name($0) }
    }

    /// Whether a topic is covered, given by its levels. `a/#` also covers `a` itself; a wildcard as the first level covers no topic that begins
    /// with `$` (section 4.7.2).
    @inlinable
    public func covers(_ topic: [String]) -> Bool {
        for index in matchers.indices {
            switch matchers[index] {
            case .name(let name): guard index < topic.count, name == topic[index] else { return false }
            case .any:
                guard index < topic.count, index > 0 || !TopicFilterLevels.isReserved(topic) else { return false }
            case .rest: return index > 0 || !TopicFilterLevels.isReserved(topic)
            }
        }
        return topic.count == matchers.count
    }

    /// The levels of a topic: what `covers` asks for.
    public static func levels(of topic: String) -> [String] {
        topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }

    @inlinable
    static func isReserved(_ topic: [String]) -> Bool { topic.first?.utf8.first == UInt8(ascii: "$") }
}
