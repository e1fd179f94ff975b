internal import HubModel
internal import SQL
internal import SolutionKit

/// The demo lots, and lots with their spots as files.
struct LotExchangeRoutes: Sendable {
    let services: WebServices

    /// The largest file that is imported, in bytes: a city of 20,000 spots has about six millions.
    private static let largestFile = 33_554_432
    /// The most lots and spots of one file.
    private static let (mostLots, mostSpots) = (1_000, 100_000)

    var all: [Route] {
        [
            Route(
                .post, "/api/init", access: .hub(.manageSettings),
                summary: "Make the demo lots; those that are there already stay as they are",
                input: RouteInput(.object([]), isOptional: true), answers: [.json(LotSchemas.made)],
                refusals: [.conflict], handler: makeDemo),
            Route(
                .get, "/api/lots/export", access: .site(.manageParking),
                summary: "All your lots with their spots, as JSON or CSV; an import takes the same",
                query: [QueryParameter("lot_id", "only this lot", .identifier), .tableForm],
                answers: [.table(LotSchemas.document, "The lots")],
                refusals: [.notFound], handler: export),
            Route(
                .post, "/api/lots/import", access: .site(.manageParking),
                summary: "Add and change lots with their spots, from JSON or CSV; all of it or nothing",
                input: RouteInput(.anyOf([LotSchemas.document, .text])), answers: [.json(LotSchemas.imported)],
                refusals: [.notFound, .conflict],
                maximumBodyBytes: Self.largestFile, handler: take),
        ]
    }

    /// Makes those demo lots that are not there yet.
    func addDemo(by caller: Caller) async throws -> EditResult {
        try await services.change(with: ParkingHandler.self, by: caller) { handler, line in
            // What is there was perhaps changed by somebody, and is none of ours.
            let missing = DemoLots.all.filter { demo in demo.edit.id.map { handler.park[$0] == nil } ?? false }
            guard !missing.isEmpty else { return AuditedChange(EditResult()) }
            let result = try handler.edit(missing.map(\.edit), mode: .add, at: .all, in: &line)
            let transaction = try line.transaction()
            for (edit, hourMinor) in missing {
                guard let id = edit.id, let lot = try LotTable.one(id, in: transaction) else { continue }
                let tariff = Tariff(
                    currency: edit.currency ?? "EUR", freeMinutes: 15, freeCountsAlways: false,
                    dailyCapMinor: 8 * hourMinor,
                    rules: [TariffRule(name: "Hour", price: .perStarted(minutes: 60, minor: hourMinor))])
                _ = try TariffTable.add(
                    tariff, to: lot, from: line.now, by: caller.shortName, at: line.now, in: transaction)
            }
            return AuditedChange(
                result, .changeLot, of: "lot:demo",
                facts: [("added_lots", String(result.addedLots)), ("added_spots", String(result.addedSpots))])
        }
    }

    private func makeDemo(_ request: RouteRequest) async throws -> RouteResponse {
        let result = try await addDemo(by: request.caller)
        let ids = DemoLots.all.compactMap(\.edit.id)
        let there = try await services.database.read { reader in
            try ids.reduce(into: (lots: 0, spots: 0)) { sum, id in
                guard try LotTable.one(id, in: reader) != nil else { return }
                sum.lots += 1
                sum.spots += try SpotTable.all(of: id, in: reader).count
            }
        }
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member(
                    "message", result.addedLots > 0 ? "The demo lots are there." : "The demo lots were there already.")
                writer.member("lots", there.lots)
                writer.member("spots", there.spots)
                writer.member("added_lots", result.addedLots)
                writer.member("added_spots", result.addedSpots)
            }
        }
    }

    /// Lots with their spots, as many as are read and sent at once.
    private struct ExportPage: ContinuedPage {
        var lots: [LotSheet] = []
        /// The position of the lot with which the next page begins.
        var next: Int?
    }

    /// Spots of one page of the export, of whole lots.
    private static let spotsPerPage = 1_000

    private func export(_ request: RouteRequest) async throws -> RouteResponse {
        let asCSV = try request.wantsCSV()
        let (sites, name, now) = (request.scope, request.given("lot_id"), services.clock.now())
        let chosen = try await services.database.read { reader in
            guard let name else { return try LotTable.all(at: sites, includingPublic: false, in: reader) }
            guard let id = LotID(name) else { throw Refusal(.invalidParameter, "lot_id is the id of a lot.") }
            return [try LotTable.one(id, at: sites, in: reader)]
        }
        let database = services.database
        let page = { @Sendable (first: Int) in
            try await database.read { try Self.exportPage(of: chosen, from: first, at: now, in: $0) }
        }
        if asCSV {
            return try await .csv(LotCSV.columns, named: "lots") { (first: Int?) in
                let page = try await page(first ?? 0)
                return (page.lots.flatMap(LotCSV.rows), page.next)
            }
        }
        return RouteResponse.json(
            list: "lots", first: try await page(0),
            write: { page, writer in for sheet in page.lots { writer.write(sheet) } }, more: page)
    }

    private static func exportPage(
        of chosen: [Lot], from first: Int, at now: Timestamp, in reader: some SQLReading
    ) throws -> ExportPage {
        var (page, spots) = (ExportPage(), 0)
        for index in chosen.indices.dropFirst(first) {
            guard spots < spotsPerPage else {
                page.next = index
                break
            }
            let lot = chosen[index]
            let minor = try TariffTable.inForce(at: now, of: lot.id, in: reader)?.tariff.everyHourMinor
            let sheet = LotSheet(
                lot: lot, price: minor.flatMap { Currency(lot.currency)?.major($0) },
                spots: try SpotTable.all(of: lot.id, in: reader))
            page.lots.append(sheet)
            spots += sheet.spots.count
        }
        return page
    }

    private func take(_ request: RouteRequest) async throws -> RouteResponse {
        let edits = try LotExchangeRoutes.edits(request.body)
        let result = try await LotEditRoutes(services: services).write(
            edits, mode: .merge, target: "lot:import", request)
        return RouteResponse.json { writer in
            writer.object { writer in
                writer.member("lots", result.lots)
                writer.member("spots", result.spots)
                writer.member("added_lots", result.addedLots)
                writer.member("added_spots", result.addedSpots)
            }
        }
    }

    /// Reads a file: JSON if it begins like JSON.
    static func edits(_ body: [UInt8]) throws(Refusal) -> [LotEdit] {
        let first = TextInput.withoutByteOrderMark(body).first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        var edits: [LotEdit] = []
        func take(_ reader: inout JSONReader) throws(Refusal) {
            edits.append(try LotEdit(&reader, place: "Lot \(edits.count + 1)"))
        }
        switch first {
        case UInt8(ascii: "["):
            var reader = JSONReader(body)
            try reader.array(take)
            try reader.end()
        case UInt8(ascii: "{"): try JSONMembers(body).array("lots", take)
        default: edits = try LotCSV.read(body)
        }
        guard !edits.isEmpty else { throw Refusal(.missingField, "The file holds no lot.") }
        guard edits.count <= mostLots, edits.reduce(0, { $0 + $1.spots.count }) <= mostSpots else {
            throw Refusal(.tooLarge, "A file holds at most \(mostLots) lots and \(mostSpots) spots.")
        }
        return edits
    }
}

extension JSONWriter {
    /// Writes a lot as the import takes it.
    fileprivate mutating func write(_ sheet: LotSheet) {
        object { json in
            json.writeConfiguration(of: sheet.lot)
            json.member("price_per_hour", decimal: sheet.price)
            json.member("spots", sheet.spots) { $0.writeConfiguration(of: $1) }
        }
    }
}
