internal import HubModel
internal import SQL
internal import SolutionKit

/// What devices said: their reports, and what their relays did.
struct LogRoutes: Sendable {
    let services: WebServices

    private static let largestPage = 10_000
    private static let longestDays: Int64 = 366

    private static let power = JSONSchema.named(
        "ClassroomPowerLog",
        .object([
            .required("id", .count), .required("classroom_id", .identifier), .required("device_id", .identifier),
            .required("at", .timestamp), .required("received_at", .timestamp), .required("power_on", .boolean),
            .required("reason", .text), .required("late", .boolean, "It came when it was of the past"),
        ]))

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/status-logs", access: .site(.manageClassrooms),
                summary: "What a classroom's device reported, as JSON or CSV",
                query: [QueryParameter("classroom_id", "which classroom", .identifier)]
                    + ReadingsRequest.parameters(of: "device"),
                answers: [.table(.statusLog, "The reports")], refusals: [.notFound], handler: status),
            Route(
                .get, "/api/admin/power-logs", access: .site(.manageClassrooms),
                summary: "What relays said that they did, newest first, as JSON or CSV",
                query: [
                    QueryParameter("classroom_id", "only of this classroom", .identifier),
                    QueryParameter("from", "the first instant; 30 days before to without it"),
                    QueryParameter("to", "the end, exclusive; now without it"),
                    QueryParameter("after", "only entries behind this one: next of the page before", .count),
                    .pageLimit("entries", most: Self.largestPage, without: "1000 without it, and in CSV all"),
                    .tableForm,
                ],
                answers: [
                    .table(.object([.required("logs", .array(Self.power)), .next(.count)]), "What relays did")
                ], refusals: [.notFound], handler: powerLog),
        ]
    }

    private func status(_ request: RouteRequest) async throws -> RouteResponse {
        let asCSV = try request.wantsCSV()
        guard let name = request.given("classroom_id"), let id = ClassroomID(name) else {
            throw Refusal(.invalidParameter, "classroom_id is the name of a classroom.")
        }
        let (now, devices) = (services.clock.now(), services.devices)
        let known = try await services.database.read {
            try KnownRoomTable.one(id, devices: devices, at: now, in: $0)
        }
        guard let known, request.scope.contains(known.room.site) else { throw ClassroomsHandler.noRoom(id) }
        guard let device = known.device else {
            throw Refusal(.notFound, "\(id) has no device: there are no reports of it.")
        }
        let source = ReadingSource(
            device, measurement: "classroom", fields: ["occupied", "power", "idle_seconds", "distance"])
        return try await services.readings(request, of: source, asCSV: asCSV)
    }

    private func powerLog(_ request: RouteRequest) async throws -> RouteResponse {
        let csv = try request.wantsCSV()
        var wanted = PowerLogSelection(sites: request.scope)
        if let name = request.given("classroom_id") {
            guard let id = ClassroomID(name) else {
                throw Refusal(.invalidParameter, "classroom_id is the name of a classroom.")
            }
            wanted.room = id
        }
        wanted.to = try request.instant("to") ?? services.clock.now()
        wanted.from = try request.instant("from") ?? wanted.to.advanced(bySeconds: -30 * 86_400)
        guard wanted.from < wanted.to, wanted.to <= wanted.from.advanced(bySeconds: Self.longestDays * 86_400) else {
            throw Refusal(.invalidParameter, "from is before to, and at most \(Self.longestDays) days before it.")
        }
        let given = try request.whole("limit", in: 1...Self.largestPage)
        let after = try request.whole("after", in: 0...Int64.max)
        let (limit, database, selection) = (given ?? 1_000, services.database, wanted)
        let read: @Sendable (Int64?) async throws -> Page<PowerLogEntry> = { place in
            let found = try await database.read {
                try PowerLogTable.all(
                    selection, before: place, limit: Page<PowerLogEntry>.reading(limit), in: $0)
            }
            return Page(found, limit: limit) { String($0.id) }
        }
        guard !csv else {
            return try await .csv(PowerLogEntry.columns, named: "power-log") { (place: Int64?) in
                let page = try await read(place ?? after)
                return (page.rows.map(\.cells), given == nil ? page.next.flatMap { Int64($0) } : nil)
            }
        }
        let page = try await read(after)
        return .json(headers: page.headers(request, "/api/admin/power-logs", limit: limit)) { writer in
            writer.object {
                $0.member("logs", page.rows) { $0.write($1) }
                $0.member(nextNumber: page)
            }
        }
    }
}

extension JSONSchema {
    fileprivate static let statusLog = JSONSchema.readings(of: .required("device_id", .identifier))
}

extension PowerLogEntry {
    fileprivate static let columns = [
        "id", "classroom_id", "device_id", "at", "received_at", "power_on", "reason", "late",
    ]

    fileprivate var cells: [CSVWriter.Cell] {
        [
            .text(String(id)), .text(room.text), .text(device.text), .time(at), .time(receivedAt),
            .text(String(isPowerOn)), .text(reason), .text(String(isLate)),
        ]
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ entry: PowerLogEntry) {
        object {
            $0.member("id", entry.id)
            $0.member("classroom_id", entry.room.text)
            $0.member("device_id", entry.device.text)
            $0.member("at", entry.at)
            $0.member("received_at", entry.receivedAt)
            $0.member("power_on", entry.isPowerOn)
            $0.member("reason", entry.reason)
            $0.member("late", entry.isLate)
        }
    }
}
