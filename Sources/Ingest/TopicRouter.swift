internal import HubModel
internal import SolutionKit

/// Finds the solution that takes a topic, by the filters of the manifests.
struct TopicRouter: Sendable {
    private struct Entry {
        let filter: TopicFilterLevels
        let handler: Int
    }

    private let taken: [Entry]
    private let passed: [Entry]
    private let owned: [Entry]

    /// Handlers are numbered in the order of the manifests.
    init(_ manifests: [SolutionManifest]) {
        func entries(_ filters: (SolutionManifest) -> [String]) -> [Entry] {
            manifests.enumerated().flatMap { index, manifest in
                filters(manifest).map { Entry(filter: TopicFilterLevels($0), handler: index) }
            }
        }
        taken = entries(\.topics)
        passed = entries(\.passedTopics)
        owned = entries(\.ownedTopics)
    }

    /// The number of the handler that takes the topic; nil if none does.
    func handler(of topic: [String]) -> Int? {
        for entry in taken where entry.filter.covers(topic) { return entry.handler }
        return nil
    }

    /// Whether the topic lies in a solution's space without being one of those that anybody may use there.
    func isOwned(_ topic: [String]) -> Bool {
        owned.contains { $0.filter.covers(topic) }
            && !passed.contains { $0.filter.covers(topic) }
    }
}
