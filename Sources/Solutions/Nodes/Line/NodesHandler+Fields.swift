internal import HubModel
internal import SolutionKit

/// What people do about a node's fields.
extension NodesHandler {
    /// Forgets what a field's values are, and what it refused: the next value decides anew.
    /// - Throws: `not_found` for a node that the caller does not see, and for a field that it does not have.
    func reset(_ field: String, of name: NodeName, at sites: SiteScope, in line: inout LineContext) throws {
        guard let entry = roster[name.device], sites.contains(entry.node.site) else {
            throw Refusal(.notFound, "There is no node \(name.device).")
        }
        guard let place = entry.node.fields.firstIndex(where: { $0.name == field }) else {
            throw Refusal(.notFound, "\(name.device) has no such field.")
        }
        let before = entry.node.fields
        line.ifUndone { entry.node.fields = before }
        entry.node.fields[place].type = nil
        entry.node.fields[place].refusal = nil
        try NodeTable.write(fields: [place], of: entry.node, in: try line.transaction())
        try showState(of: entry, in: &line)
    }
}
