internal import SolutionKit

/// Finds the solution that takes a topic, by the filters of the manifests.
struct TopicRouter: Sendable {
    private struct Entry {
        let filter: [String]
        let handler: Int
    }

    private let taken: [Entry]
    private let passed: [Entry]
    private let owned: [Entry]

    /// Handlers are numbered in the order of the manifests.
    init(_ manifests: [SolutionManifest]) {
        func entries(_ filters: (SolutionManifest) -> [String]) -> [Entry] {
            manifests.enumerated().flatMap { index, manifest in
                filters(manifest).map { filter in
                    Entry(
                        filter: filter.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
                        handler: index)
                }
            }
        }
        taken = entries(\.topics)
        passed = entries(\.passedTopics)
        owned = entries(\.ownedTopics)
    }

    /// The number of the handler that takes the topic; nil if none does.
    func handler(of topic: [String]) -> Int? {
        for entry in taken where TopicRouter.matches(topic, entry.filter) { return entry.handler }
        return nil
    }

    /// Whether the topic lies in a solution's space without being one of those that anybody may use there.
    func isOwned(_ topic: [String]) -> Bool {
        owned.contains { TopicRouter.matches(topic, $0.filter) }
            && !passed.contains { TopicRouter.matches(topic, $0.filter) }
    }

    private static func matches(_ topic: [String], _ filter: [String]) -> Bool {
        for (index, level) in filter.enumerated() {
            if level == "#" { return true }
            guard index < topic.count, level == "+" || level == topic[index] else { return false }
        }
        return topic.count == filter.count
    }
}
