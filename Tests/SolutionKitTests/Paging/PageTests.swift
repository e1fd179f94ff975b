import HubModel
import SolutionKit
import Testing

@Suite struct PageTests {
    private func request(
        _ query: [(name: String, value: String)] = [], path: [String: String] = [:]
    ) -> RouteRequest {
        RouteRequest(
            path: path, query: query, accept: nil, body: [], receivedAt: Timestamp(seconds: 0),
            caller: Caller(.open, address: nil), scope: .all, transport: RequestTransport())
    }

    /// Reads all rows page by page, as a caller does who follows `next`.
    private func walk(_ rows: [Int], limit: Int) -> [[Int]] {
        var (pages, after): ([[Int]], Int?) = ([], nil)
        while true {
            let behind = rows.filter { $0 > after ?? .min }
            let page = Page(behind.prefix(Page<Int>.reading(limit)), limit: limit) { String($0) }
            pages.append(page.rows)
            guard let next = page.next.flatMap({ Int($0) }) else { return pages }
            after = next
        }
    }

    @Test("Pages hold every row once, and none but an empty list's is empty", arguments: 0...7, 1...4)
    func walks(count: Int, limit: Int) {
        let rows = Array(0..<count)
        let pages = walk(rows, limit: limit)
        #expect(pages.flatMap { $0 } == rows)
        #expect(pages.count == max(1, (count + limit - 1) / limit))
    }

    @Test("Link asks for the next page in the way of this one")
    func link() {
        let page = Page([1, 2, 3], limit: 2) { "R-\($0)" }
        let asked = request(
            [("kind", "a b&c"), ("after", "R-0"), ("limit", "2"), ("state", "")], path: ["id": "site/1"])
        let headers = page.headers(asked, "/api/lots/{id}/rooms", limit: 2)
        #expect(headers.map(\.name) == ["Link"])
        #expect(
            headers.first?.value == "</api/lots/site%2F1/rooms?after=R-2&limit=2&kind=a%20b%26c>; rel=\"next\"")
        // A limit that nobody named is named, and a route without one gets none.
        #expect(page.headers(request(), "/x", limit: 50).first?.value == "</x?after=R-2&limit=50>; rel=\"next\"")
        let before = page.headers(request([("before", "9")]), "/x", limit: nil, cursor: "before")
        #expect(before.first?.value == "</x?before=R-2>; rel=\"next\"")
    }

    @Test("The last page says so in both places")
    func last() {
        let page = Page([1, 2], limit: 2) { String($0) }
        #expect(page.next == nil && page.headers(request(), "/x", limit: 2).isEmpty)
        var writer = JSONWriter()
        writer.object { $0.member(next: page) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"next":null}"#)
    }
}
