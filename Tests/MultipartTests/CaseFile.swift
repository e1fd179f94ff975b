import Foundation
import Multipart

/// One block of a case file; cases/README.md describes the form.
struct Case: CustomStringConvertible, Sendable {
    var name = ""
    var contentType = "multipart/form-data; boundary=b"
    var kind = MultipartReader.Kind.form
    var limits = MultipartLimits()
    var body: [UInt8] = []
    var outcome: [String] = []

    var description: String { name }

    func reader() throws -> MultipartReader {
        MultipartReader(
            boundary: try MultipartContentType(contentType).boundary, kind: kind, limits: limits)
    }
}

struct CaseFileError: Error { let line: String }

enum CaseFile {
    static let names = ["clients", "delimiters", "headers", "parameters", "limits", "streams"]

    static func all() throws -> [Case] { try names.flatMap(load) }

    static func load(_ name: String) throws -> [Case] {
        guard
            let url = Bundle.module.url(forResource: name, withExtension: "txt", subdirectory: "cases")
        else {
            throw CaseFileError(line: name)
        }
        var cases: [Case] = []
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
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
        switch key {
        case "clause": break
        case "type": target.contentType = String(value)
        case "kind": target.kind = value == "other" ? .other : .form
        case "limits":
            let pair = value.split(separator: "=")
            guard pair.count == 2, let number = Int(pair[1]) else {
                throw CaseFileError(line: String(value))
            }
            switch pair[0] {
            case "parts": target.limits.maximumParts = number
            case "headers": target.limits.maximumHeaders = number
            case "size": target.limits.maximumHeaderSize = number
            case "preamble": target.limits.maximumPreambleSize = number
            case "epilogue": target.limits.maximumEpilogueSize = number
            default: throw CaseFileError(line: String(value))
            }
        case "body": target.body += try parse(value)
        case "part", "content", "ended", "end", "refuse":
            target.outcome.append(value.isEmpty ? String(key) : "\(key) \(value)")
        default: throw CaseFileError(line: "\(key) \(value)")
        }
    }

    private static func parse(_ text: Substring) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "x"):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    throw CaseFileError(line: String(text))
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: throw CaseFileError(line: String(text))
            }
        }
        return bytes
    }
}
