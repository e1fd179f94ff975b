import HubModel
import SolutionKit

/// What the description of the API says of the forms that a body may have.
enum OpenAPIInput {
    static func write(_ form: BodyForm, into json: inout JSONWriter) {
        switch form {
        case .json(let schema), .form(let schema):
            for type in form.mediaTypes { OpenAPI.writeContent(type, schema, into: &json) }
        case .bytes(let types), .stream(let types):
            for type in types { OpenAPI.writeContent(type, nil, into: &json) }
        case .mixedReplace:
            for type in form.mediaTypes { OpenAPI.writeContent(type, nil, into: &json) }
        case .multipart(let fields):
            json.object("multipart/form-data") { write(fields, into: &$0) }
        }
    }

    /// Files are strings without a media type of JSON (OpenAPI 3.1, section 4.8.14.4); which types they may have, `encoding` says.
    private static func write(_ fields: [MultipartField], into json: inout JSONWriter) {
        let properties = fields.map { field -> JSONSchema.Property in
            let schema: JSONSchema =
                switch field.content {
                case .text(let most): .string(maximumLength: most)
                case .file: .text
                }
            return field.isOptional
                ? .optional(field.name, schema, field.summary) : .required(field.name, schema, field.summary)
        }
        json.member("schema") { $0.schema(.object(properties)) }
        let files = fields.compactMap { field -> (name: String, types: [String])? in
            guard case .file(let types) = field.content else { return nil }
            return (field.name, types.isEmpty ? ["application/octet-stream"] : types)
        }
        guard !files.isEmpty else { return }
        json.object("encoding") { json in
            for file in files {
                json.object(file.name) { $0.member("contentType", file.types.joined(separator: ", ")) }
            }
        }
    }
}
