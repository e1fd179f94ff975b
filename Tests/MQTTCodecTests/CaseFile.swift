import Foundation
import MQTTCodec

/// One block of a case file; cases/README.md describes the form.
struct Case: CustomStringConvertible, Sendable {
    enum Start: Sendable { case unconnected, connected, automatic }
    enum Expectation: Sendable {
        case packet(String)
        case refusal(code: UInt8, name: String)
        case more(Int)
    }

    var name = ""
    var clause = ""
    var isFromClient = true
    var version = ProtocolVersion.v5_0
    var start = Start.automatic
    var bytes: [UInt8] = []
    var encodes: [UInt8]?
    var expectation = Expectation.more(0)

    var description: String { "\(name) [\(clause)] \(isFromClient ? "client" : "server") \(version)" }

    /// A decoder that has seen what comes before the bytes.
    func decoder() throws -> PacketDecoder {
        guard isFromClient else { return PacketDecoder(receiver: .client(version)) }
        var decoder = PacketDecoder(receiver: .server)
        let isConnect = bytes.first.map { $0 >> 4 } == PacketType.connect.rawValue
        if start == .connected || (start == .automatic && !isConnect) {
            var connect: [UInt8] = []
            let packet = Packet.connect(Connect(version: version, clientIdentifier: try MQTTString("p")))
            try packet.encode(into: &connect, version: version)
            _ = decoder.decode(connect.span)
        }
        return decoder
    }
}

struct CaseFileError: Error { let line: String }

enum CaseFile {
    static let names = [
        "connect", "connack", "publish", "answers", "subscribe", "others", "properties", "reasons", "version31",
    ]

    static func all() throws -> [Case] { try names.flatMap(load) }

    static func load(_ name: String) throws -> [Case] {
        guard let url = Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "cases") else {
            throw CaseFileError(line: name)
        }
        var cases: [Case] = []
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let key = line.prefix { $0 != " " }
            let value = line.dropFirst(key.count).drop { $0 == " " }
            if key == "case" {
                cases.append(Case(name: String(value)))
                continue
            }
            guard let last = cases.indices.last else { throw CaseFileError(line: String(line)) }
            try read(key, value, into: &cases[last])
        }
        return cases
    }

    private static func read(_ key: Substring, _ value: Substring, into target: inout Case) throws {
        let words = value.split(separator: " ")
        switch key {
        case "clause": target.clause = String(value)
        case "from":
            target.isFromClient = words[0] == "client"
            switch words[1] {
            case "3.1": target.version = .v3_1
            case "3.1.1": target.version = .v3_1_1
            case "5.0": target.version = .v5_0
            default: throw CaseFileError(line: String(value))
            }
        case "bytes":
            switch words.first {
            case "connected": target.start = .connected
            case "unconnected": target.start = .unconnected
            default: target.start = .automatic
            }
            let text = target.start == .automatic ? value : value.dropFirst(words[0].count + 1)
            target.bytes = try parse(text)
        case "encodes": target.encodes = try parse(value)
        case "is": target.expectation = .packet(String(value))
        case "refuse":
            guard words.count == 2, let code = UInt8(words[0], radix: 16) else {
                throw CaseFileError(line: String(value))
            }
            target.expectation = .refusal(code: code, name: String(words[1]))
        case "more":
            guard let count = Int(value) else { throw CaseFileError(line: String(value)) }
            target.expectation = .more(count)
        default: throw CaseFileError(line: String(key))
        }
    }

    private static func parse(_ text: Substring) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for word in text.split(separator: " ") {
            if word.hasPrefix("'"), word.hasSuffix("'"), word.count >= 2 {
                bytes.append(contentsOf: word.dropFirst().dropLast().utf8)
            } else {
                guard word.count == 2, let byte = UInt8(word, radix: 16) else {
                    throw CaseFileError(line: String(word))
                }
                bytes.append(byte)
            }
        }
        return bytes
    }
}
