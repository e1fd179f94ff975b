internal import HubModel
internal import SQL
internal import SolutionKit

/// Inspections over HTTP: a person sends a picture of a tank with a note, looks at what others have sent, and removes one.
struct InspectionRoutes: Sendable {
    let services: WebServices

    private static let path = ["id": JSONSchema.identifier, "inspection_id": JSONSchema.identifier]
    private static let ofTank = ["id": JSONSchema.identifier]
    private static let list = "/api/tanks/{id}/inspections"
    private static let largestPage = 200

    var all: [Route] {
        [
            Route(
                .get, Self.list, access: .site(.viewTanks), summary: "A tank's inspections, newest first",
                pathSchemas: Self.ofTank,
                query: [
                    QueryParameter("after", "only those behind this one: next of the page before", BlobPlace.schema),
                    .pageLimit("inspections", most: Self.largestPage, without: "50 without it"),
                ],
                answers: [.json(.object([.required("inspections", .array(.inspection)), .next(BlobPlace.schema)]))],
                handler: list),
            Route(
                .post, Self.list, access: .site(.inspectTanks), summary: "Add a picture of a tank, with a note",
                pathSchemas: Self.ofTank,
                input: RouteInput(
                    .multipart([
                        MultipartField(
                            "note", .text(maximumBytes: InspectionNote.maximumBytes), isOptional: true,
                            "What there is to say of it"),
                        MultipartField("picture", .file(PictureFormat.mediaTypes), "JPEG, PNG or WebP, at most 8 MiB"),
                    ])),
                answers: [.json(.inspection, status: 201, "Kept; Location is the picture's address")],
                refusals: [.conflict, .limitReached, .overloaded, .storageUnavailable],
                maximumBodyBytes: Inspection.maximumBytes + 65_536, credentials: .header, handler: add),
            Route(
                .get, "/api/tanks/{id}/inspections/{inspection_id}/picture", access: .site(.viewTanks),
                summary: "The picture of an inspection", pathSchemas: Self.path,
                answers: RouteAnswer.file(PictureFormat.mediaTypes, summary: "The picture"), handler: picture),
            Route(
                .delete, "/api/tanks/{id}/inspections/{inspection_id}", access: .site(.inspectTanks),
                summary: "Remove an inspection with its picture", pathSchemas: Self.path, answers: [.empty()],
                handler: remove),
        ]
    }

    private func list(_ request: RouteRequest) async throws -> RouteResponse {
        let (tank, blobs) = (try await services.tank(request), services.blobs)
        let limit = try request.whole("limit", in: 1...Self.largestPage) ?? 50
        let place = try request.blobPlace()
        let page = try await services.database.read { reader in
            let found = try blobs.files(
                of: .device(tank.id), as: Inspection.purpose, after: place,
                limit: Page<ListedBlob>.reading(limit), in: reader)
            let page = Page(found, limit: limit, key: \.place.text)
            let notes = try InspectionTable.notes(of: tank.id, keys: page.rows.map(\.key), in: reader)
            return page.map { listed in
                Inspection(
                    id: listed.key, at: listed.file.since,
                    note: notes[listed.key] ?? InspectionNote(text: "", author: nil), picture: listed.file.blob)
            }
        }
        return .json(headers: page.headers(request, Self.list, limit: limit)) { writer in
            writer.object {
                $0.member("inspections", page.rows) { $0.write($1) }
                $0.member(next: page)
            }
        }
    }

    private func add(_ request: RouteRequest) async throws -> RouteResponse {
        // Before anything is read of what is sent.
        let tank = try await services.tank(request).id
        let (devices, blobs, settings) = (services.devices, services.blobs, services.settings)
        try await services.database.read { try Self.requireDevice(tank, devices, in: $0) }
        let (caller, scope) = (request.caller, request.scope)
        let (text, picture) = try await read(request)
        let note = InspectionNote(text, by: caller)
        let inspection = try await blobs.settling(picture, in: services.database) {
            () -> (freed: [String], value: Inspection) in
            // It may have taken minutes.
            try await request.requireStillAllowed()
            return try await services.change(with: TanksHandler.self, by: caller) { handler, line in
                _ = try handler.tank(tank, within: scope)
                let transaction = try line.transaction()
                try Self.requireDevice(tank, devices, in: transaction)
                let kept = try blobs.files(
                    of: .device(tank), as: Inspection.purpose, after: nil, limit: Inspection.most, in: transaction)
                guard kept.count < Inspection.most else {
                    throw Refusal(
                        .limitReached, "A tank has at most \(Inspection.most) inspections: remove one of \(tank) first."
                    )
                }
                try InspectionTable.keepOnly(kept.map(\.key), of: tank, in: transaction)
                let id = try InspectionTable.add(note, of: tank, in: transaction)
                let freed = try blobs.keep(
                    picture, as: Inspection.purpose, of: .device(tank), key: id, settings, at: line.now,
                    in: transaction)
                return AuditedChange(
                    (freed: freed, value: Inspection(id: id, at: line.now, note: note, picture: picture)),
                    .addInspection, of: "tank:\(tank)",
                    facts: [("inspection", id.text), ("picture", picture.mediaType), ("bytes", "\(picture.bytes)")])
            }
        }
        let address = RouteAddress.text(
            "/api/tanks/{id}/inspections/{inspection_id}/picture",
            ["id": tank.text, "inspection_id": inspection.id.text])
        return .json(status: 201, headers: [("Location", address)]) { $0.write(inspection) }
    }

    /// Refuses a tank that people have added without a device, or whose device was removed.
    private static func requireDevice(
        _ tank: DeviceID, _ devices: any DeviceBook, in reader: some SQLReading
    ) throws {
        guard try devices.site(of: tank, in: reader) == nil else { return }
        throw Refusal(
            .conflict, "Add a device called \(tank) first: the pictures of a tank are kept with its device.")
    }

    /// Reads the form as it comes. What came of the picture is settled here when the form turns out to be none.
    private func read(_ request: RouteRequest) async throws -> (note: String, picture: ReceivedBlob) {
        guard case .parts(let parts) = request.content else {
            throw Refusal(.malformedRequest, "Send a form with the fields note and picture.")
        }
        let (blobs, sender) = (services.blobs, request.caller.account ?? request.address)
        var (note, picture) = ("", ReceivedBlob?.none)
        do {
            while let part = try await parts.next() {
                if part.name == "note" { note = try await part.text(upTo: InspectionNote.maximumBytes) }
                guard part.name == "picture" else { continue }
                guard picture == nil else { throw Refusal(.malformedRequest, "Send one picture with an inspection.") }
                picture = try await blobs.receive(
                    part.content, from: sender, upTo: Inspection.maximumBytes, recognise: PictureFormat.recognise)
            }
            guard !note.utf8.contains(0) else { throw Refusal(.invalidParameter, "Send the note as plain text.") }
            guard let picture else { throw Refusal(.missingField, "Send a picture in the field picture.") }
            return (note, picture)
        } catch {
            await blobs.settle(picture, freed: [], in: services.database)
            throw error
        }
    }

    private func picture(_ request: RouteRequest) async throws -> RouteResponse {
        let (tank, key, blobs) = (try await services.tank(request).id, try Self.key(request), services.blobs)
        let kept = try await services.database.read {
            try blobs.kept(as: Inspection.purpose.use(of: .device(tank), key: key), in: $0)
        }
        guard let kept else { throw Self.noInspection(key, of: tank) }
        return .file(
            try blobs.file(of: kept), contentType: kept.blob.mediaType,
            headers: PictureFormat.headers(named: "\(tank)-\(key)", mediaType: kept.blob.mediaType))
    }

    private func remove(_ request: RouteRequest) async throws -> RouteResponse {
        let (tank, key) = (try await services.tank(request).id, try Self.key(request))
        let (blobs, scope) = (services.blobs, request.scope)
        let freed = try await services.change(with: TanksHandler.self, by: request.caller) { handler, line in
            _ = try handler.tank(tank, within: scope)
            let transaction = try line.transaction()
            guard let freed = try blobs.drop(Inspection.purpose.use(of: .device(tank), key: key), in: transaction)
            else {
                throw Self.noInspection(key, of: tank)
            }
            try InspectionTable.remove(key, of: tank, in: transaction)
            return AuditedChange(
                freed, .removeInspection, of: "tank:\(tank)", facts: [("inspection", key.text)])
        }
        await blobs.settle(nil, freed: freed, in: services.database)
        return .empty()
    }

    private static func key(_ request: RouteRequest) throws(Refusal) -> BlobKey {
        guard let key = BlobKey(request.path["inspection_id"] ?? "") else {
            throw Refusal(.invalidIdentifier, "An inspection is called by its number.")
        }
        return key
    }

    private static func noInspection(_ key: BlobKey, of tank: DeviceID) -> Refusal {
        Refusal(.notFound, "\(tank) has no inspection \(key), or it is no longer kept.")
    }
}
