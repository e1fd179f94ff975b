import Foundation
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Payload in, effects out: one file in `cases/reports` for each. `payload` is JSON as the sensor sends it, `payload_text` text,
/// `payload_hex` bytes; `PAD` in it becomes so many letters as `pad_bytes` says. `before` are messages that came earlier, each `after`
/// so many seconds. Either `refusal` is expected, or what the spot is afterwards; with `quiet` also its `sessions` when so many seconds
/// have passed in which nothing was heard: when each began and ended, in seconds after ten o'clock.
@Suite struct ReportCaseTests {
    static let names: [String] = {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("cases/reports")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder?.path ?? "")) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted()
    }()

    @Test func casesAreThere() {
        #expect(ReportCaseTests.names.count >= 60)
    }

    @Test(arguments: names) func caseFile(_ file: String) async throws {
        let url = try #require(Bundle.module.resourceURL?.appendingPathComponent("cases/reports/\(file)"))
        let content = try JSONTree([UInt8](try Data(contentsOf: url)))
        let site = try await ParkSite()
        try site.registerTheOther()
        for earlier in content["before"]?.elements ?? [] {
            let refusal = try take(earlier, at: site).refusal
            #expect(refusal == earlier["refusal"]?.text)
        }
        let rows = try site.count("parking_spot")
        let (effects, refusal) = try take(content, at: site)
        let why = content["why"]?.text ?? ""
        #expect(refusal == content["refusal"]?.text, "\(why)")
        guard refusal == nil else {
            #expect(try site.count("parking_spot") == rows)
            #expect(effects.readings.isEmpty && effects.events.isEmpty && effects.publications.isEmpty)
            return
        }
        let spot = content["spot"]?.text ?? "SPOT001"
        #expect(try site.status(spot) == content["status"]?.text, "\(why)")
        #expect(effects.readings.first?.isLate == (content["late"] == .boolean(true)), "\(why)")
        #expect(try effects.colors["parkmate/led/command"] == content["color"]?.text, "\(why)")
        if let observed = content["observed_at"]?.text {
            #expect(effects.readings.first?.observed.instant == Timestamp(iso8601: observed), "\(why)")
        }
        if let source = content["time_source"]?.text {
            #expect(effects.readings.first?.observed.source.word.description == source, "\(why)")
        }
        if let changes = content["changes"]?.number {
            #expect(try site.count("parking_change", where: "spot = '\(spot)'") == Int64(changes), "\(why)")
        }
        if let quiet = content["quiet"]?.number, let sessions = content["sessions"]?.elements {
            try site.tick(after: Int64(quiet))
            let rows = try site.rows(
                "SELECT arrived_at, departed_at FROM parking_session WHERE spot = $1 ORDER BY arrived_at", [.text(spot)]
            )
            let found = try rows.map { row in
                [try row.integer(0), try row.optionalInteger("departed_at")].map { instant in
                    instant.map { Double($0 - ParkSite.ten.microseconds) / 1e6 }
                }
            }
            #expect(found == sessions.map { $0.elements.map(\.number) }, "\(why)")
        }
        // The distance is kept as it was sent.
        if let distance = content["distance"] {
            #expect(try effects.event("parking/LOT001/spots/\(spot)")?["distance"] == distance, "\(why)")
        }
    }

    private func take(_ content: JSONTree, at site: ParkSite) throws -> (effects: Effects, refusal: String?) {
        site.clock.move(milliseconds: Int64((content["after"]?.number ?? 0) * 1_000))
        let message = site.message(
            try payload(of: content), from: try sender(content["sender"]?.text ?? "anybody"),
            topic: content["topic"]?.text ?? "parkmate/spot/status")
        let (effects, errors) = try site.batch([{ handler, line in try handler.handle(message, in: &line) }])
        guard let error = errors.first ?? nil else { return (effects, nil) }
        return (effects, try #require(error as? Refusal).code.rawValue)
    }

    private func payload(of content: JSONTree) throws -> [UInt8] {
        if let hex = content["payload_hex"]?.text {
            let digits = Array(hex)
            return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
        }
        let text = try #require(content["payload"]?.text)
        let padding = Int(content["pad_bytes"]?.number ?? 0)
        guard padding > 0 else { return Array(text.utf8) }
        let pad = content["pad"]?.text ?? "x"
        return Array(text.replacingOccurrences(of: "PAD", with: String(repeating: pad, count: padding)).utf8)
    }

    private func sender(_ word: String) throws -> MessageOrigin.Sender {
        switch word {
        case "anybody": return .anybody
        case "person": return .person(Caller(.token(account: "a", name: "script", token: "t")))
        default: return .device(try #require(DeviceID(word)))
        }
    }
}
