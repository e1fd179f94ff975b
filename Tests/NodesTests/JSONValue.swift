import HubModel

/// JSON as a tree, for comparing; the code under test has none.
enum JSONValue: Equatable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    init(_ bytes: [UInt8]) throws {
        var reader = JSONReader(bytes)
        self = try JSONValue.read(&reader)
        try reader.end()
    }

    init(_ text: String) throws {
        try self.init(Array(text.utf8))
    }

    private static func read(_ reader: inout JSONReader) throws(Refusal) -> JSONValue {
        switch try reader.peek() {
        case .object:
            var members: [String: JSONValue] = [:]
            try reader.object { (key, reader) throws(Refusal) in members[key] = try read(&reader) }
            return .object(members)
        case .array:
            var elements: [JSONValue] = []
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

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    var number: Double? {
        guard case .number(let number) = self else { return nil }
        return number
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var keys: Set<String> {
        guard case .object(let members) = self else { return [] }
        return Set(members.keys)
    }
}

extension LiveEvent {
    var json: JSONValue? {
        guard case .json(let bytes) = data else { return nil }
        return try? JSONValue(bytes)
    }
}
