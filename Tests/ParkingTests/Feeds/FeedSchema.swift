import Foundation
import HubModel
import HubTesting
import SolutionKit
import Testing

/// A JSON Schema out of a file, as much of draft 2020-12 as the feeds' schemas need.
struct FeedSchema {
    private let root: JSONTree

    /// The schema `cases/feeds/<name>.schema.json`.
    init(_ name: String) throws {
        let url = try #require(
            Bundle.module.url(forResource: "\(name).schema", withExtension: "json", subdirectory: "cases/feeds"))
        root = try JSONTree([UInt8](Data(contentsOf: url)))
    }

    /// What of a value is not as the schema says.
    func complaints(about value: JSONTree) -> [String] { complaints(root, value, "$") }

    private func complaints(_ schema: JSONTree, _ value: JSONTree, _ place: String) -> [String] {
        var found: [String] = []
        for (keyword, rule) in schema.members {
            found += complaint(keyword, rule, schema, value, place)
        }
        return found
    }

    private func complaint(
        _ keyword: String, _ rule: JSONTree, _ schema: JSONTree, _ value: JSONTree, _ place: String
    ) -> [String] {
        switch (keyword, value) {
        case ("$ref", _):
            let name = rule.text?.split(separator: "/").last.map(String.init) ?? ""
            guard let target = root["$defs"]?[name] else { return ["\(place): no \(name) in the schema"] }
            return complaints(target, value, place)
        case ("type", _):
            let words = rule.text.map { [$0] } ?? rule.elements.compactMap(\.text)
            return words.contains(where: value.isA) ? [] : ["\(place) is not \(words)"]
        case ("enum", _): return rule.elements.contains(value) ? [] : ["\(place) is none of the words"]
        case ("const", _): return rule == value ? [] : ["\(place) is not \(rule)"]
        case ("pattern", .string(let text)):
            return JSONSchema.pattern(rule.text ?? "", fits: text) ? [] : ["\(place) is \(text)"]
        case ("minLength", .string(let text)):
            return Double(text.unicodeScalars.count) >= (rule.number ?? 0) ? [] : ["\(place) is too short"]
        case ("maxLength", .string(let text)):
            return Double(text.unicodeScalars.count) <= (rule.number ?? 0) ? [] : ["\(place) is too long"]
        case ("minimum", .number(let number)): return number >= (rule.number ?? 0) ? [] : ["\(place) is \(number)"]
        case ("maximum", .number(let number)): return number <= (rule.number ?? 0) ? [] : ["\(place) is \(number)"]
        case ("required", .object(let members)):
            return rule.elements.compactMap(\.text).filter { members[$0] == nil }.map { "\(place).\($0) is missing" }
        case ("properties", .object(let members)):
            return rule.members.flatMap { name, schema in
                members[name].map { complaints(schema, $0, "\(place).\(name)") } ?? []
            }
        case ("additionalProperties", .object(let members)) where rule == .boolean(false):
            let known = schema["properties"]?.members ?? [:]
            return members.keys.filter { known[$0] == nil }.map { "\(place).\($0) is not known" }
        case ("items", .array(let elements)):
            return elements.enumerated().flatMap { complaints(rule, $1, "\(place)[\($0)]") }
        case ("minItems", .array(let elements)):
            return Double(elements.count) >= (rule.number ?? 0) ? [] : ["\(place) has too few"]
        case ("maxItems", .array(let elements)):
            return Double(elements.count) <= (rule.number ?? 0) ? [] : ["\(place) has too many"]
        case ("$schema", _), ("$defs", _), ("title", _), ("description", _), ("pattern", _), ("minLength", _),
            ("maxLength", _), ("minimum", _), ("maximum", _), ("required", _), ("properties", _),
            ("additionalProperties", _), ("items", _), ("minItems", _), ("maxItems", _):
            return []
        default: return ["\(keyword) is a keyword that this check does not know"]
        }
    }
}

extension JSONTree {
    /// Whether it is of a type of JSON Schema.
    fileprivate func isA(_ type: String) -> Bool {
        switch (type, self) {
        case ("object", .object), ("array", .array), ("string", .string), ("number", .number), ("boolean", .boolean),
            ("null", .null):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}
