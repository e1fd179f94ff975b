public import HubModel
public import SolutionKit

/// JSON as a tree, for comparing and for checking against schemas; the code under test has none.
public indirect enum JSONTree: Equatable, Sendable {
    case object([String: JSONTree])
    case array([JSONTree])
    case string(String)
    case number(Double)
    case boolean(Bool)
    case null

    /// The tree of a text.
    /// - Throws: `Refusal` when it is no JSON.
    public init(_ bytes: [UInt8]) throws(Refusal) {
        var reader = JSONReader(bytes)
        self = try JSONTree.read(&reader)
        try reader.end()
    }

    /// As from bytes.
    public init(_ text: String) throws(Refusal) {
        try self.init(Array(text.utf8))
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

    /// A member of an object.
    public subscript(key: String) -> JSONTree? { members[key] }

    /// An element of an array.
    public subscript(index: Int) -> JSONTree? { elements.indices.contains(index) ? elements[index] : nil }

    /// The elements of an array; none of anything else.
    public var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }

    /// The members of an object; none of anything else.
    public var members: [String: JSONTree] { if case .object(let members) = self { members } else { [:] } }

    /// The names of an object's members.
    public var keys: Set<String> { Set(members.keys) }

    /// The text of a string.
    public var text: String? { if case .string(let text) = self { text } else { nil } }

    /// The value of a number.
    public var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// A boolean; nil for anything else.
    public var flag: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
}

extension LiveEvent {
    /// What it shows; nil when that is no JSON.
    public var json: JSONTree? {
        guard case .json(let bytes) = data else { return nil }
        return try? JSONTree(bytes)
    }
}

extension OutgoingMessage {
    /// What it says; nil when that is no JSON.
    public var json: JSONTree? { try? JSONTree(payload) }
}
