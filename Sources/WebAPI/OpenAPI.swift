import HubModel
import SolutionKit

/// The description of the API (OpenAPI 3.1), made out of the routes' declarations.
enum OpenAPI {
    /// The document.
    /// - Parameter accessCookie: the name of the cookie in which a page's access token comes.
    /// - Throws: `RouteError` when two shapes have one name.
    static func write(_ routes: [Route], version: String, accessCookie: String) throws(RouteError) -> [UInt8] {
        var shapes = NamedShapes()
        for route in routes { try shapes.collect(route) }
        var json = JSONWriter()
        json.object { json in
            json.member("openapi", "3.1.0")
            json.object("info") { json in
                json.member("title", "Martlet")
                json.member("version", version)
            }
            json.object("paths") { json in
                for path in Set(routes.map(\.path)).sorted() {
                    json.object(path) { json in
                        for route in routes.filter({ $0.path == path }).sorted(by: {
                            $0.method.rawValue < $1.method.rawValue
                        }) {
                            json.member(route.method.rawValue.lowercased()) { write(route, into: &$0) }
                        }
                    }
                }
            }
            json.object("components") { json in
                json.object("schemas") { json in
                    json.member(OpenAPIProblem.name) { OpenAPIProblem.writeSchema(into: &$0) }
                    shapes.write(into: &json)
                }
                json.object("responses") { OpenAPIProblem.writeResponses(into: &$0) }
                json.object("securitySchemes") { writeSecuritySchemes(accessCookie, into: &$0) }
            }
        }
        return json.bytes
    }

    private static func write(_ route: Route, into json: inout JSONWriter) {
        json.object { json in
            json.member("summary", route.summary)
            json.member("operationId", operationID(route))
            if let permission = route.access.permission { json.member("x-permission", permission.name) }
            json.member("security") { writeSecurity(route.access, into: &$0) }
            writeParameters(route, into: &json)
            if let input = route.input {
                json.object("requestBody") { json in
                    json.member("required", !input.isOptional)
                    json.object("content") { json in
                        for form in input.forms { OpenAPIInput.write(form, into: &json) }
                    }
                }
            }
            json.object("responses") { writeResponses(route, into: &$0) }
        }
    }

    private static func writeParameters(_ route: Route, into json: inout JSONWriter) {
        let names = pathParameters(route.path)
        guard !names.isEmpty || !route.query.isEmpty else { return }
        json.array("parameters") { json in
            for name in names {
                json.object { json in
                    json.member("name", name)
                    json.member("in", "path")
                    json.member("required", true)
                    json.member("schema") { $0.schema(route.pathSchemas[name] ?? .string(minimumLength: 1)) }
                }
            }
            for parameter in route.query {
                json.object { json in
                    json.member("name", parameter.name)
                    json.member("in", "query")
                    json.member("description", parameter.summary)
                    json.member("schema") { $0.schema(parameter.schema) }
                }
            }
        }
    }

    private static func writeResponses(_ route: Route, into json: inout JSONWriter) {
        let refusals = route.refusalStatuses
        let declared = Dictionary(grouping: route.possibleAnswers, by: \.status)
        for (status, answers) in declared.sorted(by: { $0.key < $1.key }) {
            json.object(String(status)) { json in
                json.member("description", answers.map(\.summary).joined(separator: "; "))
                var content = answers.flatMap(\.content)
                if refusals.contains(status) { content.append(OpenAPIProblem.content(route, status)) }
                guard !content.isEmpty else { return }
                json.object("content") { json in
                    for (type, schema) in content { writeContent(type, schema, into: &json) }
                }
            }
        }
        for status in refusals where declared[status] == nil {
            json.object(String(status)) { OpenAPIProblem.writeResponse(route, status, into: &$0) }
        }
    }

    static func writeContent(_ type: String, _ schema: JSONSchema?, into json: inout JSONWriter) {
        json.object(type) { json in
            guard let schema else { return }
            json.member("schema") { $0.schema(schema) }
        }
    }

    private static func writeSecurity(_ access: RouteAccess, into json: inout JSONWriter) {
        let ways: [[String]] =
            switch access {
            case .anyone, .link(_, .path): []
            case .link(_, .header): [["linkKey"]]
            case .signedIn, .hub, .site: [["bearer"], ["cookie"]]
            case .device, .anyDevice: [["deviceId", "deviceKey"]]
            }
        json.array { json in
            for way in ways {
                json.object { json in
                    for scheme in way {
                        json.array(scheme) { _ in }
                    }
                }
            }
        }
    }

    private static func writeSecuritySchemes(_ accessCookie: String, into json: inout JSONWriter) {
        for (scheme, summary) in [
            ("bearer", "The token that signing in gives, or a personal access token"),
            ("linkKey", "The key of a link of the kind that the route is for, `mlk_…`; nothing else opens it"),
        ] {
            json.object(scheme) { json in
                json.member("type", "http")
                json.member("scheme", "bearer")
                json.member("description", summary)
            }
        }
        for (scheme, place, name, summary) in [
            ("cookie", "cookie", accessCookie, "What signing in gives to a page of the hub"),
            ("deviceId", "header", "X-Device-Id", "A device's name; `device_id` in the body says the same"),
            ("deviceKey", "header", "X-API-Key", "A device's key; `api_key` in the body says the same"),
        ] {
            json.object(scheme) { json in
                json.member("type", "apiKey")
                json.member("in", place)
                json.member("name", name)
                json.member("description", summary)
            }
        }
    }

    private static func pathParameters(_ path: String) -> [String] {
        path.split(separator: "/").filter { $0.first == "{" }.map { String($0.dropFirst().dropLast()) }
    }

    /// `GET /api/devices/{id}` becomes `get_api_devices_by_id`: no other path gives the same, for a word in braces never
    /// reads like one without.
    private static func operationID(_ route: Route) -> String {
        let words = route.path.split(separator: "/").map { level in
            let word = String(level.map { $0.isLetter || $0.isNumber ? $0 : "_" })
            return level.first == "{" ? "by\(word.dropLast())" : word
        }
        return ([route.method.rawValue.lowercased()] + words).joined(separator: "_")
    }
}
