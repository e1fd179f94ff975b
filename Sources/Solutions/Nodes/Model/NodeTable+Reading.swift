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

    /// The conditions of a statement on `node`, between two devices.
    fileprivate func conditions(from first: DeviceID, to last: DeviceID) -> Conditions {
        var conditions = Conditions()
        let (from, to) = (conditions.place(.text(first.text)), conditions.place(.text(last.text)))
        conditions.add("device >= \(from) AND device <= \(to)")
        switch state {
        case .asleep: conditions.add("state = 'offline' AND asleep_since IS NOT NULL")
        case .offline: conditions.add("state = 'offline' AND asleep_since IS NULL")
        case .online, .unknown: conditions.add("state", .equals, SQLValue(state?.rawValue))
        case nil: break
        }
        return conditions
    }
}

/// Reading the tables `node` and `node_field`. Where a node is, and whether it is there at all, its device says (`DeviceBook`): a device that
/// was removed keeps its rows here, for its name may come back, and then its history is its own again.
extension NodeTable {
    /// How many devices are asked for at once.
    private static let piece = 100...1_000

    /// Nodes, ordered by name.
    static func all(
        _ selection: NodeSelection = NodeSelection(), of devices: any DeviceBook, in reader: some SQLReading
    ) throws -> [Node] {
        var nodes: [Node] = []
        try eachPiece(selection, of: devices, in: reader) { sites, conditions in
            try reader.queryEach(
                "SELECT * FROM node WHERE \(conditions.text) ORDER BY device", conditions.arguments
            ) { row in
                if let site = sites[try row.text("device")] { nodes.append(try node(row, at: site)) }
            }
            return nodes.count < selection.limit ?? .max
        }
        if let limit = selection.limit { nodes = Array(nodes.prefix(limit)) }
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
    static func one(
        _ name: NodeName, evenRemoved: Bool = false, of devices: any DeviceBook, in reader: some SQLReading
    ) throws -> Node? {
        let key = [SQLValue.text(name.device.text)]
        guard let device = try devices.known(name.device, in: reader), evenRemoved || !device.isRemoved,
            let row = try reader.queryFirst("SELECT * FROM node WHERE device = $1", key)
        else { return nil }
        var node = try node(row, at: device.site)
        node.fields = try reader.query("SELECT * FROM node_field WHERE device = $1 ORDER BY position", key).map(field)
        return node
    }

    /// How many nodes these sites have, and how many of them are neither online nor asleep.
    static func overview(
        at sites: SiteScope, of devices: any DeviceBook, in reader: some SQLReading
    ) throws -> SolutionOverview {
        var overview = SolutionOverview(devices: 0, attention: 0)
        try eachPiece(NodeSelection(sites: sites), of: devices, in: reader) { sites, conditions in
            try reader.queryEach(
                """
                SELECT device, CASE WHEN state = 'online' OR (state = 'offline' AND asleep_since IS NOT NULL)
                    THEN 0 ELSE 1 END FROM node
                WHERE \(conditions.text)
                """, conditions.arguments
            ) { row in
                guard sites[try row.text(0)] != nil else { return }
                overview.devices += 1
                overview.attention += Int(try row.integer(1))
            }
            return true
        }
        return overview
    }

    /// Goes through the devices that are wanted, in the order of their names.
    /// - Parameter work: is given where the devices of a piece are, by name, and the conditions of their rows, among which rows of others may be;
    ///   says whether it wants more.
    private static func eachPiece(
        _ selection: NodeSelection, of devices: any DeviceBook, in reader: some SQLReading,
        _ work: (_ sites: [String: SiteID], _ conditions: Conditions) throws -> Bool
    ) throws {
        let size = min(max(selection.limit ?? .max, piece.lowerBound), piece.upperBound)
        var last = selection.after
        while true {
            let found = try devices.devices(of: .node, at: selection.sites, after: last, limit: size, in: reader)
            guard let from = found.first?.id, let to = found.last?.id else { return }
            let sites = Dictionary(found.map { ($0.id.text, $0.site) }) { first, _ in first }
            guard try work(sites, selection.conditions(from: from, to: to)), found.count == size else { return }
            last = to
        }
    }
}
