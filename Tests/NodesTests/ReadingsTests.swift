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

    @Test func anAnswerHasABoundOfValues() async throws {
        let hundred: (name: String, value: String) = ("field", (0..<100).map { "f\($0)" }.joined(separator: ","))
        #expect(try await ask([hundred]).0.limit == 5_000)
        #expect(try await ask([hundred, ("limit", "5000")]).0.limit == 5_000)
        await #expect { try await ask([hundred, ("limit", "5001")]) } throws: {
            ($0 as? Refusal)?.code == .invalidParameter && ($0 as? Refusal)?.detail.contains("5000 rows") == true
        }
        #expect(try await ask([("field", "a,b,c,d,e"), ("limit", "100000")]).0.limit == 100_000)
        // Of all fields, those that the node has count.
        let site = try await Site()
        for turn in 0..<2 {
            let fields = (0..<60).map { "\"f\(turn * 60 + $0)\":1" }.joined(separator: ",")
            try site.hear("iot/node/01/telemetry", "{\"sensors\":{\(fields)}}")
        }
        let history = NotedHistory()
        try await site.call(.get, "/api/nodes/{id}/readings", ["id": "01"], history: history)
        #expect(history.asked.first?.limit == 4_166)
    }

    @Test func anAnswerHasABoundOfBytes() async throws {
        let text = ReadingValue.text(String(repeating: "x", count: 4_000))
        func table(_ rows: Int) -> ReadingTable {
            ReadingTable(
                fields: ["note"], rows: (0..<rows).map { _ in (time: ten, values: [text]) }, isTruncated: false)
        }
        #expect(try await ask([("format", "csv")], table: table(8_000)).1.body.count > 32_000_000)
        for format in ["json", "csv"] {
            await #expect { try await ask([("format", format)], table: table(8_500)) } throws: {
                ($0 as? Refusal)?.code == .limitReached
            }
        }
    }

    @Test func whatIsLargeWaitsAndChartsDoNot() async throws {
        let site = try await Site()
        try site.telemetry()
        let busy = LargeAnswers(atOnce: 1, waiting: 0)
        func code(_ query: [(name: String, value: String)]) async throws -> RefusalCode? {
            do {
                try await site.call(
                    .get, "/api/nodes/{id}/readings", ["id": "01"], query: query, largeAnswers: busy)
                return nil
            } catch let refusal as Refusal {
                return refusal.code
            }
        }
        let large: [(name: String, value: String)] = [("field", "a,b,c"), ("limit", "20000")]
        let steps: [(name: String, value: String)] = [("field", "a,b,c"), ("step", "1m"), ("from", "2026-01-01")]
        let chart: [(name: String, value: String)] = [("field", "a"), ("step", "1h"), ("from", "2026-01-01")]
        let meanwhile = try await busy.make {
            var codes: [RefusalCode?] = []
            for query in [large, steps, [], chart] { codes.append(try await code(query)) }
            return codes
        }
        #expect(meanwhile == [.overloaded, .overloaded, nil, nil])
        #expect(try await code(large) == nil)
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
