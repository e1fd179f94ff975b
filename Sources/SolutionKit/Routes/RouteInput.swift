/// What a route takes in the body of a request. Where there are several forms, the request's media type chooses.
public struct RouteInput: Sendable {
    /// The forms, the usual one first.
    public let forms: [BodyForm]
    /// Whether a request without a body will do.
    public let isOptional: Bool

    /// A body in JSON.
    public init(_ schema: JSONSchema, isOptional: Bool = false) {
        self.init(.json(schema), isOptional: isOptional)
    }

    /// A body in one of these forms.
    public init(_ forms: BodyForm..., isOptional: Bool = false) {
        self.forms = forms
        self.isOptional = isOptional
    }

    /// The form that a media type stands for; nil when it stands for none of them.
    /// - Parameter mediaType: in small letters and without its parameters; nil: the request names none.
    public func form(for mediaType: String?) -> BodyForm? {
        guard let mediaType else { return forms.first { $0.isAssumed } ?? (forms.count == 1 ? forms.first : nil) }
        return forms.first { $0.takes(mediaType) } ?? forms.first { $0.isAssumed && BodyForm.isVague(mediaType) }
    }
}

/// One form that a body may have. What is read whole is in memory as a whole before the route's handler is called; what is not, the
/// handler reads as it comes, and is read no faster than that.
public enum BodyForm: Sendable {
    /// JSON, read whole.
    case json(JSONSchema)
    /// `application/x-www-form-urlencoded`, read whole. The schema describes the fields as members of an object, each a text.
    case form(JSONSchema)
    /// `multipart/form-data` (RFC 7578), part by part.
    case multipart([MultipartField])
    /// `multipart/x-mixed-replace`, part by part, for as long as it is sent: pictures of these media types, each in the place of the one
    /// before, as a camera pushes them. The parts have no names. The route's limit is for all of them together.
    case mixedReplace([String])
    /// Bytes of these media types, read whole; `image/*` stands for all images.
    case bytes([String])
    /// Bytes of these media types, as they come.
    case stream([String])

    /// The media types of the form.
    public var mediaTypes: [String] {
        switch self {
        case .json: ["application/json"]
        case .form: ["application/x-www-form-urlencoded"]
        case .multipart: ["multipart/form-data"]
        case .mixedReplace: ["multipart/x-mixed-replace"]
        case .bytes(let types), .stream(let types): types
        }
    }

    /// Whether the form takes a media type, given in small letters and without parameters.
    func takes(_ mediaType: String) -> Bool {
        if case .json = self, mediaType.hasSuffix("/json") || mediaType.hasSuffix("+json") { return true }
        return mediaTypes.contains { type in
            type.hasSuffix("/*") ? mediaType.hasPrefix(type.dropLast()) : type == mediaType
        }
    }

    /// Whether a body is taken for this form although its media type says nothing of the kind.
    var isAssumed: Bool {
        if case .json = self { return true }
        return false
    }

    /// What small devices and `curl -d` call a body without meaning it.
    static func isVague(_ mediaType: String) -> Bool {
        mediaType.hasPrefix("text/") || mediaType == "application/x-www-form-urlencoded"
            || mediaType == "application/octet-stream"
    }
}

/// A field of a `multipart/form-data` body.
public struct MultipartField: Sendable {
    /// What it holds.
    public enum Content: Sendable {
        /// A text, of at most so many bytes.
        case text(maximumBytes: Int)
        /// A file of these media types; none named: of any.
        case file([String])
    }

    /// Its name.
    public let name: String
    /// What it holds.
    public let content: Content
    /// Whether it may be left out.
    public let isOptional: Bool
    /// What it means.
    public let summary: String?

    /// A field.
    public init(_ name: String, _ content: Content, isOptional: Bool = false, _ summary: String? = nil) {
        self.name = name
        self.content = content
        self.isOptional = isOptional
        self.summary = summary
    }
}
