import Foundation
import HubModel
import SolutionKit
import Testing
import WebAPI

@Suite struct OpenAPITests {
    static let thing = JSONSchema.named(
        "Thing",
        .object([
            .required("id", .identifier, "Its name"), .optional("at", .nullable(.timestamp)),
            .required("states", .array(.words(["on", "off"]))), .required("values", .dictionary(.number)),
            .required("kin", .array(.named("Kin", .object([.required("n", .integer(minimum: 1, maximum: 9))])))),
            .optional("either", .anyOf([.boolean, .count])), .optional("more", .any),
        ]))

    static let routes = [
        Route(
            .get, "/api/things/{id}", access: .site(.viewNodes), summary: "One thing",
            pathSchemas: ["id": .identifier], query: [QueryParameter("limit", "how many", .integer(minimum: 1))],
            answers: [
                .json(thing), RouteAnswer(200, "As a table", content: [("text/csv", nil)]),
                .json(.object([.required("why", .text)]), status: 503, "Not now"),
            ]
        ) { _ in throw Refusal(.notFound, "None.") },
        Route(
            .post, "/api/things", access: .hub(.manageDevices), summary: "A new thing", input: RouteInput(thing),
            answers: [.json(thing, status: 201, "Made")], refusals: [.conflict]
        ) { _ in throw Refusal(.conflict, "There is one.") },
        Route(
            .post, "/api/auth/x", access: .anyone, summary: "Open", input: RouteInput(.any, isOptional: true),
            answers: [.empty()]
        ) { _ in throw Refusal(.notFound, "None.") },
        Route(
            .post, "/api/esp/x", access: .device(.classroom), summary: "A device's", answers: [.empty()]
        ) { _ in throw Refusal(.notFound, "None.") },
        Route(
            .post, "/api/things/{id}/claims", access: .anyone, summary: "Yours", answers: [.empty()],
            refusals: [
                .conflict(with: [.required("holder", .named("Holder", .object([.required("n", .count)])), "Whose")]),
                RouteRefusal(.limitReached, with: [.required("most", .count)]),
            ]
        ) { _ in
            throw Refusal(
                .conflict, "It is another's.",
                members: [RefusalMember("holder") { json in json.object { $0.member("n", 7) } }])
        },
        Route(
            .get, "/api/feeds/{key}", access: .link(LinkKind("feed")), summary: "By a link", answers: [.json(.any)]
        ) { _ in throw RouteAccess.noSuchLink },
        Route(
            .get, "/api/screen", access: .link(LinkKind("screen"), key: .header), summary: "By a link",
            answers: [.json(.any)]
        ) { _ in throw RouteAccess.noSuchLink },
        Route(.get, "/api/things/{id}/id", access: .signedIn, summary: "Own", answers: [.json(.any)]) { _ in
            throw Refusal(.notFound, "None.")
        },
    ]

    func description() async throws -> [String: Any] {
        let text = Once()
        try await TestServer.run(routes: OpenAPITests.routes, gate: FakeGate()) { server in
            let answer = try await server.ask("GET", "/openapi.json", headers: ["Authorization: Bearer nobody"])
            #expect(answer.status == 200)
            text.set(answer.body)
        }
        return try #require(try JSONSerialization.jsonObject(with: Data(text.value.utf8)) as? [String: Any])
    }

    /// A value within a value, by keys.
    func at(_ value: Any?, _ keys: String...) -> Any? {
        keys.reduce(value) { found, key in (found as? [String: Any])?[key] }
    }

    @Test func `the description names every route once, with what it takes and gives`() async throws {
        let json = try await description()
        #expect(json["openapi"] as? String == "3.1.0")
        let paths = try #require(json["paths"] as? [String: [String: Any]])
        #expect(
            Set(paths.keys) == [
                "/api/things", "/api/things/{id}", "/api/things/{id}/id", "/api/things/{id}/claims", "/api/auth/x",
                "/api/esp/x", "/api/feeds/{key}", "/api/screen", "/api/system", "/health", "/ready", "/metrics",
                "/openapi.json",
            ])
        let all = paths.values.flatMap(\.values)
        #expect(Set(all.compactMap { at($0, "operationId") as? String }).count == all.count)
        let get = paths["/api/things/{id}"]?["get"]
        let parameters = try #require(at(get, "parameters") as? [[String: Any]])
        #expect(parameters.map { $0["in"] as? String } == ["path", "query"])
        #expect(at(parameters[0], "schema", "maxLength") as? Int == 64)
        #expect(at(parameters[1], "schema", "type") as? String == "integer")
        let content = try #require(at(get, "responses", "200", "content") as? [String: Any])
        #expect(Set(content.keys) == ["application/json", "text/csv"])
        #expect(
            at(content, "application/json", "schema", "$ref") as? String == "#/components/schemas/Thing")
        #expect(at(paths["/api/things"], "post", "requestBody", "required") as? Bool == true)
        #expect(at(paths["/api/auth/x"], "post", "requestBody", "required") as? Bool == false)
        #expect(at(paths["/api/esp/x"], "post", "requestBody") == nil)
    }

    @Test func `each route says who may ask, and how it refuses`() async throws {
        let json = try await description()
        let paths = json["paths"]
        func statuses(_ path: String, _ method: String) -> Set<String> {
            Set((at(paths, path, method, "responses") as? [String: Any] ?? [:]).keys)
        }
        #expect(
            statuses("/api/things/{id}", "get")
                == ["200", "400", "401", "403", "404", "413", "429", "500", "503"])
        #expect(
            statuses("/api/things", "post")
                == ["201", "400", "401", "403", "409", "413", "415", "429", "500", "503"])
        #expect(statuses("/api/auth/x", "post") == ["204", "400", "403", "413", "415", "429", "500", "503"])
        // Each status that is named is explained.
        let explained = Set((at(json, "components", "responses") as? [String: Any] ?? [:]).keys)
        for code in RefusalCode.allCases where code != .methodNotAllowed {
            #expect(explained.contains("Refused\(code.httpStatus)"), "\(code)")
        }
        #expect(!statuses("/health", "get").contains("401"))
        // What a route declares for a status stands beside the problem.
        let busy = at(paths, "/api/things/{id}", "get", "responses", "503", "content") as? [String: Any]
        #expect(Set((busy ?? [:]).keys) == ["application/json", "application/problem+json"])
        func schemes(_ path: String, _ method: String) -> [Set<String>]? {
            (at(paths, path, method, "security") as? [[String: Any]])?.map { Set($0.keys) }
        }
        #expect(schemes("/api/things", "post") == [["bearer"], ["cookie"]])
        #expect(schemes("/api/auth/x", "post") == [])
        #expect(schemes("/api/esp/x", "post") == [["deviceId", "deviceKey"]])
        #expect(schemes("/api/feeds/{key}", "get") == [] && schemes("/api/screen", "get") == [["linkKey"]])
        for path in ["/api/feeds/{key}", "/api/screen"] {
            #expect(statuses(path, "get") == ["200", "400", "403", "404", "413", "429", "500", "503"])
        }
        #expect(at(paths, "/api/things", "post", "x-permission") as? String == "devices.manage")
        #expect(at(paths, "/api/things/{id}/id", "get", "x-permission") == nil)
        #expect(at(json, "components", "securitySchemes", "cookie", "name") as? String == "martlet_access_t")
        for scheme in ["bearer", "linkKey"] {
            #expect(at(json, "components", "securitySchemes", scheme, "type") as? String == "http")
            #expect(at(json, "components", "securitySchemes", scheme, "scheme") as? String == "bearer")
        }
    }

    @Test func `shapes are written as JSON Schema, the named ones once`() async throws {
        let json = try await description()
        let schemas = try #require(at(json, "components", "schemas") as? [String: Any])
        #expect(Set(schemas.keys) == ["Problem", "Thing", "Kin", "System", "Holder"])
        let thing = schemas["Thing"]
        #expect(at(thing, "required") as? [String] == ["id", "states", "values", "kin"])
        let properties = at(thing, "properties")
        #expect(at(properties, "id", "description") as? String == "Its name")
        #expect(at(properties, "states", "items", "enum") as? [String] == ["on", "off"])
        #expect(at(properties, "values", "additionalProperties", "type") as? String == "number")
        #expect(at(properties, "kin", "items", "$ref") as? String == "#/components/schemas/Kin")
        let either = at(properties, "at", "anyOf") as? [[String: String]]
        #expect(either == [["type": "string", "format": "date-time"], ["type": "null"]])
        let codes = at(schemas["Problem"], "properties", "code", "enum") as? [String]
        #expect(codes == RefusalCode.allCases.map(\.rawValue))
    }

    @Test func `what a refusal carries is described, and stands in the problem beside what each has`() async throws {
        let responses = try #require(
            at(try await description(), "paths", "/api/things/{id}/claims", "post", "responses") as? [String: Any])
        func shapes(_ status: String) throws -> [[String: Any]] {
            let content = at(responses, status, "content", "application/problem+json", "schema", "allOf")
            return try #require(content as? [[String: Any]])
        }
        let conflict = try shapes("409")
        #expect(conflict[0]["$ref"] as? String == "#/components/schemas/Problem")
        #expect(at(conflict[1], "required") as? [String] == ["holder"])
        let holder = at(conflict[1], "properties", "holder")
        #expect(at(holder, "$ref") as? String == "#/components/schemas/Holder")
        #expect(at(holder, "description") as? String == "Whose")
        #expect(at(responses, "409", "description") as? String == "In conflict with the present state")
        // Too many requests come with the same status, and without the member.
        let limit = try shapes("429")
        #expect(at(limit[1], "required") == nil && at(limit[1], "properties", "most", "type") as? String == "integer")
        #expect(at(responses, "404", "$ref") as? String == "#/components/responses/Refused404")

        try await TestServer.run(routes: OpenAPITests.routes, gate: FakeGate()) { server in
            let answer = try await server.ask("POST", "/api/things/a/claims")
            #expect(answer.status == 409)
            let problem = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
            #expect(at(problem, "code") as? String == "conflict")
            #expect(at(problem, "detail") as? String == "It is another's.")
            #expect(at(problem, "status") as? Int == 409 && at(problem, "holder", "n") as? Int == 7)
        }
    }

    @Test func `no member of a refusal takes the name of one that each problem has`() async throws {
        for name in ["type", "title", "status", "detail", "code", "instance"] {
            let route = Route(
                .get, "/api/other", access: .anyone, summary: "", answers: [.empty()],
                refusals: [.conflict(with: [.optional(name, .text)])]
            ) { _ in .empty() }
            await #expect(throws: RouteError.reservedMember(name)) {
                try await TestServer.run(routes: [route]) { _ in }
            }
        }
    }

    @Test func `two shapes of one name are refused`() async throws {
        let other = Route(
            .get, "/api/other", access: .anyone, summary: "", answers: [.json(.array(.named("Thing", .any)))]
        ) { _ in throw Refusal(.notFound, "None.") }
        await #expect(throws: RouteError.conflictingSchemas("Thing")) {
            try await TestServer.run(routes: OpenAPITests.routes + [other]) { _ in }
        }
    }
}
