import Foundation
import HubModel
import HubTesting
import Nodes
import Registry
import SQL
import SolutionKit
import Testing

/// Lists of nodes whose devices are found piece by piece, beside a list that a test filters by itself.
@Suite struct ListTests {
    private struct Known {
        let id: String
        var site: String
        var state: String
        var isRemoved = false
    }

    /// Some 350 devices: heard of or not, at two sites, in several states, some of them removed, some of another kind between them.
    private func filled(_ random: inout SeededRandom) async throws -> (Site, [Known]) {
        let site = try await Site()
        var known: [Known] = []
        for number in 1...350 {
            let id = String(format: "node_%03d", number)
            let place = Bool.random(using: &random) ? "main" : "north"
            guard Int.random(in: 0..<10, using: &random) > 0 else {
                try site.register(id, kind: .module, site: place)
                continue
            }
            try site.register(id, site: place)
            guard Int.random(in: 0..<4, using: &random) > 0 else { continue }
            try site.telemetry(id)
            var node = Known(id: id, site: place, state: "online")
            if Int.random(in: 0..<3, using: &random) == 0 { node.state = "unknown" }
            node.isRemoved = Int.random(in: 0..<5, using: &random) == 0
            known.append(node)
        }
        let changed = known
        try site.batch { _, line in
            for node in changed {
                let transaction = try line.transaction()
                try transaction.execute(
                    "UPDATE node SET state = $2 WHERE device = $1", [.text(node.id), .text(node.state)])
                guard node.isRemoved else { continue }
                try transaction.execute("UPDATE device SET state = 'removed' WHERE id = $1", [.text(node.id)])
            }
        }
        return (site, known)
    }

    @Test(
        "a list is what its devices' sites, their removal, its state and its pages say",
        arguments: [1, 2, 3] as [UInt64])
    func lists(seed: UInt64) async throws {
        var random = SeededRandom(seed)
        let (site, known) = try await filled(&random)
        let north = Caller.person([Permission("nodes.view")], at: "north")
        for (caller, places) in [(Caller.anybody, ["main", "north"]), (north, ["north"])] {
            let seen = known.filter { places.contains($0.site) && !$0.isRemoved }
            for state in [nil, "online", "unknown"] as [String?] {
                let expected = seen.filter { state == nil || $0.state == state }.map(\.id)
                for limit in [nil, 1, 7, 120, 1_000] as [Int?] {
                    #expect(try await read(site, state, limit, caller) == expected, "\(state ?? "any") \(limit ?? 0)")
                }
            }
            let overview = try await NodesSolution().overview(
                site.services(), at: caller.grants.scope(of: Permission("nodes.view")))
            #expect(overview.devices == seen.count)
            #expect(overview.attention == seen.count { $0.state != "online" })
        }
    }

    /// The identifiers of all pages of a list.
    private func read(_ site: Site, _ state: String?, _ limit: Int?, _ caller: Caller) async throws -> [String] {
        var (ids, after): ([String], String?) = ([], nil)
        repeat {
            var query: [(name: String, value: String)] = []
            if let state { query.append(("state", state)) }
            if let limit { query.append(("limit", "\(limit)")) }
            if let after { query.append(("after", after)) }
            let page = try JSONTree(try await site.call(.get, "/api/nodes", query: query, as: caller).body)
            ids += page["nodes"]?.elements.compactMap { $0["node_id"]?.text } ?? []
            after = page["next"]?.text
        } while after != nil
        return ids
    }
}
