internal import HubModel
public import SolutionKit

extension JSONSchema {
    /// What of a value is not as the schema says; a member that is declared nowhere counts as well.
    /// - Parameter place: how the value is called in the complaints.
    public func complaints(about value: JSONTree, at place: String) -> [String] {
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
            return fits && (pattern.map { JSONSchema.pattern($0, fits: text) } ?? true) ? [] : ["\(place) is \(text)"]
        case (.timestamp, .string(let text)):
            return Timestamp(iso8601: text) != nil && text.utf8.count == 27 ? [] : ["\(place) is no time"]
        case (.words(let words), .string(let text)): return words.contains(text) ? [] : ["\(place) is \(text)"]
        case (.array(let schema), .array(let elements)):
            return elements.flatMap { schema.complaints(about: $0, at: "\(place)[]") }
        case (.dictionary(let schema), .object(let members)):
            return members.flatMap { schema.complaints(about: $0.value, at: "\(place).\($0.key)") }
        case (.object(let properties), .object(let members)):
            return JSONSchema.complaints(about: members, properties, at: place)
        default: return ["\(place) is of another type"]
        }
    }

    private static func complaints(
        about members: [String: JSONTree], _ properties: [Property], at place: String
    ) -> [String] {
        let names = Set(properties.map(\.name))
        let unknown = members.keys.filter { !names.contains($0) }.map { "\(place).\($0) is declared nowhere" }
        return unknown
            + properties.flatMap { property -> [String] in
                guard let member = members[property.name] else {
                    return property.isOptional ? [] : ["\(place).\(property.name) is missing"]
                }
                return property.schema.complaints(about: member, at: "\(place).\(property.name)")
            }
    }

    /// Whether a pattern (ECMA 262, as far as Swift's is the same) is found in a text.
    public static func pattern(_ pattern: String, fits text: String) -> Bool {
        guard let regex = try? Regex(pattern) else { return false }
        return text.firstMatch(of: regex) != nil
    }
}

extension Route {
    /// Holds an answer to what the route declares: its status, its media type, and the shape of its JSON.
    /// - Throws: `Undeclared`.
    public func check(_ response: RouteResponse) throws {
        guard let answer = possibleAnswers.first(where: { $0.status == response.status }) else {
            throw Undeclared(description: "\(method.rawValue) \(path) answers \(response.status)")
        }
        guard !answer.content.isEmpty else { return }
        let type = response.contentType.prefix { $0 != ";" }
        guard let content = answer.content.first(where: { $0.mediaType == type }) else {
            throw Undeclared(description: "\(method.rawValue) \(path) gives \(type)")
        }
        guard let schema = content.schema else { return }
        let complaints = schema.complaints(about: try JSONTree(response.body), at: path)
        guard complaints.isEmpty else { throw Undeclared(description: complaints.joined(separator: "; ")) }
    }
}
