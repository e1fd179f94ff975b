public import HubModel

/// A way in over HTTP that a solution offers. The web makes the router and the API's description out of the same
/// declaration.
public struct Route: Sendable {
    /// The request methods that routes use.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// The method.
    public let method: Method
    /// The path with parameters in braces: `/api/valves/{id}`.
    public let path: String
    /// Who may ask. Without it no route can be made.
    public let access: RouteAccess
    /// What it does, in one line.
    public let summary: String
    /// The shapes of the path's parameters, by name; a parameter that is not among them is any text.
    public let pathSchemas: [String: JSONSchema]
    /// Its query parameters.
    public let query: [QueryParameter]
    /// What it takes; nil: no body.
    public let input: RouteInput?
    /// How it answers when it does not refuse; one or more.
    public let answers: [RouteAnswer]
    /// How it may refuse besides what follows from its access, path and method (`refusalStatuses`).
    public let refusals: [RouteRefusal]
    /// The largest body it takes, in bytes.
    public let maximumBodyBytes: Int
    /// Where a device may show its name and key, besides the header fields `X-Device-Id` and `X-API-Key`.
    public let credentials: CredentialPlace
    /// Whether it waits for something that has not happened yet (`LongPoll`): its task is then cancelled when the client goes or the hub
    /// stops, and it answers with what there is.
    public let waits: Bool
    /// Whether its answer sets or ends the cookies of a sign-in: no other site's page may make a browser ask for that, even where nothing
    /// else protects the route.
    public let setsCookies: Bool
    /// For a route whose body is a report that a device might as well publish: the levels of the topic where, made of the path's
    /// parameters and the name that the device shows. It lets the hub keep what a device sends that waits to be approved, and take it in later; nil: nothing is kept.
    public let reportTopic: (@Sendable (_ path: [String: String], _ device: DeviceID) throws(Refusal) -> [String])?
    /// What answers it.
    public let handler: @Sendable (RouteRequest) async throws -> RouteResponse

    /// A route.
    public init(
        _ method: Method, _ path: String, access: RouteAccess, summary: String,
        pathSchemas: [String: JSONSchema] = [:], query: [QueryParameter] = [], input: RouteInput? = nil,
        answers: [RouteAnswer], refusals: [RouteRefusal] = [], maximumBodyBytes: Int = 65_536,
        credentials: CredentialPlace = .body, waits: Bool = false, setsCookies: Bool = false,
        reportTopic: (@Sendable (_ path: [String: String], _ device: DeviceID) throws(Refusal) -> [String])? = nil,
        handler: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.summary = summary
        self.pathSchemas = pathSchemas
        self.query = query
        self.input = input
        self.answers = answers
        self.refusals = refusals
        self.maximumBodyBytes = maximumBodyBytes
        self.credentials = credentials
        self.waits = waits
        self.setsCookies = setsCookies
        self.reportTopic = reportTopic
        self.handler = handler
    }
}

/// Where a device may show its name and key over HTTP. The header fields are always looked at first.
public enum CredentialPlace: Sendable {
    /// Nowhere else: for bodies that are not read before it is known who sends them.
    case header
    /// Also as `device_id` and `api_key` in the body: members of a JSON object, fields of a form, or fields of a multipart body that come
    /// before its first file.
    case body
    /// The same; and one that shows nothing at all is let in by its network, where the operator has said so for its kind
    /// (`Caller.Identity.keyless`).
    case network
}

extension Route {
    /// All ways in which it answers when it does not refuse: its own, and that a waiting device's report is kept.
    public var possibleAnswers: [RouteAnswer] {
        guard reportTopic != nil else { return answers }
        return answers + [
            .json(
                .object([.required("status", .words(["pending"]))]), status: 202,
                "Kept: the device waits to be approved; what it sent is taken in then")
        ]
    }
}

/// A parameter behind the question mark.
public struct QueryParameter: Sendable {
    /// Its name.
    public let name: String
    /// What it means, with units and bounds.
    public let summary: String
    /// Its shape, as text in the address.
    public let schema: JSONSchema

    /// A parameter.
    public init(_ name: String, _ summary: String, _ schema: JSONSchema = .text) {
        self.name = name
        self.summary = summary
        self.schema = schema
    }
}

/// How a route answers.
public struct RouteAnswer: Sendable {
    /// The status, such as 200.
    public let status: Int
    /// What it means.
    public let summary: String
    /// What may be in the body, by media type; nil for a type that is not JSON. Empty: no body.
    public let content: [(mediaType: String, schema: JSONSchema?)]

    /// An answer of any media types.
    public init(_ status: Int, _ summary: String, content: [(mediaType: String, schema: JSONSchema?)]) {
        self.status = status
        self.summary = summary
        self.content = content
    }

    /// An answer in JSON.
    public static func json(_ schema: JSONSchema, status: Int = 200, _ summary: String = "Done") -> RouteAnswer {
        RouteAnswer(status, summary, content: [("application/json", schema)])
    }

    /// An answer of one media type that is not JSON.
    public static func bytes(_ mediaType: String, _ summary: String = "Done") -> RouteAnswer {
        RouteAnswer(200, summary, content: [(mediaType, nil)])
    }

    /// The answers of a route that gives a file: whole, in part, or the word that the client has it already.
    public static func file(_ mediaTypes: String..., summary: String = "The file") -> [RouteAnswer] {
        file(mediaTypes, summary: summary)
    }

    /// The same, of a list of media types.
    public static func file(_ mediaTypes: [String], summary: String = "The file") -> [RouteAnswer] {
        let content = mediaTypes.map { (mediaType: $0, schema: nil as JSONSchema?) }
        return [
            RouteAnswer(200, summary, content: content),
            RouteAnswer(206, "The range that was asked for", content: content),
            RouteAnswer(304, "The client has it already", content: []),
        ]
    }

    /// An answer without a body.
    public static func empty(status: Int = 204, _ summary: String = "Done") -> RouteAnswer {
        RouteAnswer(status, summary, content: [])
    }
}
