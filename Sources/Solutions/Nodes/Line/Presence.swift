internal import HubModel

/// Which clients of the broker are here, and which of them listen for commands to which nodes.
///
/// This is knowledge of the world, not of the tables: a batch that is rolled back does not change it.
struct Presence {
    private struct Client {
        /// Filters that name one node literally, with the spelling of its id.
        var literal: [String: String] = [:]
        /// Filters that cover all nodes.
        var wide: Set<String> = []
    }

    private var clients: [String: Client] = [:]
    /// By a node's short name: the clients with a literal filter for it.
    private var listeners: [String: Set<String>] = [:]

    mutating func connected(_ clientID: String) {
        clients[clientID] = Client()
    }

    /// Forgets a client.
    /// - Returns: the short names of the nodes that it listened for by name.
    mutating func disconnected(_ clientID: String) -> Set<String> {
        guard let client = clients.removeValue(forKey: clientID) else { return [] }
        let nodes = Set(client.literal.values.compactMap { NodeName($0)?.short })
        for node in nodes { remove(clientID, from: node) }
        return nodes
    }

    /// Notes a subscription.
    /// - Returns: what of commands it covers; nil when nothing.
    mutating func subscribed(_ clientID: String, to filter: String) -> CommandFilter? {
        guard let covered = CommandFilter(filter) else { return nil }
        switch covered {
        case .all: clients[clientID, default: Client()].wide.insert(filter)
        case .node(let spelling):
            guard let name = NodeName(spelling) else { return nil }
            clients[clientID, default: Client()].literal[filter] = spelling
            listeners[name.short, default: []].insert(clientID)
        }
        return covered
    }

    mutating func unsubscribed(_ clientID: String, from filter: String) {
        guard var client = clients[clientID] else { return }
        client.wide.remove(filter)
        let spelling = client.literal.removeValue(forKey: filter)
        clients[clientID] = client
        guard let spelling, let name = NodeName(spelling) else { return }
        if !client.literal.values.contains(where: name.isSpelled) { remove(clientID, from: name.short) }
    }

    /// How the id is spelled in the topic on which a node hears commands now; nil when nobody listens for it.
    ///
    /// The client that speaks for the node counts first, also with a filter for all nodes (a gateway); otherwise a client that
    /// names the node in its filter. Somebody who merely listens to everything is no node.
    func spelling(for node: Node) -> String? {
        if let clientID = node.clientID, let client = clients[clientID] {
            if !client.wide.isEmpty { return node.wireID }
            if let spelling = literal(of: client, for: node) { return spelling }
        }
        for clientID in (listeners[node.name.short] ?? []).sorted() {
            if let client = clients[clientID], let spelling = literal(of: client, for: node) { return spelling }
        }
        return nil
    }

    /// Whether a client is the node's own, whose acknowledgement means delivery.
    func isClient(_ clientID: String, of node: Node) -> Bool {
        node.clientID == clientID || listeners[node.name.short]?.contains(clientID) == true
    }

    /// The short names of the nodes for which a client listens by name.
    func nodes(of clientID: String) -> Set<String> {
        Set(clients[clientID]?.literal.values.compactMap { NodeName($0)?.short } ?? [])
    }

    private func literal(of client: Client, for node: Node) -> String? {
        let spellings = client.literal.values.filter(node.name.isSpelled)
        return spellings.contains(node.wireID) ? node.wireID : spellings.min()
    }

    private mutating func remove(_ clientID: String, from node: String) {
        listeners[node]?.remove(clientID)
        if listeners[node]?.isEmpty == true { listeners[node] = nil }
    }
}

/// What of `iot/node/{id}/command` a topic filter covers.
enum CommandFilter: Hashable {
    /// Every node.
    case all
    /// One node, by this spelling.
    case node(String)

    /// Reads a filter; nil when it covers no node's commands.
    init?(_ filter: String) {
        var levels = filter.split(separator: "/", omittingEmptySubsequences: false)
        // `$share/{group}/{filter}`, MQTT 5.0, section 4.8.2.
        if levels.first == "$share" { levels.removeFirst(min(2, levels.count)) }
        var spelling: Substring?
        for (index, expected) in [Substring("iot"), "node", "", "command"].enumerated() {
            guard index < levels.count else { return nil }
            switch levels[index] {
            case "#":
                self = spelling.map { .node(String($0)) } ?? .all
                return
            case "+": break
            case let level where index == 2: spelling = level
            case expected: break
            default: return nil
            }
        }
        // `a/#` also covers `a` itself (section 4.7.1.2).
        guard levels.count == 4 || (levels.count == 5 && levels[4] == "#") else { return nil }
        self = spelling.map { .node(String($0)) } ?? .all
    }
}
