internal import HubModel
internal import SQL
internal import SolutionKit

/// The figures on the admin's first page.
struct DashboardRoutes: Sendable {
    let services: WebServices

    var all: [Route] {
        [
            Route(
                .get, "/api/admin/dashboard", access: .site(.manageClassrooms),
                summary: "How many classrooms are how, and what is booked today",
                answers: [
                    .json(
                        .object([
                            .required("rooms", .count), .required("occupied", .count), .required("powered", .count),
                            .required("offline", .count, "Their device was not heard of for five minutes"),
                            .required("without_device", .count), .required("unknown", .count),
                            .required("in_use_unbooked", .count, "Somebody is there, and nobody has booked"),
                            .required("booked_unused", .count, "Booked now, and nobody is there"),
                            .required("bookings_today", .count), .required("requests", .count, "Wait to be approved"),
                            .required("messages", .count, "That nobody has answered"), .required("now", .timestamp),
                        ]))
                ], handler: dashboard)
        ]
    }

    private func dashboard(_ request: RouteRequest) async throws -> RouteResponse {
        let (now, devices, scope) = (services.clock.now(), services.devices, request.scope)
        let settings = ClassroomSettings(services.settings)
        let (rooms, today, requests, messages) = try await services.database.read { reader in
            var clock = LocalClock(settings.zone) ?? .utc
            let day = clock.day(clock.date(at: now))
            let rooms = try KnownRoomTable.all(at: scope, devices: devices, at: now, in: reader)
            let ids = Set(rooms.map(\.room.id))
            let today = try OccurrenceTable.items(of: nil, from: day.lowerBound, to: day.upperBound, in: reader)
                .count { ids.contains($0.occurrence.classroom) }
            return (
                rooms, today, try BookingTable.countRequested(at: scope, in: reader),
                try MessageTable.countOpen(at: scope, in: reader)
            )
        }
        let views = rooms.map { $0.view(at: now) }
        return .json { writer in
            writer.object {
                $0.member("rooms", rooms.count)
                $0.member("occupied", views.count { $0.occupancy == .occupied })
                $0.member("powered", views.count { $0.isPowerOn == true && $0.isOnline })
                $0.member("offline", views.count { $0.hasDevice && !$0.isOnline })
                $0.member("without_device", views.count { !$0.hasDevice })
                $0.member("unknown", views.count { $0.occupancy == .unknown })
                $0.member("in_use_unbooked", views.count { $0.occupancy == .occupied && $0.now == nil })
                $0.member("booked_unused", views.count { $0.occupancy == .idle && $0.now != nil })
                $0.member("bookings_today", today)
                $0.member("requests", requests)
                $0.member("messages", messages)
                $0.member("now", now)
            }
        }
    }
}
