internal import HubModel
internal import SQL
internal import SolutionKit

/// Clients that say goodbye, and what is written and shown of nodes.
extension NodesHandler {
    /// A client is gone, and said goodbye: the nodes for which it spoke last are asleep.
    func saidGoodbye(_ clientID: String, in line: inout LineContext) throws {
        for entry in roster.entries(of: clientID) {
            let before = entry.node.liveness
            guard entry.node.liveness.disconnected(at: line.now) else { continue }
            line.ifUndone {
                entry.node.liveness = before
                self.roster.schedule(entry)
            }
            roster.schedule(entry)
            try save(entry, in: &line)
            noteState(of: entry, in: &line)
            try showState(of: entry, in: &line)
        }
    }

    /// Writes what is kept of a node, and now and then what the registry of devices wants to know.
    func save(_ entry: NodeEntry, in line: inout LineContext) throws {
        let node = entry.node
        line.ifUndone { self.roster.markDirty(entry) }
        let transaction = try line.transaction()
        try NodeTable.update(node, in: transaction)
        if !entry.refusing.isEmpty {
            let refusing = entry.refusing
            line.ifUndone { entry.refusing.formUnion(refusing) }
            try NodeTable.write(fields: refusing.sorted(), of: node, in: transaction)
            entry.refusing = []
        }
        entry.savedAt = line.now
        try entry.noteSeen(
            at: node.liveness.lastSeen, address: node.address, firmware: node.firmware, to: devices, in: &line)
    }

    /// Notes a node's state for those who watch the devices of all solutions.
    func noteState(of entry: NodeEntry, in line: inout LineContext) {
        let (node, liveness) = (entry.node, entry.node.liveness)
        let severity: StateSeverity =
            switch liveness.state {
            case .online, .asleep: .good
            case .offline: .attention
            case .unknown: .unknown
            }
        line.note(
            DeviceStateChange(
                device: node.name.device, kind: .node, site: node.site, state: liveness.state.rawValue,
                since: liveness.since, severity: severity))
    }

    /// Shows a node's state to the pages that listen.
    func showState(of entry: NodeEntry, in line: inout LineContext) throws {
        let open = try commands.open(device: entry.node.name.device, in: try line.transaction())
        var writer = JSONWriter()
        writer.write(entry.node, latest: nil, openCommands: open.count)
        line.show(
            LiveEvent(
                topic: "nodes/\(entry.node.name.device)/state", data: .json(writer.bytes), needs: .viewNodes,
                at: entry.node.site))
    }
}
