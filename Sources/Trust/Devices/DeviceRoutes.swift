public import HubModel
internal import Registry
internal import SQL
public import SolutionKit

/// The routes of «Sites» and «Devices» in docs/accounts-api.md. Reads go to the tables; whatever changes goes down the line.
public struct DeviceRoutes: Sendable {
    let services: WebServices
    let administration: DeviceAdministration
    private let devices: AdministeredDevices
    let refusedUnknown: @Sendable () -> Int64
    let isConnected: @Sendable (DeviceID) -> Bool

    /// Routes over the hub's devices.
    /// - Parameters:
    ///   - refusedUnknown: unknown devices that were turned away since the start.
    ///   - isConnected: whether a device has a connection to the broker of this hub.
    public init(
        services: WebServices, administration: DeviceAdministration, refusedUnknown: @escaping @Sendable () -> Int64,
        isConnected: @escaping @Sendable (DeviceID) -> Bool
    ) {
        self.services = services
        self.administration = administration
        devices = AdministeredDevices(administration)
        self.refusedUnknown = refusedUnknown
        self.isConnected = isConnected
    }

    var shapes: DeviceShapes { DeviceShapes(kinds: administration.rights.kinds) }

    /// All of them.
    public var all: [Route] { siteRoutes + deviceRoutes + pictureRoutes + joinRoutes }

    private var deviceRoutes: [Route] {
        let path = ["id": JSONSchema.identifier]
        return [
            Route(
                .get, "/api/devices", access: .site(.viewDevices), summary: "The devices of your sites, by name",
                query: shapes.filters, answers: [.json(shapes.list)], handler: list),
            Route(
                .post, "/api/devices", access: .site(.manageDevices), summary: "Add a device; its key is shown once",
                input: RouteInput(shapes.addition),
                answers: [.json(shapes.keyed, status: 201, "Added")], refusals: [.notFound, .conflict],
                handler: add),
            Route(
                .get, "/api/devices/{id}", access: .site(.viewDevices), summary: "One device", pathSchemas: path,
                answers: [.json(shapes.device)], handler: one),
            Route(
                .get, "/api/devices/{id}/refusals", access: .site(.manageDevices),
                summary: "The last messages and connections of a device that were refused, and why", pathSchemas: path,
                answers: [.json(.refusalList)], handler: refusals),
            Route(
                .put, "/api/devices/{id}", access: .site(.manageDevices),
                summary: "Move a device to another site, or give it another controller", pathSchemas: path,
                input: RouteInput(shapes.change), answers: [.json(shapes.device)],
                handler: change),
            Route(
                .delete, "/api/devices/{id}", access: .site(.manageDevices),
                summary: "Take a device out of the hub; its history stays", pathSchemas: path, answers: [.empty()],
                handler: remove),
            Route(
                .post, "/api/devices/{id}/rotate", access: .site(.manageDevices),
                summary: "Give a device a new key, shown once; the old one ends at once", pathSchemas: path,
                answers: [.json(shapes.keyed)], handler: rotate),
            Route(
                .post, "/api/devices/{id}/disable", access: .site(.manageDevices),
                summary: "Let a device in no more", pathSchemas: path, answers: [.json(shapes.device)]
            ) { try await setEnabled(false, $0) },
            Route(
                .post, "/api/devices/{id}/enable", access: .site(.manageDevices), summary: "Let a device in again",
                pathSchemas: path, answers: [.json(shapes.device)]
            ) { try await setEnabled(true, $0) },
        ]
    }

    // MARK: Reading

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try DeviceListing(request, kinds: administration.rights.kinds)
        let (administration, now) = (administration, services.clock.now())
        let blobs = services.blobs
        let (found, tags) = try await services.database.read { reader in
            let found = try wanted.answer(administration, at: now, in: reader)
            return (found, try DevicePicture.tags(found.page.rows, blobs, in: reader))
        }
        let (kinds, refused) = (administration.rights.kinds, refusedUnknown())
        return .json(headers: found.page.headers(request, "/api/devices", limit: wanted.limit)) { json in
            json.object { json in
                json.array("devices") { json in
                    for entry in found.page.rows {
                        json.write(entry, isConnected: isConnected(entry.id), picture: .some(tags[entry.id]))
                    }
                }
                json.member(next: found.page)
                json.object("counts") { json in
                    for (name, count) in found.counts {
                        json.member(name, count)
                    }
                }
                json.object("join") { json in
                    json.member("open_until", found.openUntil)
                    json.member("refused", refused)
                    json.member("kinds", kinds) { $0.string($1.name) }
                }
            }
        }
    }

    private func one(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let blobs = services.blobs
        let (entry, tags) = try await services.database.read { reader in
            // What waits belongs to no site yet.
            let pending = administrator.scope == .all ? try administration.join.pending(id, in: reader) : nil
            let entry: DeviceListing.Entry =
                try pending.map { .pending($0) } ?? .device(administration.device(id, administrator, in: reader))
            return (entry, try DevicePicture.tags([entry], blobs, in: reader))
        }
        return .json { $0.write(entry, isConnected: isConnected(id), picture: .some(tags[id])) }
    }

    private func refusals(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let devices = services.devices
        let kept = try await services.database.read { reader in
            _ = try administration.device(id, administrator, in: reader)
            return try devices.refusals(of: id, in: reader)
        }
        return .json { $0.write(kept) }
    }

    // MARK: Changing

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try DeviceAddition(request.body, kinds: administration.rights.kinds).device
        return try await keyed(request, status: 201) { try $0.add(wanted, by: request.caller, in: &$1) }
    }

    private func change(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try DeviceChangeRequest(request.body)
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let device = try await services.line.perform { line in
            var device = try administration.device(id, administrator, in: line.transaction())
            // The controller first: afterwards the device may be at a site that hides it from who asks.
            if let controller = wanted.controller {
                device = try administration.setController(
                    controller.device, of: id, by: administrator, in: line.transaction())
                // Who may speak for it is remembered by those who asked.
                line.forgetAfterCommit()
            }
            if let site = wanted.site {
                device = try administration.move(id, to: site, by: administrator, in: line.transaction())
                line.forgetAfterCommit()
            }
            return device
        }
        return answer(device)
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, devices) = (try request.device, devices)
        try await services.line.perform { line in try devices.remove(id, as: nil, by: request.caller, in: &line) }
        return .empty()
    }

    private func rotate(_ request: RouteRequest) async throws -> RouteResponse {
        let id = try request.device
        return try await keyed(request, status: 200) { try $0.rotateKey(of: id, as: nil, by: request.caller, in: &$1) }
    }

    private func setEnabled(_ isEnabled: Bool, _ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let devices = devices
        let device = try await services.line.perform { line in
            _ = try devices.setEnabled(isEnabled, id, as: nil, by: request.caller, in: &line)
            return try administration.device(id, administrator, in: line.transaction())
        }
        return answer(device)
    }

    /// Gives a device a key, and shows both.
    private func keyed(
        _ request: RouteRequest, status: Int,
        _ work: @escaping @Sendable (AdministeredDevices, inout LineContext) throws -> KeyedDevice
    ) async throws -> RouteResponse {
        let (devices, administration, administrator) = (devices, administration, request.administrator)
        let (device, key) = try await services.line.perform { line in
            let keyed = try work(devices, &line)
            return (try administration.device(keyed.device.id, administrator, in: line.transaction()), keyed.key)
        }
        return answer(device, key: key, status: status)
    }

    func answer(_ device: DeviceRecord, key: IssuedSecret? = nil, status: Int = 200) -> RouteResponse {
        // An answer that holds a key must not be kept by anything on its way.
        let headers = key == nil ? [] : [(name: "Cache-Control", value: "no-store")]
        return .json(status: status, headers: headers) {
            $0.write(.device(device), isConnected: isConnected(device.id), key: key)
        }
    }
}

extension RouteRequest {
    /// Who asks, within the sites for which they have the right.
    var administrator: Administrator { Administrator(caller, scope: scope, at: receivedAt) }

    /// The device that the path names.
    var device: DeviceID {
        get throws(Refusal) {
            guard let id = path["id"].flatMap({ DeviceID($0) }) else {
                throw Refusal(.invalidIdentifier, "A device's name is 1 to 64 letters, digits and . _ - : @.")
            }
            return id
        }
    }
}
