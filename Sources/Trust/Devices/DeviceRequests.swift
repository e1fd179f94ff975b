internal import HubModel

/// What the routes of devices are sent: read once, checked, and nothing else is taken.
private struct Members {
    private var texts: [String: String?] = [:]
    private var numbers: [String: Int64] = [:]

    init(_ body: [UInt8], texts wanted: Set<String>, numbers counted: Set<String> = []) throws(Refusal) {
        var json = JSONReader(body)
        var texts: [String: String?] = [:]
        var numbers: [String: Int64] = [:]
        var keys = SeenKeys(limit: 64)
        try json.object { (key, reader) throws(Refusal) in
            try keys.note(key)
            if wanted.contains(key) {
                texts.updateValue(try reader.null() ? nil : try reader.string(), forKey: key)
            } else if counted.contains(key) {
                guard let number = try reader.number().integerValue else {
                    throw Refusal(.wrongType, "\(key) is a whole number")
                }
                numbers[key] = number
            } else {
                try reader.skip()
            }
        }
        try json.end()
        self.texts = texts
        self.numbers = numbers
    }

    func has(_ name: String) -> Bool { texts[name] != nil }

    /// The text; nil if it is missing or null.
    func text(_ name: String) -> String? { texts[name].flatMap { $0 } }

    func required(_ name: String) throws(Refusal) -> String {
        guard let text = text(name) else { throw Refusal(.missingField, "\(name) is missing") }
        return text
    }

    func number(_ name: String) throws(Refusal) -> Int64 {
        guard let number = numbers[name] else { throw Refusal(.missingField, "\(name) is missing") }
        return number
    }

    func device(_ name: String) throws(Refusal) -> DeviceID? {
        guard let text = text(name) else { return nil }
        guard let id = DeviceID(text) else {
            throw Refusal(.invalidIdentifier, "\(name) is 1 to 64 letters, digits and . _ - : @")
        }
        return id
    }

    func site(_ name: String) throws(Refusal) -> SiteID? {
        try device(name).flatMap { SiteID($0.text) }
    }

    func kind(of kinds: [DeviceKind]) throws(Refusal) -> DeviceKind? {
        guard let text = text("kind") else { return nil }
        guard let kind = kinds.first(where: { $0.name == text }) else {
            throw Refusal(.valueOutOfRange, "kind is one of \(kinds.map(\.name).joined(separator: ", "))")
        }
        return kind
    }
}

/// `POST /api/devices`.
struct DeviceAddition: Sendable {
    let id: DeviceID
    let kind: DeviceKind
    let site: SiteID
    let controller: DeviceID?

    init(_ body: [UInt8], kinds: [DeviceKind]) throws(Refusal) {
        let members = try Members(body, texts: ["id", "kind", "site", "controller"])
        guard let id = try members.device("id") else { throw Refusal(.missingField, "id is missing") }
        guard let kind = try members.kind(of: kinds) else { throw Refusal(.missingField, "kind is missing") }
        self.id = id
        self.kind = kind
        site = try members.site("site") ?? .main
        controller = try members.device("controller")
    }
}

/// `PUT /api/devices/{id}`.
struct DeviceChangeRequest: Sendable {
    /// A controller that is given, which may be none.
    struct Controller: Sendable {
        let device: DeviceID?
    }

    let site: SiteID?
    let controller: Controller?

    init(_ body: [UInt8]) throws(Refusal) {
        let members = try Members(body, texts: ["site", "controller"])
        site = try members.site("site")
        controller = members.has("controller") ? Controller(device: try members.device("controller")) : nil
    }
}

/// `POST /api/devices/{id}/approve`.
struct DeviceApproval: Sendable {
    let kind: DeviceKind?
    let site: SiteID
    let credential: ApprovedCredential

    init(_ body: [UInt8], kinds: [DeviceKind]) throws(Refusal) {
        let members = try Members(body, texts: ["kind", "site", "credential"])
        kind = try members.kind(of: kinds)
        site = try members.site("site") ?? .main
        guard let credential = ApprovedCredential(rawValue: try members.required("credential")) else {
            throw Refusal(.valueOutOfRange, "credential is new or offered")
        }
        self.credential = credential
    }
}

/// `POST /api/sites` and `PUT /api/sites/{id}`.
struct SiteRequest: Sendable {
    let id: SiteID?
    let title: String

    init(_ body: [UInt8]) throws(Refusal) {
        let members = try Members(body, texts: ["id", "title"])
        id = try members.site("id")
        title = try members.required("title")
    }
}

/// `POST /api/join`.
struct JoinRequest: Sendable {
    let minutes: Int64

    init(_ body: [UInt8]) throws(Refusal) {
        minutes = try Members(body, texts: [], numbers: ["minutes"]).number("minutes")
    }
}
