import HubModel
import HubTesting
import SolutionKit
import Testing

/// `GET /api/nodes/{id}/readings`: what is asked of history, and in which form it is given.
@Suite struct ReadingsTests {
    private func ask(
        _ query: [(name: String, value: String)], accept: String? = nil, table: ReadingTable? = nil
    ) async throws -> (ReadingQuery, RouteResponse) {
        let site = try await Site()
        try site.telemetry()
        let history = NotedHistory()
        if let table { history.table = table }
        let response = try await site.call(
            .get, "/api/nodes/{id}/readings", ["id": "01"], query: query, accept: accept, history: history)
        return (try #require(history.asked.first), response)
    }

    @Test func defaults() async throws {
        let (query, response) = try await ask([])
        #expect(query.device.text == "node_01")
        #expect(query.measurement == "telemetry")
        #expect(query.fields == nil)
        #expect(query.to == ten)
        #expect(query.from == ten.advanced(bySeconds: -3_600))
        #expect(query.limit == 10_000)
        #expect(query.step == nil)
        let json = try JSONTree(response.body)
        #expect(
            json.keys == [
                "node_id", "from", "to", "step", "agg", "fields", "columns", "rows", "truncated", "incomplete",
            ])
        #expect(json["step"] == .null)
        #expect(json["agg"] == .null)
    }

    @Test(
        arguments: [("10s", 10), ("10m", 600), ("1h", 3_600), ("1d", 86_400), ("366d", 31_622_400)] as [(String, Int64)]
    )
    func steps(_ text: String, _ seconds: Int64) async throws {
        let (query, response) = try await ask([("step", text)])
        #expect(query.step?.microseconds == seconds * 1_000_000)
        #expect(query.step?.aggregate == .mean)
        let json = try JSONTree(response.body)
        #expect(json["step"]?.text == text)
        #expect(json["agg"]?.text == "mean")
    }

    @Test("What is longer than a page is read page by page while it is sent", arguments: ["json", "csv"])
    func pages(_ format: String) async throws {
        func answer(rowsOfPage: Int) async throws -> (RouteResponse, asked: Int) {
            let site = try await Site()
            try site.telemetry()
            let history = NotedHistory()
            history.pageRows = rowsOfPage
            history.table = ReadingTable(
                fields: ["n"],
                rows: (0..<10_000).map { (time: ten.advanced(bySeconds: Int64($0)), values: [.integer(Int64($0))]) },
                isTruncated: true,
                gaps: [ReadingGap(from: ten, to: ten.advanced(bySeconds: 1), reason: .damaged)])
            let response = try await site.call(
                .get, "/api/nodes/{id}/readings", ["id": "01"], query: [("format", format)], history: history)
            return (response, history.asked.count)
        }
        let (whole, _) = try await answer(rowsOfPage: .max)
        let (streamed, asked) = try await answer(rowsOfPage: 700)
        #expect(asked == 15)
        #expect(streamed.body.count > 100_000 && streamed.body == whole.body)
        #expect(streamed.headers.contains { $0.name == "Martlet-Incomplete" } == (format == "csv"))
    }

    @Test("An answer whose later page fails is cut off")
    func aLaterPageFails() async throws {
        let site = try await Site()
        try site.telemetry()
        let history = NotedHistory()
        history.pageRows = 1
        history.table = ReadingTable(
            fields: ["n"], rows: (0..<3).map { (time: ten.advanced(bySeconds: $0), values: [.integer($0)]) },
            isTruncated: false)
        history.failsAt = ten.advanced(bySeconds: 2)
        await #expect(throws: Refusal.self) {
            try await site.call(.get, "/api/nodes/{id}/readings", ["id": "01"], history: history)
        }
    }

    @Test(arguments: Aggregate.allCases) func aggregates(_ aggregate: Aggregate) async throws {
        let (query, _) = try await ask([("step", "1m"), ("agg", aggregate.rawValue)])
        #expect(query.step?.aggregate == aggregate)
    }

    @Test(arguments: [
        "1795255200", "1795255200.0", "1795255200000", "2026-11-21T10:00:00Z", "2026-11-21T11:00:00+01:00",
        "2026-11-21T11:00:00 01:00", "2026-11-21 10:00:00", "2026-11-21T10:00",
    ])
    func times(_ text: String) async throws {
        let (query, _) = try await ask([("from", text), ("to", "2026-11-21T10:00:01Z")])
        #expect(query.from == ten)
    }

    @Test func fieldsRepeatedOrWithCommas() async throws {
        let (query, _) = try await ask([("field", "temperature,humidity"), ("field", "uptime"), ("field", "humidity")])
        #expect(query.fields == ["temperature", "humidity", "uptime"])
        let (none, _) = try await ask([
            ("field", ""), ("from", ""), ("to", ""), ("step", ""), ("agg", ""), ("limit", ""),
        ])
        #expect(none.fields == nil)
        #expect(none.limit == 10_000)
    }

    @Test(arguments: [
        ("step", "10"), ("step", "m"), ("step", "0s"), ("step", "-1m"), ("step", "1.5h"), ("step", "1w"),
        ("step", "367d"),
        ("step", "99999999999999999999s"), ("step", "+1m"), ("step", "1 m"), ("agg", "median"), ("agg", "mean"),
        ("limit", "0"),
        ("limit", "100001"), ("limit", "many"), ("from", "yesterday"), ("to", "2026-13-01T00:00:00Z"),
        ("from", "1e300"),
        ("from", "2026-11-21T10:00:00Z"), ("from", "2027-01-01T00:00:00Z"),
        ("field", String(repeating: "f", count: 65)),
    ])
    func badParameters(_ name: String, _ value: String) async throws {
        await #expect { _ = try await ask([(name, value)]) } throws: { ($0 as? Refusal)?.code == .invalidParameter }
    }

    private static let table = ReadingTable(
        fields: ["temperature", "note"],
        rows: [
            (ten, [.decimal(ScaledDecimal(mantissa: 225, scale: 1)), nil]),
            (ten.advanced(byMicroseconds: 1), [.integer(-3), .text("say \"hi\", twice")]),
        ], isTruncated: true)

    @Test func rowsAsJSON() async throws {
        let (_, response) = try await ask([], table: ReadingsTests.table)
        #expect(response.contentType == "application/json")
        let json = try JSONTree(response.body)
        #expect(json["columns"] == .array([.string("time"), .string("temperature"), .string("note")]))
        #expect(json["rows"]?[0] == .array([.string("2026-11-21T10:00:00.000000Z"), .number(22.5), .null]))
        #expect(json["truncated"] == .boolean(true))
    }

    @Test func rowsAsCSV() async throws {
        let (_, response) = try await ask([], accept: "text/csv", table: ReadingsTests.table)
        #expect(response.contentType.hasPrefix("text/csv"))
        #expect(response.headers.contains { $0.name == "Vary" && $0.value == "Accept" })
        #expect(
            String(decoding: response.body, as: UTF8.self) == """
                time,node_id,field,value
                2026-11-21T10:00:00.000000Z,node_01,temperature,22.5
                2026-11-21T10:00:00.000001Z,node_01,temperature,-3
                2026-11-21T10:00:00.000001Z,node_01,note,"say ""hi"", twice"

                """)
    }

    @Test(
        arguments: [
            (nil, "application/json"), ("", "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv"),
            ("TEXT/CSV", "text/csv"), ("text/*", "text/csv"), ("application/json, text/csv", "application/json"),
            ("application/json;q=0.5, text/csv", "text/csv"),
            ("text/csv;q=0.4, application/*;q=0.5", "application/json"),
            ("text/html, */*;q=0.1", "application/json"), ("*/*;q=0.8, application/json;q=0", "text/csv"),
            ("text/csv ; q=1.0 , */* ; q=0.9", "text/csv"),
            ("text/csv; header=present; q=0.9, application/json;q=0.1", "text/csv"),
        ] as [(String?, String)])
    func forms(_ accept: String?, _ type: String) async throws {
        let (_, response) = try await ask([], accept: accept)
        #expect(response.contentType.hasPrefix(type))
    }

    @Test(arguments: ["text/html", "application/xml, image/*", "text/csv;q=0, application/json;q=0", "nonsense"])
    func noForm(_ accept: String) async throws {
        await #expect { _ = try await ask([], accept: accept) } throws: { ($0 as? Refusal)?.code == .notAcceptable }
    }
}
