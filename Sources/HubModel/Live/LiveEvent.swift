/// What a live event carries; written as JSON only when somebody listens.
public enum LiveData: Sendable {
    /// A JSON object, ready to send.
    case json([UInt8])
    /// A reading; `idName` is the key under which the device's name goes, such as `valve_id`.
    case reading(Reading, idName: StaticString)
}

/// Something that pages show at once. It is raised inside the line, and becomes visible after the commit.
public struct LiveEvent: Sendable {
    /// The topic's path, such as `valves/north/state`.
    public let topic: String
    /// What is shown.
    public let data: LiveData
    /// The right that one needs to see it; nil: it is public, and strangers see it as well.
    public let permission: Permission?
    /// The site it belongs to; nil: to none, and the right must hold at every site.
    public let site: SiteID?
    /// The beginning of topics, such as `valves/north/`, whose earlier events are no more public than this one: what was public and is not any
    /// more is not shown again either. Nil: it says nothing of others.
    public let governs: String?

    /// An event.
    public init(
        topic: String, data: LiveData, needs permission: Permission?, at site: SiteID?, governing governs: String? = nil
    ) {
        self.governs = governs
        self.topic = topic
        self.data = data
        self.permission = permission
        self.site = site
    }

    /// Whether somebody with these grants may see it.
    public func isVisible(to grants: Grants) -> Bool {
        guard let permission else { return true }
        return grants.allows(permission, at: site)
    }
}

/// Takes the events of a committed batch; called by the writer once a batch, and must not block it.
public protocol LiveSink: Sendable {
    /// Makes events visible, in order.
    func publish(_ events: [LiveEvent], committedAt: Timestamp)
}
