public import HubModel

/// Who a solution is, what it listens to and what it declares. The hub serves the declarations as `GET /api/catalogue`.
public struct SolutionManifest: Sendable {
    /// A short word, used in paths, topics and as the name of the folder of its pages: `valves`.
    public let id: String
    /// What people read: `Valves`.
    public let title: String
    /// Where its pages are: this path, and all below it. `/valves`.
    public let path: String
    /// The devices that belong to it.
    public let kinds: [Declared<DeviceKind>]
    /// Topic filters (MQTT) of the messages it takes from devices.
    public let topics: [String]

    /// Topic filters of the solution's own space: what is published there, is none of `topics` and none of
    /// `passedTopics`, is refused as unknown, so that a device with a mistake in its topic learns of it.
    public let ownedTopics: [String]
    /// Topic filters within that space which are plain broker traffic: anyone who has the right to them may use them.
    public let passedTopics: [String]
    /// What its devices may do over MQTT; a kind that is not here may do nothing.
    public let rights: [TopicRights]
    /// What those may do that can show neither a name nor a key, if somebody lets in devices of the kind by their network; a kind that is
    /// not here is never let in so.
    public let keylessRights: [TopicRights]
    /// The permissions that its routes need, in the order in which people read them.
    public let permissions: [Declared<Permission>]
    /// What its people do that the audit records.
    public let auditActions: [Declared<AuditAction>]
    /// What people may do, by role.
    public let grants: [RoleGrant]
    /// What whoever runs the hub may change of it. The days of its retention rules are declared with those.
    public let settings: [DeclaredSetting]
    /// The kinds of links that it offers.
    public let links: [LinkDeclaration]
    /// What its pages may ask a browser for, with the reader's consent. No other page may.
    public let browserFeatures: Set<BrowserFeature>
    /// The script of a service worker that keeps its pages for when there is no network: a file of the folder of its pages, such as
    /// `/valves/worker.js`. It may answer for `path` and all below it. Nil: they have none.
    public let worker: String?
    /// The right that one needs to see the solution at all: its entry in the navigation and on the front page.
    public let needs: Permission

    /// A manifest.
    public init(
        id: String, title: String, path: String, kinds: [Declared<DeviceKind>], topics: [String],
        ownedTopics: [String] = [], passedTopics: [String] = [], rights: [TopicRights],
        keylessRights: [TopicRights] = [], permissions: [Declared<Permission>],
        auditActions: [Declared<AuditAction>] = [], grants: [RoleGrant], links: [LinkDeclaration] = [],
        settings: [DeclaredSetting] = [], browserFeatures: Set<BrowserFeature> = [], worker: String? = nil,
        needs: Permission
    ) {
        self.id = id
        self.title = title
        self.path = path
        self.kinds = kinds
        self.topics = topics
        self.ownedTopics = ownedTopics
        self.passedTopics = passedTopics
        self.rights = rights
        self.keylessRights = keylessRights
        self.permissions = permissions
        self.auditActions = auditActions
        self.grants = grants
        self.settings = settings
        self.links = links
        self.browserFeatures = browserFeatures
        self.worker = worker
        self.needs = needs
    }
}
