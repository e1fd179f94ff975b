import HubModel
import SolutionKit

extension JSONWriter {
    /// Writes a shape as JSON Schema 2020-12.
    mutating func schema(_ schema: JSONSchema) {
        object { $0.schemaMembers(schema) }
    }

    private mutating func schemaMembers(_ schema: JSONSchema) {
        switch schema {
        case .any: break
        case .boolean: member("type", "boolean")
        case .number: member("type", "number")
        case .integer(let minimum, let maximum):
            member("type", "integer")
            bound("minimum", minimum)
            bound("maximum", maximum)
        case .string(let minimum, let maximum, let pattern):
            member("type", "string")
            bound("minLength", minimum.map(Int64.init))
            bound("maxLength", maximum.map(Int64.init))
            if let pattern { member("pattern", pattern) }
        case .timestamp:
            member("type", "string")
            member("format", "date-time")
        case .words(let words):
            member("type", "string")
            array("enum") { json in for word in words { json.string(word) } }
        case .array(let element):
            member("type", "array")
            member("items") { $0.schema(element) }
        case .object(let properties): objectMembers(properties)
        case .dictionary(let value):
            member("type", "object")
            member("additionalProperties") { $0.schema(value) }
        case .nullable(let shape):
            array("anyOf") { json in
                json.schema(shape)
                json.object { $0.member("type", "null") }
            }
        case .anyOf(let shapes):
            array("anyOf") { json in for shape in shapes { json.schema(shape) } }
        case .allOf(let shapes):
            array("allOf") { json in for shape in shapes { json.schema(shape) } }
        case .named(let name, _): member("$ref", "#/components/schemas/\(name)")
        }
    }

    private mutating func objectMembers(_ properties: [JSONSchema.Property]) {
        member("type", "object")
        let required = properties.filter { !$0.isOptional }
        if !required.isEmpty {
            array("required") { json in for property in required { json.string(property.name) } }
        }
        guard !properties.isEmpty else { return }
        object("properties") { json in
            for property in properties {
                json.object(property.name) { json in
                    json.schemaMembers(property.schema)
                    if let summary = property.summary { json.member("description", summary) }
                }
            }
        }
    }
}

extension JSONWriter {
    /// Writes a bound if there is one.
    fileprivate mutating func bound(_ name: String, _ value: Int64?) {
        if let value { member(name, value) }
    }
}

/// The shapes that have names, each to be written once.
struct NamedShapes {
    private var shapes: [String: JSONSchema] = [:]

    /// Takes in every named shape of a route.
    mutating func collect(_ route: Route) throws(RouteError) {
        for schema in route.pathSchemas.values { try collect(schema) }
        for parameter in route.query { try collect(parameter.schema) }
        for form in route.input?.forms ?? [] {
            switch form {
            case .json(let schema), .form(let schema): try collect(schema)
            case .multipart, .mixedReplace, .bytes, .stream: break
            }
        }
        for member in route.refusals.flatMap(\.members) {
            guard !RefusalMember.reservedNames.contains(member.name) else { throw .reservedMember(member.name) }
            try collect(member.schema)
        }
        for answer in route.possibleAnswers {
            for case let schema? in answer.content.map(\.schema) { try collect(schema) }
        }
    }

    private mutating func collect(_ schema: JSONSchema) throws(RouteError) {
        switch schema {
        case .named(let name, let shape):
            if let known = shapes[name] {
                guard known == shape else { throw .conflictingSchemas(name) }
                return
            }
            guard name != OpenAPIProblem.name else { throw .conflictingSchemas(name) }
            shapes[name] = shape
            try collect(shape)
        case .array(let inner), .dictionary(let inner), .nullable(let inner): try collect(inner)
        case .anyOf(let choices), .allOf(let choices): for choice in choices { try collect(choice) }
        case .object(let properties): for property in properties { try collect(property.schema) }
        case .any, .boolean, .integer, .number, .string, .timestamp, .words: break
        }
    }

    /// Writes them by name.
    func write(into json: inout JSONWriter) {
        for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
            json.member(name) { $0.schema(shape) }
        }
    }
}
