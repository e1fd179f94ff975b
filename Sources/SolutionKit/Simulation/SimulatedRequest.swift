/// A request of HTTP that a simulated device sends to its hub.
public struct SimulatedRequest: Sendable, Hashable {
    /// What is asked for (RFC 9110, section 9).
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// Reads.
        case get = "GET"
        /// Hands something in.
        case post = "POST"
        /// Puts something where the path says.
        case put = "PUT"
        /// Changes a part.
        case patch = "PATCH"
        /// Removes.
        case delete = "DELETE"
    }

    /// A header field.
    public struct Field: Sendable, Hashable {
        /// Its name, of which case does not matter.
        public let name: String
        /// Its value.
        public let value: String

        /// A header field.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What is asked for.
    public let method: Method
    /// The path with its query, percent-encoded (RFC 9112, section 3.2.1): `/api/devices/pump/commands/next?wait=5`.
    public let path: String
    /// Header fields. The connection sets `Host`, `Content-Length`, `Transfer-Encoding` and `Connection` itself, whatever these say.
    public let fields: [Field]
    /// The field `Content-Type`; nil: none.
    public let contentType: String?
    /// The body; it may be empty.
    public let body: [UInt8]
    /// How long the device waits for the whole answer, in microseconds, the time to connect included; 1 to `longestTime`.
    public let timeLimit: Int64

    /// The longest time that a device waits, in microseconds: the longest wait for a command, and as long again.
    public static let longestTime: Int64 = 120_000_000

    /// A request.
    /// - Parameter timeLimit: in microseconds; what is beyond its range becomes the nearest in it.
    public init(
        _ method: Method, _ path: String, fields: [Field] = [], contentType: String? = nil, body: [UInt8] = [],
        timeLimit: Int64 = 10_000_000
    ) {
        self.method = method
        self.path = path
        self.fields = fields
        self.contentType = contentType
        self.body = body
        self.timeLimit = min(max(1, timeLimit), SimulatedRequest.longestTime)
    }
}

/// What became of a simulated device's request.
public enum SimulatedAnswer: Sendable, Hashable {
    /// The hub answered.
    /// - Parameters:
    ///   - status: the status code (RFC 9110, section 15), 200 or more.
    ///   - body: at most `largestBody` bytes.
    case reply(status: Int, body: [UInt8])
    /// No whole answer came. Whether the hub has taken the request, nobody knows.
    case noReply(Reason)

    /// Why no whole answer came.
    public enum Reason: Sendable, Hashable {
        /// The hub could not be reached, or the connection was lost.
        case hubAway
        /// The device's time was over.
        case timeOver
        /// The answer was larger than a device can hold.
        case tooLarge
        /// It was not sent: its path or a header field is none of HTTP.
        case notSent
    }

    /// The largest body of an answer that a device can hold, in bytes.
    public static let largestBody = 65_536

    /// Whether the hub has done what was asked: status codes 200 to 299.
    public var isStored: Bool {
        guard case .reply(let status, _) = self else { return false }
        return (200...299).contains(status)
    }

    /// Whether the hub does not let the device in: status codes 401 and 403.
    public var isRefusalOfDevice: Bool {
        guard case .reply(let status, _) = self else { return false }
        return status == 401 || status == 403
    }
}
