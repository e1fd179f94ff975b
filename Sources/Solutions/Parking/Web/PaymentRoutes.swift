internal import HubModel
internal import SQL
internal import SolutionKit

/// Payments and refunds.
struct PaymentRoutes: Sendable {
    let services: WebServices

    private var till: Till { Till(audit: services.audit) }

    var all: [Route] {
        [
            Route(
                .post, "/api/payments", access: .site(.takePayments),
                summary: "Record a payment for a session or a spot; the same again is answered as the first time",
                input: RouteInput(.newPayment), answers: [.json(.payment, status: 201, "Recorded")],
                refusals: [.notFound, .conflict],
                maximumBodyBytes: PaymentRequest.maximumBytes, handler: pay),
            Route(
                .get, "/api/payments/{id}", access: .site(.viewParkingMoney), summary: "One payment or refund",
                pathSchemas: LotPath.lot,
                query: [
                    QueryParameter(
                        "lot_id", "a lot of the site that is meant, where several have a payment of this name",
                        .identifier)
                ], answers: [.json(.payment)], refusals: [.conflict], handler: payment),
            Route(
                .post, "/api/payments/{id}/refund", access: .site(.manageTariffs),
                summary: "Give a payment back, whole or in part, under a payment_id of its own",
                pathSchemas: LotPath.lot,
                input: RouteInput(.newRefund), answers: [.json(.payment, status: 201, "Given back")],
                refusals: [.conflict],
                maximumBodyBytes: PaymentRequest.maximumBytes, handler: refund),
            Route(
                .post, "/api/payments/{id}/allocate", access: .site(.takePayments),
                summary: "Say which session an unallocated payment is for", pathSchemas: LotPath.lot,
                input: RouteInput(.allocation), answers: [.json(.payment)], refusals: [.conflict],
                maximumBodyBytes: PaymentRequest.maximumBytes, handler: allocate),
            Route(
                .post, "/api/sessions/{id}/waive", access: .site(.manageTariffs),
                summary: "Write off what a session that has ended owes, whole or in part, under a waiver_id of its own",
                pathSchemas: LotPath.lot, input: RouteInput(.newWaiver),
                answers: [.json(.waiver, status: 201, "Written off")], refusals: [.conflict],
                maximumBodyBytes: PaymentRequest.maximumBytes, handler: waive),
            Route(
                .get, "/api/sessions/{id}", access: .site(.viewParkingMoney),
                summary: "One session with its price line by line; of a car that is still there, so far",
                pathSchemas: LotPath.lot, answers: [.json(.parkingSessionDetail)], handler: session),
        ]
    }

    private func pay(_ request: RouteRequest) async throws -> RouteResponse {
        let wanted = try PaymentRequest(request.body)
        let (till, caller, sites) = (till, request.caller, request.scope)
        let payment = try await services.line.perform { line in
            try till.take(wanted, by: caller, at: sites, in: &line)
        }
        return PaymentRoutes.made(payment)
    }

    private func refund(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, wanted) = (request.path["id"] ?? "", try PaymentRequest(request.body))
        let (till, caller, sites) = (till, request.caller, request.scope)
        let refund = try await services.line.perform { line in
            try till.refund(wanted, of: id, by: caller, at: sites, in: &line)
        }
        return PaymentRoutes.made(refund)
    }

    private func waive(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, wanted) = (request.path["id"] ?? "", try WaiverRequest(request.body))
        let (till, caller, sites) = (till, request.caller, request.scope)
        let waiver = try await services.line.perform { line in
            try till.waive(wanted, of: id, by: caller, at: sites, in: &line)
        }
        return RouteResponse.json(status: 201, headers: [("Location", "/api/sessions/\(waiver.session)")]) { writer in
            writer.object { $0.members(of: waiver) }
        }
    }

    private static func made(_ payment: Payment) -> RouteResponse {
        RouteResponse.json(status: 201, headers: [("Location", "/api/payments/\(payment.name)")]) { $0.write(payment) }
    }

    private func allocate(_ request: RouteRequest) async throws -> RouteResponse {
        let id = request.path["id"] ?? ""
        let members = try JSONMembers(request.body)
        try members.refuseOthers(than: ["session_id"])
        let session = try members.text("session_id", maximumBytes: 64)
        let (till, caller, sites) = (till, request.caller, request.scope)
        let payment = try await services.line.perform { line in
            try till.allocate(id, to: session, by: caller, at: sites, in: &line)
        }
        return RouteResponse.json { $0.write(payment) }
    }

    private func payment(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, sites) = (request.path["id"] ?? "", request.scope)
        let lot = try request.given("lot_id").map { (name) throws(Refusal) in
            guard let lot = LotID(name) else { throw Refusal(.invalidParameter, "lot_id is the id of a lot.") }
            return lot
        }
        let found = try await services.database.read { try Till.payment(id, of: lot, at: sites, in: $0).0 }
        return RouteResponse.json { $0.write(found) }
    }

    private func session(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, sites, now) = (request.path["id"] ?? "", request.scope, services.clock.now())
        let (session, price, waivers) = try await services.database.read { reader in
            guard let session = try ParkingSessionTable.one(id, in: reader),
                let lot = try LotTable.one(session.lot, in: reader), sites.contains(lot.site)
            else { throw Refusal(.notFound, "There is no such session.") }
            return (
                session, try Till.price(of: session, until: session.departedAt ?? now, in: reader),
                try WaiverTable.all(of: id, in: reader)
            )
        }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.members(of: session)
                writer.member("due_so_far_minor", session.departedAt == nil ? price.totalMinor : nil)
                writer.members(of: price)
                writer.array("waivers") { writer in
                    for waiver in waivers {
                        writer.object { $0.members(of: waiver) }
                    }
                }
            }
        }
    }
}
