import HubModel
import SolutionKit

/// JSON as a tree, for comparing and for checking against schemas; the code under test has none.
indirect enum JSONTree: Equatable {
    case object([String: JSONTree])
    case array([JSONTree])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    init(_ bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        self = try JSONTree.read(&reader)
        try reader.end()
    }

    private static func read(_ reader: inout JSONReader) throws(Refusal) -> JSONTree {
        switch try reader.peek() {
        case .object:
            var members: [String: JSONTree] = [:]
            try reader.object { (key, reader) throws(Refusal) in members[key] = try read(&reader) }
            return .object(members)
        case .array:
            var elements: [JSONTree] = []
            try reader.array { (reader) throws(Refusal) in elements.append(try read(&reader)) }
            return .array(elements)
        case .string: return .string(try reader.string())
        case .number: return .number(try reader.number().doubleValue)
        case .boolean: return .boolean(try reader.boolean())
        case .null:
            _ = try reader.null()
            return .null
        }
    }

    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    subscript(index: Int) -> JSONTree? { elements.indices.contains(index) ? elements[index] : nil }

    var elements: [JSONTree] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var members: [String: JSONTree] {
        guard case .object(let members) = self else { return [:] }
        return members
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }
}

extension SolutionKit.JSONSchema {
    /// What of a value is not as the route declares it; a member that is declared nowhere counts as well.
    func complaints(about value: JSONTree, at place: String) -> [String] {
        switch (self, value) {
        case (.any, _), (.boolean, .boolean), (.number, .number), (.nullable, .null): return []
        case (.named(_, let schema), _), (.nullable(let schema), _): return schema.complaints(about: value, at: place)
        case (.anyOf(let schemas), _):
            return schemas.contains { $0.complaints(about: value, at: place).isEmpty } ? [] : ["\(place) fits none"]
        case (.integer(let minimum, let maximum), .number(let number)):
            let fits = number >= Double(minimum ?? .min) && number <= Double(maximum ?? .max)
            return number == number.rounded() && fits ? [] : ["\(place) is \(number)"]
        case (.string(let minimum, let maximum, let pattern), .string(let text)):
            let fits = ((minimum ?? 0)...(maximum ?? .max)).contains(text.unicodeScalars.count)
            return fits && (pattern.map { text.fits($0) } ?? true) ? [] : ["\(place) is \(text)"]
        case (.timestamp, .string(let text)):
            return Timestamp(iso8601: text) != nil && text.utf8.count == 27 ? [] : ["\(place) is no time"]
        case (.words(let words), .string(let text)): return words.contains(text) ? [] : ["\(place) is \(text)"]
        case (.array(let schema), .array(let elements)):
            return elements.flatMap { schema.complaints(about: $0, at: "\(place)[]") }
        case (.dictionary(let schema), .object(let members)):
            return members.flatMap { schema.complaints(about: $0.value, at: "\(place).\($0.key)") }
        case (.object(let properties), .object(let members)):
            let names = Set(properties.map(\.name))
            return members.keys.filter { !names.contains($0) }.map { "\(place).\($0) is declared nowhere" }
                + properties.flatMap { property -> [String] in
                    guard let member = members[property.name] else {
                        return property.isOptional ? [] : ["\(place).\(property.name) is missing"]
                    }
                    return property.schema.complaints(about: member, at: "\(place).\(property.name)")
                }
        default: return ["\(place) is of another type"]
        }
    }
}

extension String {
    /// Whether a pattern (ECMA 262, as far as Swift's is the same) is found in it.
    func fits(_ pattern: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return firstMatch(of: regex) != nil
    }
}
