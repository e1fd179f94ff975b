import HubModel
import SolutionKit
import Testing

extension Route {
    /// Whether an answer is one that the route declares; a member that is declared nowhere counts as a mistake too.
    func check(_ response: RouteResponse) throws {
        let answer = try #require(answers.first { $0.status == response.status }, "\(path) answers \(response.status)")
        let type = response.contentType.split(separator: ";").first.map(String.init)
        let content = try #require(answer.content.first { $0.mediaType == type }, "\(path) gives \(type ?? "nothing")")
        guard let schema = content.schema else { return }
        #expect(schema.objections(to: try JSONValue(response.body), at: path) == [])
    }
}

extension JSONSchema {
    /// What of a value is not as the schema says; as much of it as the nodes' answers use.
    func objections(to value: JSONValue, at place: String) -> [String] {
        switch (self, value) {
        case (.any, _), (.boolean, .boolean), (.number, .number): return []
        case (.named(_, let schema), _): return schema.objections(to: value, at: place)
        case (.nullable, .null): return []
        case (.nullable(let schema), _): return schema.objections(to: value, at: place)
        case (.anyOf(let schemas), _):
            return schemas.contains { $0.objections(to: value, at: place).isEmpty } ? [] : ["\(place) is none of these"]
        case (.integer(let minimum, let maximum), .number(let number)):
            let isInside = number >= Double(minimum ?? .min) && number <= Double(maximum ?? .max)
            return number == number.rounded() && isInside ? [] : ["\(place) is \(number)"]
        case (.string(let minimum, let maximum, _), .string(let text)):
            return ((minimum ?? 0)...(maximum ?? .max)).contains(text.unicodeScalars.count)
                ? [] : ["\(place) is too long"]
        case (.timestamp, .string(let text)):
            return Timestamp(iso8601: text) != nil && text.utf8.count == 27 ? [] : ["\(place) is no time"]
        case (.words(let words), .string(let text)): return words.contains(text) ? [] : ["\(place) is \(text)"]
        case (.array(let schema), .array(let elements)):
            return elements.flatMap { schema.objections(to: $0, at: "\(place)[]") }
        case (.dictionary(let schema), .object(let members)):
            return members.flatMap { schema.objections(to: $0.value, at: "\(place).\($0.key)") }
        case (.object(let properties), .object(let members)):
            let declared = Set(properties.map(\.name))
            let unknown = members.keys.filter { !declared.contains($0) }.map { "\(place).\($0) is not declared" }
            return unknown
                + properties.flatMap { property -> [String] in
                    guard let member = members[property.name] else {
                        return property.isOptional ? [] : ["\(place).\(property.name) is missing"]
                    }
                    return property.schema.objections(to: member, at: "\(place).\(property.name)")
                }
        default: return ["\(place) is of another type"]
        }
    }
}
