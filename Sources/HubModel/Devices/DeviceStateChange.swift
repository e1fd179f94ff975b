/// What of a device a state is of: `device` for its being there, or what it watches, such as `door`.
public struct StateSubject: DeclaredName {
    /// The name.
    public let name: String

    /// A subject of a name that keeps the rule.
    public init(checked name: String) {
        self.name = name
    }

    /// The device itself: whether it is there.
    public static let device = StateSubject("device")
}

/// What a state means for those who look after the devices.
public enum StateSeverity: String, CaseIterable, Sendable {
    /// It is as it should be.
    case good
    /// Somebody should look.
    case attention
    /// Nobody knows how it is, which is never the same as good.
    case unknown
}

/// A device, or what it watches, is in another state than before.
public struct DeviceStateChange: Hashable, Sendable {
    /// Which device.
    public let device: DeviceID
    /// Its kind.
    public let kind: DeviceKind
    /// Where it is.
    public let site: SiteID
    /// What of it.
    public let subject: StateSubject
    /// The state, in the word that the API has for it: `online`, `occupied`; at most `maximumStateBytes`. Nil: what it was of is gone.
    public let state: String?
    /// Since when it is so.
    public let since: Timestamp
    /// What it means.
    public let severity: StateSeverity

    /// The longest word for a state, in bytes of UTF-8.
    public static let maximumStateBytes = 32

    /// A change. Traps on a word that is too long.
    public init(
        device: DeviceID, kind: DeviceKind, site: SiteID, subject: StateSubject = .device, state: String?,
        since: Timestamp, severity: StateSeverity
    ) {
        precondition((state?.utf8.count ?? 0) <= Self.maximumStateBytes, "BUG: a state's word is too long")
        self.device = device
        self.kind = kind
        self.site = site
        self.subject = subject
        self.state = state
        self.since = since
        self.severity = severity
    }
}
