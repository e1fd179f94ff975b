internal import HubModel

/// The members of a JSON object that was sent. It prints nothing of itself: there may be a password in it.
struct RequestBody: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private var members: [String: [UInt8]] = [:]

    /// - Parameter isOptional: whether a body without any bytes is an object without members.
    /// - Throws: `malformed_json`, `wrong_type`, `duplicate_key`.
    init(_ bytes: [UInt8], isOptional: Bool = false) throws(Refusal) {
        if isOptional, bytes.isEmpty { return }
        var reader = JSONReader(bytes)
        var found: [String: [UInt8]] = [:]
        try reader.object { (key, reader) throws(Refusal) in
            let value = try reader.rawValue()
            guard found.updateValue(value, forKey: key) == nil else {
                throw Refusal(.duplicateKey, "a member stands there twice")
            }
        }
        try reader.end()
        members = found
    }

    /// A text that must be there.
    /// - Throws: `missing_field`, `wrong_type`, `value_out_of_range` when it is longer, in bytes.
    func string(_ name: String, limit: Int) throws(Refusal) -> String {
        guard let text = try optionalString(name, limit: limit) else {
            throw Refusal(.missingField, "\(name) is missing")
        }
        return text
    }

    /// A text; nil when it is not there, or null.
    /// - Throws: `wrong_type`, `value_out_of_range` when it is longer, in bytes.
    func optionalString(_ name: String, limit: Int) throws(Refusal) -> String? {
        guard var reader = try value(name) else { return nil }
        guard try reader.peek() == .string else { throw Refusal(.wrongType, "\(name) is a text") }
        let text = try reader.string()
        guard text.utf8.count <= limit else {
            throw Refusal(.valueOutOfRange, "\(name) has at most \(limit) bytes")
        }
        return text
    }

    /// A whole number; nil when it is not there, or null.
    /// - Throws: `wrong_type`, `value_out_of_range`.
    func optionalInteger(_ name: String) throws(Refusal) -> Int64? {
        guard var reader = try value(name) else { return nil }
        guard try reader.peek() == .number else { throw Refusal(.wrongType, "\(name) is a whole number") }
        guard let number = try reader.number().integerValue else {
            throw Refusal(.valueOutOfRange, "\(name) is a whole number")
        }
        return number
    }

    /// A yes or no; no when it is not there, or null.
    /// - Throws: `wrong_type`.
    func flag(_ name: String) throws(Refusal) -> Bool {
        guard var reader = try value(name) else { return false }
        guard try reader.peek() == .boolean else { throw Refusal(.wrongType, "\(name) is true or false") }
        return try reader.boolean()
    }

    /// An array that must be there.
    /// - Throws: `missing_field`, `wrong_type`; what `element` throws.
    func array(_ name: String, _ element: (inout JSONReader) throws(Refusal) -> Void) throws(Refusal) {
        guard var reader = try value(name) else { throw Refusal(.missingField, "\(name) is missing") }
        guard try reader.peek() == .array else { throw Refusal(.wrongType, "\(name) is an array") }
        try reader.array(element)
    }

    private func value(_ name: String) throws(Refusal) -> JSONReader? {
        guard let bytes = members[name] else { return nil }
        var reader = JSONReader(bytes)
        return try reader.null() ? nil : JSONReader(bytes)
    }

    var description: String { "a body of \(members.count) members" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
