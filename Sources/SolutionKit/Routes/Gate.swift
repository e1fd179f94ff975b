public import HubModel
public import SQL

/// What a request shows to say who sends it. Doors take it off the wire; what it is worth, the gate decides.
public struct RequestCredentials: Sendable {
    /// What was shown. Never write its content anywhere.
    public enum Kind: Sendable {
        /// Nothing.
        case none
        /// `Authorization: Bearer …`: an access token or a personal access token.
        case bearer(String)
        /// The access token of a page, out of its cookie.
        case cookie(String)
        /// A device's name and key: `X-Device-Id` and `X-API-Key`, or `device_id` and `api_key` in the body.
        case device(name: String, key: String)
        /// The key of a link, for a route of a kind of link, from where the route takes it; empty when nothing was there.
        case link(key: String, kind: LinkKind)
        /// Something in `Authorization` that is understood by nobody here.
        case unknown
    }

    /// What was shown.
    public let kind: Kind
    /// How the request came.
    public let transport: RequestTransport
    /// When they are looked at: not when the request began to come.
    public let receivedAt: Timestamp
    /// Whether they are looked at once more for a request that takes long: that is no further request, and no further use of a link.
    public let isAgain: Bool

    /// Credentials.
    public init(_ kind: Kind, transport: RequestTransport, receivedAt: Timestamp, isAgain: Bool = false) {
        self.kind = kind
        self.transport = transport
        self.receivedAt = receivedAt
        self.isAgain = isAgain
    }
}

/// A request of somebody who is known, and that was refused.
public struct RefusedRequest: Sendable {
    /// Who asked.
    public let caller: Caller
    /// For what.
    public let route: Route
    /// The address as they wrote it, without what stands behind the question mark; of a route for links as it is declared, without the key.
    public let path: String
    /// Why it was refused.
    public let code: RefusalCode
    /// When it was refused.
    public let receivedAt: Timestamp

    /// A refused request.
    public init(caller: Caller, route: Route, path: String, code: RefusalCode, receivedAt: Timestamp) {
        self.caller = caller
        self.route = route
        self.path = path
        self.code = code
        self.receivedAt = receivedAt
    }
}

/// Knows who may come in over HTTP and over the live socket, and how fast.
public protocol RequestGate: Sendable {
    /// Lets a request from an address pass, before anything else is known of it.
    /// - Throws: `too_many_requests` with the seconds to wait.
    func admit(address: String?, at instant: Timestamp) throws(Refusal)

    /// Finds out who sends a request; `anonymous` when nothing was shown. Counts it against what that caller may use, unless
    /// they are looked at again.
    /// - Throws: `not_signed_in` when what was shown is worth nothing (any more), `device_pending`, `too_many_requests`.
    func caller(_ credentials: RequestCredentials) async throws -> Caller

    /// Whether a device of a kind may come from an address without showing anything.
    func admitsKeyless(_ kind: DeviceKind, from address: String?) -> Bool

    /// Keeps the report of a device that waits to be approved, to be taken in once it is.
    /// - Parameters:
    ///   - credentials: what the device showed, of which `caller` said `device_pending`.
    ///   - topic: the levels of the topic on which it might as well have published the report.
    /// - Throws: `device_pending` when it waits no more, `limit_reached` when no more is kept, and what `caller` throws.
    func setAside(_ report: [UInt8], topic: [String], of credentials: RequestCredentials) async throws

    /// Of callers whom the gate let in some time ago, those who may not be here any more, or not with the same rights; asked again and
    /// again for live sockets. Where it cannot be told, they stay.
    func unwelcome(among callers: Set<Caller>) async -> Set<Caller>

    /// Hears of a request that was refused, also by its route's handler, before the answer goes out: so that what somebody tried is
    /// written down.
    func note(_ refused: RefusedRequest) async

    /// The name of the cookie in which a page's access token comes.
    var accessCookie: String { get }
}

/// Keeps the audit: who did what to what.
public protocol AuditBook: Sendable {
    /// Appends an entry, in the transaction of what it tells about.
    func record(_ entry: AuditEntry, at instant: Timestamp, in transaction: Transaction) throws
}
