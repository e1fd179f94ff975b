import Foundation
import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Payload in, effects out: one file in `cases/` for each. `payload` is JSON as the node sends it, `payload_text` text, `payload_hex` bytes;
/// `before` are messages that came earlier. Either `refusal` or `readings` and `events` (topics) are expected, and of the state
/// event those members that `state` names.
@Suite struct CaseTests {
    static let names: [String] = {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("cases")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder?.path ?? "")) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted()
    }()

    @Test func casesAreThere() {
        #expect(CaseTests.names.count >= 130)
    }

    @Test(arguments: names) func caseFile(_ file: String) async throws {
        let url = try #require(Bundle.module.resourceURL?.appendingPathComponent("cases/\(file)"))
        let bytes = [UInt8](try Data(contentsOf: url))
        let content = try CaseContent(bytes)
        let site = try await Site()
        for earlier in content.before {
            let outcome = try run(earlier, on: site)
            #expect(outcome.refusal == earlier.refusal)
        }
        let outcome = try run(content, on: site)
        #expect(outcome.refusal == content.refusal, "\(content.why)")
        #expect(outcome.readings == content.readings, "\(content.why)")
        #expect(outcome.events == content.events, "\(content.why)")
        for key in content.state?.keys ?? [] {
            #expect(outcome.state?[key] == content.state?[key], "\(key)")
        }
        if content.refusal != nil, content.before.isEmpty {
            #expect(try site.row("SELECT COUNT(*) FROM device")?.integer(0) == 0)
            #expect(try site.row("SELECT COUNT(*) FROM node")?.integer(0) == 0)
        }
    }

    private struct Outcome {
        var refusal: String?
        var readings: JSONTree = .array([])
        var events: [String] = []
        var state: JSONTree?
    }

    private func run(_ content: CaseContent, on site: Site) throws -> Outcome {
        site.now = content.at
        var outcome = Outcome()
        let message = DeviceMessage(
            topic: content.topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init),
            payload: content.payload, origin: MessageOrigin(clientID: "board", address: "10.0.0.7", sender: .anybody),
            receivedAt: site.now, isRetained: content.isRetained, isWill: content.isWill)
        do {
            let effects = try site.batch { handler, line in try handler.handle(message, in: &line) }
            var writer = JSONWriter()
            writer.array(effects.readings) { $0.write($1) }
            outcome.readings = try JSONTree(writer.bytes)
            outcome.events = effects.events.map(\.topic)
            outcome.state = effects.events.last { $0.topic.hasSuffix("/state") }?.json
        } catch let refusal as Refusal {
            outcome.refusal = refusal.code.rawValue
        }
        return outcome
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ reading: Reading) {
        object { json in
            json.member("device", reading.device.text)
            json.member("measurement", reading.measurement)
            json.member("observed_at", reading.observed.instant)
            json.member("time_source", reading.observed.source.word.description)
            json.member("late", reading.isLate)
            json.object("values") { json in
                for field in reading.fields {
                    json.member(field.name, value: field.value)
                }
            }
        }
    }
}

/// One file, or one of its earlier messages.
struct CaseContent {
    var why = ""
    var topic = ""
    var at = ten
    var payload: [UInt8] = []
    var isWill = false
    var isRetained = false
    var before: [CaseContent] = []
    var refusal: String?
    var readings: JSONTree = .array([])
    var events: [String] = []
    var state: JSONTree?

    init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = JSONReader(bytes)
        try self.init(&reader)
        try reader.end()
    }

    private init(_ reader: inout JSONReader) throws(Refusal) {
        var padding = 0
        try reader.object { (key, reader) throws(Refusal) in
            switch key {
            case "why": why = try reader.string()
            case "topic": topic = try reader.string()
            case "at": at = Timestamp(iso8601: try reader.string()) ?? ten
            case "payload": payload = try reader.rawValue()
            case "payload_text": payload = Array(try reader.string().utf8)
            case "payload_hex": payload = CaseContent.bytes(hexadecimal: try reader.string())
            case "pad_bytes": padding = Int(try reader.number().integerValue ?? 0)
            case "will": isWill = try reader.boolean()
            case "retained": isRetained = try reader.boolean()
            case "before":
                try reader.array { (reader) throws(Refusal) in before.append(try CaseContent(&reader)) }
            case "refusal": refusal = try reader.string()
            case "readings": readings = try CaseContent.tree(&reader)
            case "events": try reader.array { (reader) throws(Refusal) in events.append(try reader.string()) }
            case "state": state = try CaseContent.tree(&reader)
            default: throw Refusal(.invalidParameter, "a case has no member \(key)")
            }
        }
        if padding > 0 {
            let text = String(decoding: payload, as: UTF8.self)
            payload = Array(text.replacingOccurrences(of: "PAD", with: String(repeating: "x", count: padding)).utf8)
        }
    }

    private static func tree(_ reader: inout JSONReader) throws(Refusal) -> JSONTree {
        let bytes = try reader.rawValue()
        guard let tree = try? JSONTree(bytes) else { throw Refusal(.malformedJSON, "a tree") }
        return tree
    }

    private static func bytes(hexadecimal text: String) -> [UInt8] {
        let digits = Array(text)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }
}
