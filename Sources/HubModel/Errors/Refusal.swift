/// Why a message or a request was refused: a closed set, each with a stable code that is also documented in
/// docs/errors.md.
public enum RefusalCode: String, CaseIterable, Sendable {
    // The content.
    case malformedJSON = "malformed_json"
    case wrongType = "wrong_type"
    case missingField = "missing_field"
    case duplicateKey = "duplicate_key"
    case valueOutOfRange = "value_out_of_range"
    case invalidIdentifier = "invalid_id"
    case identifierMismatch = "id_mismatch"
    case tooLarge = "too_large"
    case tooOld = "too_old"
    case invalidParameter = "invalid_parameter"
    case tooManySteps = "too_many_steps"
    case malformedRequest = "malformed_request"
    case rangeNotSatisfiable = "range_not_satisfiable"
    // The addressee.
    case unknownTopic = "unknown_topic"
    case reservedTopic = "reserved_topic"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case unsupportedMediaType = "unsupported_media_type"
    case notAcceptable = "not_acceptable"
    case conflict = "conflict"
    // The caller.
    case notSignedIn = "not_signed_in"
    case badCredentials = "bad_credentials"
    case secondFactorNeeded = "second_factor_needed"
    case weakPassword = "weak_password"
    case forbidden = "forbidden"
    case devicePending = "device_pending"
    case tooManyRequests = "too_many_requests"
    // The hub.
    case limitReached = "limit_reached"
    case overloaded = "overloaded"
    case stopping = "stopping"
    case storageUnavailable = "storage_unavailable"
    case internalFailure = "internal_error"
}

/// A peer's mistake (or, with the last codes, our own trouble), said so that the peer can mend it.
public struct Refusal: Error, Hashable, Sendable {
    /// What kind of refusal it is.
    public let code: RefusalCode
    /// One sentence for a person; never a secret, never the content of the message.
    public let detail: String
    /// In how many seconds another attempt makes sense; nil: nothing is known, or waiting alone mends nothing.
    public let retryAfterSeconds: Int?
    /// Whether the fault is in the message's topic, and not in what it says.
    public let isAboutTopic: Bool
    /// What it says over HTTP beside the sentence, for a program.
    public let members: [RefusalMember]

    /// A refusal.
    /// - Parameter members: of one name the first; what exceeds `RefusalMember.maximumBytes` is left out.
    public init(
        _ code: RefusalCode, _ detail: String, retryAfterSeconds: Int? = nil, isAboutTopic: Bool = false,
        members: [RefusalMember] = []
    ) {
        self.code = code
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
        self.isAboutTopic = isAboutTopic
        self.members = members.isEmpty ? [] : RefusalMember.carried(members)
    }
}

extension RefusalCode {
    /// The HTTP status that says the same (RFC 9110).
    public var httpStatus: Int {
        switch self {
        case .malformedJSON, .wrongType, .missingField, .duplicateKey, .valueOutOfRange, .invalidIdentifier,
            .identifierMismatch,
            .tooOld, .invalidParameter, .tooManySteps, .malformedRequest, .unknownTopic, .reservedTopic, .weakPassword:
            400
        case .notSignedIn, .badCredentials, .secondFactorNeeded: 401
        case .forbidden, .devicePending: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .notAcceptable: 406
        case .conflict: 409
        case .tooLarge: 413
        case .rangeNotSatisfiable: 416
        case .unsupportedMediaType: 415
        case .limitReached, .tooManyRequests: 429
        case .internalFailure: 500
        case .overloaded, .stopping, .storageUnavailable: 503
        }
    }

    /// A short title, the same for every refusal of this code (RFC 9457 `title`).
    public var title: String {
        switch self {
        case .malformedJSON: "The content is not valid JSON"
        case .wrongType: "A value has the wrong type"
        case .missingField: "A field is missing"
        case .duplicateKey: "A key appears twice"
        case .valueOutOfRange: "A value is out of range"
        case .invalidIdentifier: "The identifier is not valid"
        case .identifierMismatch: "Two identifiers disagree"
        case .tooLarge: "The content is too large"
        case .tooOld: "The reading is older than what is kept"
        case .invalidParameter: "A parameter is not valid"
        case .tooManySteps: "The range holds too many steps"
        case .malformedRequest: "The request is malformed"
        case .rangeNotSatisfiable: "The range is not in the file"
        case .unknownTopic: "Nothing listens on this topic"
        case .reservedTopic: "The topic belongs to the hub"
        case .notFound: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .unsupportedMediaType: "The content type is not supported"
        case .notAcceptable: "No acceptable form"
        case .conflict: "In conflict with the present state"
        case .notSignedIn: "Not signed in"
        case .badCredentials: "The credentials are not right"
        case .secondFactorNeeded: "A code of the second factor is needed"
        case .weakPassword: "The password is too easy to guess"
        case .forbidden: "Not allowed"
        case .devicePending: "The device waits to be approved"
        case .tooManyRequests: "Too many requests"
        case .limitReached: "A limit is reached"
        case .overloaded: "Too busy at the moment"
        case .stopping: "The hub is stopping"
        case .storageUnavailable: "The hub cannot store anything at the moment"
        case .internalFailure: "Something went wrong inside the hub"
        }
    }
}
