import HubModel
import SolutionKit

/// What the description of the API says of refusals.
enum OpenAPIProblem {
    static let name = "Problem"

    private static let mediaType = "application/problem+json"
    private static let problem = JSONSchema.named(name, .any)

    /// A problem as a route gives it with a status: with the members that it declares for it.
    static func content(_ route: Route, _ status: Int) -> (mediaType: String, schema: JSONSchema?) {
        let members = members(route, status)
        return (mediaType, members.isEmpty ? problem : .allOf([problem, .object(members)]))
    }

    /// The members that a route's problems of a status have: optional where another code comes with the same status.
    private static func members(_ route: Route, _ status: Int) -> [JSONSchema.Property] {
        let isAlone = RefusalCode.allCases.count { $0.httpStatus == status } == 1
        return route.refusals.filter { $0.code.httpStatus == status }.flatMap(\.members).map {
            isAlone ? $0 : .optional($0.name, $0.schema, $0.summary)
        }
    }

    /// What each status means, whatever the route.
    private static let meanings: [(status: Int, summary: String)] = [
        (400, "The request is not right"), (401, "Not signed in, or with what is worth nothing (any more)"),
        (403, "Not allowed"), (404, "There is no such thing, or not at a site that one may see"),
        (406, "In no form that `Accept` names"), (409, "In conflict with the present state"),
        (413, "The body is too large"),
        (415, "The body has no form that is taken here"), (416, "The range is beyond the end"),
        (429, "Too many; Retry-After says when it makes sense again"),
        (500, "The hub failed; its log has the reason under the name in `instance`"),
        (503, "Too busy or stopping; Retry-After says when it makes sense again"),
    ]

    /// What a route answers when it refuses with a status, as members of an object.
    static func writeResponse(_ route: Route, _ status: Int, into json: inout JSONWriter) {
        let content = content(route, status)
        guard content.schema != problem else {
            return json.member("$ref", "#/components/responses/\(responseName(status))")
        }
        json.member("description", meanings.first { $0.status == status }?.summary ?? "Refused")
        json.object("content") { OpenAPI.writeContent(content.mediaType, content.schema, into: &$0) }
    }

    static func responseName(_ status: Int) -> String { "Refused\(status)" }

    static func writeResponses(into json: inout JSONWriter) {
        for (status, summary) in meanings {
            json.object(responseName(status)) { json in
                json.member("description", summary)
                json.object("content") { OpenAPI.writeContent(mediaType, problem, into: &$0) }
            }
        }
    }

    static func writeSchema(into json: inout JSONWriter) {
        json.schema(
            .object([
                .required("type", .text, "The code as a URI"), .required("title", .text),
                .required("status", .integer(minimum: 400, maximum: 599)),
                .required("detail", .text, "A sentence for a person; it may change"),
                .required("code", .words(RefusalCode.allCases.map(\.rawValue)), "Stable"),
                .optional("instance", .text, "Names the hub's own failure as it stands in the log"),
            ]))
    }
}
