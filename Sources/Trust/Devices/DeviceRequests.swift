internal import HubModel
internal import SolutionKit

extension JSONMembers {
    /// A kind of device.
    fileprivate func optionalKind(of kinds: [DeviceKind]) throws(Refusal) -> DeviceKind? {
        guard let text = try optionalText("kind", maximumBytes: 64) else { return nil }
        guard let kind = kinds.first(where: { $0.name == text }) else {
            throw Refusal(.valueOutOfRange, "kind is one of \(kinds.map(\.name).joined(separator: ", ")).")
        }
        return kind
    }
}

/// `POST /api/devices`.
struct DeviceAddition: Sendable {
    let device: NewDevice

    init(_ body: [UInt8], kinds: [DeviceKind]) throws(Refusal) {
        let members = try JSONMembers(body)
        guard let id = try members.optionalDevice("id") else { throw JSONMembers.missing("id") }
        guard let kind = try members.optionalKind(of: kinds) else { throw JSONMembers.missing("kind") }
        device = NewDevice(
            id, kind: kind, site: try members.optionalSite("site") ?? .main,
            controller: try members.optionalDevice("controller"))
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
        let members = try JSONMembers(body)
        site = try members.optionalSite("site")
        controller = members.has("controller") ? Controller(device: try members.optionalDevice("controller")) : nil
    }
}

/// `POST /api/devices/{id}/approve`.
struct DeviceApproval: Sendable {
    let kind: DeviceKind?
    let site: SiteID
    let credential: ApprovedCredential

    init(_ body: [UInt8], kinds: [DeviceKind]) throws(Refusal) {
        let members = try JSONMembers(body)
        kind = try members.optionalKind(of: kinds)
        site = try members.optionalSite("site") ?? .main
        guard let credential = ApprovedCredential(rawValue: try members.text("credential", maximumBytes: 64)) else {
            throw Refusal(.valueOutOfRange, "credential is new or offered.")
        }
        self.credential = credential
    }
}

/// `POST /api/sites` and `PUT /api/sites/{id}`.
struct SiteRequest: Sendable {
    let id: SiteID?
    let title: String

    init(_ body: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(body)
        id = try members.optionalSite("id")
        title = try members.text("title", maximumBytes: 1_024)
    }
}

/// `POST /api/join`.
struct JoinRequest: Sendable {
    let minutes: Int64

    init(_ body: [UInt8]) throws(Refusal) {
        minutes = try JSONMembers(body).wholeNumber("minutes")
    }
}
