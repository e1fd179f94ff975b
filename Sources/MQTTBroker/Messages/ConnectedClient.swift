public import MQTTCodec

/// Who is at the other end of a connection. One object for the life of the connection: a message names its publisher by
/// a reference, not by copies of four strings.
public final class ConnectedClient: Sendable, CustomStringConvertible {
    /// The client identifier, as bytes. May hold `/`, `+` and `#`: never put it into a topic filter unchecked.
    public let identifier: MQTTString
    /// The same as a Swift string.
    public let identifierText: String
    /// The user name under which the client was let in; nil for an anonymous one.
    public let userName: String?
    /// Whose connection this is (`AcceptedClient.owner`); nil for nobody's.
    public let owner: String?
    /// Whose session this is (`AcceptedClient.sessionOwner`); nil for nobody's.
    public let sessionOwner: String?
    /// Which one of that name the owner is (`AcceptedClient.generation`); nil: there is only one, or it is not known.
    public let generation: Int64?
    /// The name of the session, unlike that of every other one: the client identifier, and before it whose it is.
    public let session: MQTTString
    /// The same as a Swift string.
    public let sessionText: String
    /// The address for which the bounds count this client, because its owner, if it has one, stands for many; nil: they count it for the owner
    /// of its session.
    public let quotaAddress: String?
    /// What it may publish and subscribe; nil if only the authorizer knows.
    public let rights: ClientRights?
    /// Address and port of the peer, for logs and audits.
    public let remoteAddress: String
    /// The protocol version of the connection.
    public let version: ProtocolVersion

    /// A client as it was let in.
    public init(
        identifier: MQTTString, userName: String?, remoteAddress: String, version: ProtocolVersion,
        owner: String? = nil, sessionOwner: String? = nil, generation: Int64? = nil, quotaAddress: String? = nil,
        rights: ClientRights? = nil
    ) {
        self.identifier = identifier
        self.identifierText = identifier.description
        self.userName = userName
        self.remoteAddress = remoteAddress
        self.version = version
        self.owner = owner
        self.sessionOwner = sessionOwner ?? owner
        self.generation = generation
        session = SessionKey(owner: sessionOwner ?? owner, identifier: identifier).name
        sessionText = session.description
        self.quotaAddress = quotaAddress
        self.rights = rights
    }

    /// The client identifier.
    public var description: String { identifierText }

    /// Whether what was kept under a generation is of another owner of the same name. What is not known is taken for the same.
    func isAnother(than generation: Int64?) -> Bool {
        guard let generation, let own = self.generation else { return false }
        return generation != own
    }

    /// Whom the bounds count it for.
    var quotaOwner: QuotaOwner {
        if let quotaAddress { return .address(quotaAddress) }
        return sessionOwner.map { .named($0) } ?? .unknownAddress
    }

    /// The same as text, unlike for different ones: the owner of its session or, behind `address:`, its address.
    public var quotaName: String {
        switch quotaOwner {
        case .named(let name): name
        case .address(let address): "address:\(address)"
        }
    }

    /// The name of the session that an owner's client of this identifier has.
    public static func session(owner: String?, identifier: MQTTString) -> MQTTString {
        SessionKey(owner: owner, identifier: identifier).name
    }
}
