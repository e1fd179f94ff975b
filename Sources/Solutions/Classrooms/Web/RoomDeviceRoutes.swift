internal import HubModel
internal import SQL
internal import SolutionKit

/// Which device is in which classroom.
struct RoomDeviceRoutes: Sendable {
    let services: WebServices

    private static let path = ["device_id": JSONSchema.identifier]
    private static let largestPage = 1_000

    private static let device = JSONSchema.named(
        "ClassroomDevice",
        .object([
            .required("device_id", .identifier), .required("site", .identifier),
            .required("classroom_id", .nullable(.identifier), "null: it is in none"),
            .required("online", .boolean), .required("last_seen", .nullable(.timestamp)),
            .required("missing_reports", .count, "Reports that it numbered and that did not come"),
            .optional("api_key", .text, "Its key; it is shown once"),
        ]))

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/devices", access: .site(.manageClassrooms),
                summary: "The devices of classrooms, by name, and which classroom each is in",
                query: [
                    QueryParameter("after", "only devices behind this one: next of the page before", .identifier),
                    .pageLimit("devices", most: Self.largestPage, without: "1000 without it"),
                ], answers: [.json(.object([.required("devices", .array(Self.device)), .next()]))], handler: list),
            Route(
                .post, "/api/admin/devices", access: .site(.manageClassrooms),
                summary: "Add a device and put it in a classroom; needs devices.manage",
                input: RouteInput(
                    .object([.required("device_id", .identifier), .required("classroom_id", .identifier)])),
                answers: [.json(Self.device, status: 201, "Added; its key is shown once")],
                refusals: [.notFound, .conflict, .limitReached], handler: add),
            Route(
                .put, "/api/admin/devices/{device_id}", access: .site(.manageClassrooms),
                summary: "Put a device in a classroom, or take it out", pathSchemas: Self.path,
                input: RouteInput(.object([.required("classroom_id", .nullable(.identifier))])),
                answers: [.json(Self.device)], refusals: [.notFound, .conflict], handler: assign),
            Route(
                .post, "/api/admin/devices/{device_id}/key", access: .site(.manageClassrooms),
                summary: "Give a device a new key, shown once; needs devices.manage", pathSchemas: Self.path,
                answers: [.json(Self.device)], refusals: [.notFound], handler: rotateKey),
            Route(
                .delete, "/api/admin/devices/{device_id}", access: .site(.manageClassrooms),
                summary: "Remove a device from the hub; needs devices.manage", pathSchemas: Self.path,
                answers: [.empty()], refusals: [.notFound], handler: remove),
        ]
    }

    fileprivate struct Row: Sendable {
        let device: DeviceID
        let site: SiteID
        var room: KnownRoom?
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? Self.largestPage
        let after = request.given("after").flatMap { DeviceID($0) }
        let (devices, scope, now) = (services.devices, request.scope, services.clock.now())
        let found = try await services.database.read { reader in
            let known = try devices.devices(
                of: .classroom, at: scope, after: after, limit: Page<Row>.reading(limit), in: reader)
            let rooms = try ClassroomDeviceTable.rooms(of: known.map(\.id), in: reader)
            return try known.map { device in
                Row(
                    device: device.id, site: device.site,
                    room: try rooms[device.id].flatMap { id in
                        try KnownRoomTable.one(id, devices: devices, at: now, in: reader)
                    })
            }
        }
        let page = Page(found, limit: limit, key: \.device.text)
        return .json(headers: page.headers(request, "/api/admin/devices", limit: limit)) { writer in
            writer.object {
                $0.member("devices", page.rows) { $0.write($1) }
                $0.member(next: page)
            }
        }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        let members = try JSONMembers(request.body)
        guard let device = try members.optionalDevice("device_id") else { throw JSONMembers.missing("device_id") }
        guard let room = try members.optionalDevice("classroom_id").flatMap({ ClassroomID($0.text) }) else {
            throw JSONMembers.missing("classroom_id")
        }
        let (scope, caller, keys) = (request.scope, request.caller, services.deviceKeys)
        let (row, key) = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let entry = try handler.entry(room, within: scope)
            let made = try keys.add(
                NewDevice(device, kind: .classroom, site: entry.site), by: caller, in: &line)
            try handler.assign(made.device.id, to: entry, in: &line)
            return AuditedChange(
                (Row(device: made.device.id, site: entry.site, room: entry.known), made.key), .assignClassroomDevice,
                of: "classroom:\(room)", facts: [("device", made.device.id.text)])
        }
        return answer(row, key, status: 201)
    }

    private func assign(_ request: RouteRequest) async throws -> RouteResponse {
        let device = try deviceID(request)
        let members = try JSONMembers(request.body)
        guard members.has("classroom_id") else { throw JSONMembers.missing("classroom_id") }
        let room = try members.optionalDevice("classroom_id").flatMap { ClassroomID($0.text) }
        let (scope, devices) = (request.scope, services.devices)
        let row = try await services.change(with: ClassroomsHandler.self, by: request.caller) { handler, line in
            let known = try devices.known(device, in: try line.transaction())
            guard let known, known.kind == .classroom, !known.isRemoved, scope.contains(known.site) else {
                throw Refusal(.notFound, "There is no device \(device) of a classroom.")
            }
            handler.unassign(device, in: &line)
            try ClassroomDeviceTable.remove(device, in: try line.transaction())
            var row = Row(device: device, site: known.site)
            if let room {
                let entry = try handler.entry(room, within: scope)
                try handler.assign(device, to: entry, in: &line)
                row.room = entry.known
            }
            return AuditedChange(
                row, .assignClassroomDevice, of: "device:\(device)", facts: [("classroom", room?.text ?? "none")])
        }
        return .json { $0.write(row) }
    }

    private func rotateKey(_ request: RouteRequest) async throws -> RouteResponse {
        let (device, caller, keys) = (try deviceID(request), request.caller, services.deviceKeys)
        let (row, key) = try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            let made = try keys.rotateKey(of: device, as: .classroom, by: caller, in: &line)
            let row = Row(device: made.device.id, site: made.device.site, room: handler.rooms[made.device.id]?.known)
            return AuditedChange((row, made.key))
        }
        return answer(row, key, status: 200)
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (device, caller, keys) = (try deviceID(request), request.caller, services.deviceKeys)
        try await services.change(with: ClassroomsHandler.self, by: caller) { handler, line in
            try keys.remove(device, as: .classroom, by: caller, in: &line)
            handler.unassign(device, in: &line)
            try ClassroomDeviceTable.remove(device, in: try line.transaction())
            return AuditedChange(())
        }
        return .empty()
    }

    private func deviceID(_ request: RouteRequest) throws(Refusal) -> DeviceID {
        guard let device = DeviceID(request.path["device_id"] ?? "") else {
            throw Refusal(.notFound, "There is no such device.")
        }
        return device
    }

    private func answer(_ row: Row, _ key: IssuedSecret, status: Int) -> RouteResponse {
        // Nothing on its way may keep an answer that holds a key.
        .json(status: status, headers: [("Cache-Control", "no-store")]) { $0.write(row, key: key) }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ row: RoomDeviceRoutes.Row, key: IssuedSecret? = nil) {
        object {
            $0.member("device_id", row.device.text)
            $0.member("site", row.site.text)
            $0.member("classroom_id", row.room?.room.id.text)
            $0.member("online", row.room?.state.seenSince != nil)
            $0.member("last_seen", row.room?.state.lastSeen)
            $0.member("missing_reports", row.room?.state.missing ?? 0)
            if let key { $0.member("api_key", key.text) }
        }
    }
}
