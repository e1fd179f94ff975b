import HubModel
import SolutionKit

/// The description of the API (OpenAPI 3.1), made out of the routes' declarations.
enum OpenAPI {
    static func write(_ routes: [Route], version: String) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("openapi")
        json.string("3.1.0")
        json.key("info")
        json.object { json in
            json.member("title", "Martlet")
            json.member("version", version)
        }
        json.key("paths")
        json.object { json in
            for path in Set(routes.map(\.path)).sorted() {
                json.key(path)
                json.object { json in
                    for route in routes.filter({ $0.path == path }).sorted(by: {
                        $0.method.rawValue < $1.method.rawValue
                    }) {
                        json.key(route.method.rawValue.lowercased())
                        write(route, into: &json)
                    }
                }
            }
        }
        json.key("components")
        json.object { json in
            json.key("schemas")
            json.object { json in
                json.key("Problem")
                writeProblemSchema(into: &json)
            }
        }
        json.endObject()
        return json.bytes
    }

    private static func write(_ route: Route, into json: inout JSONWriter) {
        json.object { json in
            json.member("summary", route.summary)
            json.member("operationId", operationID(route))
            let parameters = pathParameters(route.path)
            if !parameters.isEmpty || !route.query.isEmpty {
                json.key("parameters")
                json.beginArray()
                for name in parameters { write(parameter: name, in: "path", summary: nil, into: &json) }
                for parameter in route.query {
                    write(parameter: parameter.name, in: "query", summary: parameter.summary, into: &json)
                }
                json.endArray()
            }
            switch route.method {
            case .get, .delete: break
            case .post, .put:
                json.key("requestBody")
                json.object { json in
                    json.key("content")
                    json.object { json in
                        json.key("application/json")
                        json.object { _ in }
                    }
                }
            }
            json.key("responses")
            json.object { json in
                json.key("2XX")
                json.object { $0.member("description", "Done") }
                json.key("default")
                json.object { json in
                    json.member("description", "Refused")
                    json.key("content")
                    json.object { json in
                        json.key("application/problem+json")
                        json.object { json in
                            json.key("schema")
                            json.object { $0.member("$ref", "#/components/schemas/Problem") }
                        }
                    }
                }
            }
        }
    }

    private static func write(parameter name: String, in place: String, summary: String?, into json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("in", place)
            if let summary { json.member("description", summary) }
            if place == "path" {
                json.key("required")
                json.boolean(true)
            }
            json.key("schema")
            json.object { $0.member("type", "string") }
        }
    }

    private static func writeProblemSchema(into json: inout JSONWriter) {
        json.object { json in
            json.member("type", "object")
            json.key("required")
            json.beginArray()
            for name in ["type", "title", "status", "detail", "code"] { json.string(name) }
            json.endArray()
            json.key("properties")
            json.object { json in
                for (name, type) in [
                    ("type", "string"), ("title", "string"), ("status", "integer"), ("detail", "string"),
                ] {
                    json.key(name)
                    json.object { $0.member("type", type) }
                }
                json.key("code")
                json.object { json in
                    json.member("type", "string")
                    json.key("enum")
                    json.beginArray()
                    for code in RefusalCode.allCases { json.string(code.rawValue) }
                    json.endArray()
                }
                json.key("instance")
                json.object { json in
                    json.member("type", "string")
                    json.member("description", "Names our own failure as it stands in the log")
                }
            }
        }
    }

    private static func pathParameters(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
    }

    /// `GET /api/nodes/{id}` becomes `get_api_nodes_id`.
    private static func operationID(_ route: Route) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }
}

extension JSONWriter {
    /// Writes an object whose members `members` writes.
    fileprivate mutating func object(_ members: (inout JSONWriter) -> Void) {
        beginObject()
        members(&self)
        endObject()
    }

    fileprivate mutating func member(_ name: String, _ value: String) {
        key(name)
        string(value)
    }
}
