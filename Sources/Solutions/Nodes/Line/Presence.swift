internal import HubModel
internal import SolutionKit

/// Which clients of the broker are here, and for what of commands each listens.
///
/// This is knowledge of the world, not of the tables: a batch that is rolled back does not change it. It says nothing of whose a client
/// is: a filter is no identity.
struct Presence {
    /// What each client's filters cover of commands, by filter.
    private var clients: [String: [String: CommandFilter]] = [:]
    /// By a node's short name: the clients with a filter that names it.
    private var naming: [String: Set<String>] = [:]
    /// By device: its clients.
    private var byDevice: [DeviceID: Set<String>] = [:]

    mutating func connected(_ clientID: String) {
        disconnected(clientID)
        clients[clientID] = [:]
        if case .device(let device) = ClientName.owner(of: clientID) { byDevice[device, default: []].insert(clientID) }
    }

    mutating func disconnected(_ clientID: String) {
        guard let filters = clients.removeValue(forKey: clientID) else { return }
        for filter in filters.values { forget(clientID, filter) }
        guard case .device(let device) = ClientName.owner(of: clientID) else { return }
        byDevice[device]?.remove(clientID)
        if byDevice[device]?.isEmpty == true { byDevice[device] = nil }
    }

    /// Whether a client has a connection.
    func isConnected(_ clientID: String) -> Bool { clients[clientID] != nil }

    /// Notes a subscription.
    /// - Returns: what of commands it covers; nil when nothing.
    mutating func subscribed(_ clientID: String, to filter: String) -> CommandFilter? {
        guard let covered = CommandFilter(filter) else { return nil }
        if clients[clientID] == nil { connected(clientID) }
        clients[clientID]?[filter] = covered
        if case .node(let spelling) = covered, let name = NodeName(spelling) {
            naming[name.short, default: []].insert(clientID)
        }
        return covered
    }

    mutating func unsubscribed(_ clientID: String, from filter: String) {
        guard let covered = clients[clientID]?.removeValue(forKey: filter) else { return }
        forget(clientID, covered)
    }

    /// The clients that may be a node's own and are here, in a fixed order: that which last spoke for it first. Whether they are, is for
    /// others to say.
    func candidates(for node: Node, controller: DeviceID?) -> [String] {
        var found = naming[node.name.short] ?? []
        for device in [node.name.device, controller] {
            if let device, let clients = byDevice[device] { found.formUnion(clients) }
        }
        guard let speaker = node.clientID, clients[speaker] != nil else { return found.sorted() }
        found.remove(speaker)
        return [speaker] + found.sorted()
    }

    /// Whether a client is here with a filter that names the node.
    func names(_ node: Node, _ clientID: String) -> Bool { naming[node.name.short]?.contains(clientID) == true }

    /// How the id is spelled in the topic on which a client hears a node's commands; nil when it does not listen for it.
    func spelling(for node: Node, of clientID: String) -> String? {
        guard let filters = clients[clientID]?.values else { return nil }
        if filters.contains(.all) { return node.wireID }
        let spellings = filters.compactMap { filter in
            if case .node(let spelling) = filter, node.name.isSpelled(spelling) { spelling } else { nil }
        }
        return spellings.contains(node.wireID) ? node.wireID : spellings.min()
    }

    private mutating func forget(_ clientID: String, _ filter: CommandFilter) {
        guard case .node(let spelling) = filter, let name = NodeName(spelling) else { return }
        let stillNames = clients[clientID]?.values.contains { other in
            if case .node(let other) = other { name.isSpelled(other) } else { false }
        }
        guard stillNames != true else { return }
        naming[name.short]?.remove(clientID)
        if naming[name.short]?.isEmpty == true { naming[name.short] = nil }
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
