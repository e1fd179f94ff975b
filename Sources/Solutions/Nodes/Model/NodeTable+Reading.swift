internal import HubModel
internal import SQL
internal import SolutionKit

/// Which nodes are wanted: by state, by site, and from where on.
struct NodeSelection: Sendable {
    /// Only nodes in this state; nil: in any.
    var state: NodeState?
    /// Only nodes of these sites.
    var sites = SiteScope.all
    /// Only nodes behind this name, in the order of names; nil: from the first.
    var after: DeviceID?
    /// At most so many; nil: all.
    var limit: Int?

    /// The conditions of a statement on `node JOIN device`.
    fileprivate var conditions: Conditions {
        var conditions = Conditions()
        // A device that was removed keeps its rows: its name may come back, and then its history is its own again.
        conditions.add("device.state <> 'removed'")
        switch state {
        case .asleep: conditions.add("node.state = 'offline' AND node.asleep_since IS NOT NULL")
        case .offline: conditions.add("node.state = 'offline' AND node.asleep_since IS NULL")
        case .online, .unknown: conditions.add("node.state", .equals, SQLValue(state?.rawValue))
        case nil: break
        }
        if let after { conditions.add("node.device", .isGreater, .text(after.text)) }
        conditions.add("device.site", isOneOf: sites.names)
        return conditions
    }
}

/// Reading the tables `node` and `node_field`; a node's site is that of its device.
extension NodeTable {
    private static let columns = "SELECT node.*, device.site FROM node JOIN device ON device.id = node.device"

    /// Nodes, ordered by name.
    static func all(_ selection: NodeSelection = NodeSelection(), in reader: some SQLReading) throws -> [Node] {
        var nodes: [Node] = []
        var conditions = selection.conditions
        let limit = selection.limit.map { "LIMIT \(conditions.place(.integer(Int64($0))))" } ?? ""
        try reader.queryEach(
            "\(columns) WHERE \(conditions.text) ORDER BY node.device \(limit)", conditions.arguments
        ) { row in nodes.append(try node(row)) }
        guard let first = nodes.first, let last = nodes.last else { return [] }
        var fields: [String: [NodeField]] = [:]
        try reader.queryEach(
            "SELECT * FROM node_field WHERE device >= $1 AND device <= $2 ORDER BY device, position",
            [.text(first.name.device.text), .text(last.name.device.text)]
        ) { row in fields[try row.text("device"), default: []].append(try field(row)) }
        for index in nodes.indices { nodes[index].fields = fields[nodes[index].name.device.text] ?? [] }
        return nodes
    }

    /// One node; nil when it is not known.
    /// - Parameter evenRemoved: also one whose device was removed.
    static func one(_ name: NodeName, evenRemoved: Bool = false, in reader: some SQLReading) throws -> Node? {
        let key = [SQLValue.text(name.device.text)]
        let condition = evenRemoved ? "" : "AND device.state <> 'removed'"
        guard let row = try reader.queryFirst("\(columns) WHERE node.device = $1 \(condition)", key) else { return nil }
        var node = try node(row)
        node.fields = try reader.query("SELECT * FROM node_field WHERE device = $1 ORDER BY position", key).map(field)
        return node
    }

    /// How many nodes these sites have, and how many of them are neither online nor asleep.
    static func overview(at sites: SiteScope, in reader: some SQLReading) throws -> SolutionOverview {
        let conditions = NodeSelection(sites: sites).conditions
        let row = try reader.queryOne(
            """
            SELECT COUNT(*), COALESCE(SUM(CASE WHEN state = 'online' OR (state = 'offline' AND asleep_since IS NOT NULL)
                THEN 0 ELSE 1 END), 0)
            FROM (SELECT node.state, node.asleep_since FROM node JOIN device ON device.id = node.device
                WHERE \(conditions.text)) AS chosen
            """, conditions.arguments)
        return SolutionOverview(devices: Int(try row.integer(0)), attention: Int(try row.integer(1)))
    }
}
