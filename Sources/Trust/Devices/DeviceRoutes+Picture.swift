internal import HubModel
internal import SQL
internal import SolutionKit

/// A picture of each device.
extension DeviceRoutes {
    var pictureRoutes: [Route] {
        let (path, address) = (["id": JSONSchema.identifier], "/api/devices/{id}/picture")
        return [
            Route(
                .get, address, access: .site(.viewDevices), summary: "The picture of a device, or of its place",
                pathSchemas: path,
                query: [
                    QueryParameter(
                        "v", "the device's `picture`: an address that nobody has kept an earlier picture under",
                        .string(maximumLength: 64))
                ],
                answers: RouteAnswer.file(PictureFormat.mediaTypes, summary: "The picture"),
                handler: picture),
            Route(
                .put, address, access: .site(.manageDevices),
                summary: "Give a device a picture, in the place of the one it has", pathSchemas: path,
                input: RouteInput(.stream(PictureFormat.mediaTypes)),
                answers: [
                    .json(
                        .object([
                            .required("media_type", .words(PictureFormat.mediaTypes)), .required("bytes", .count),
                        ]))
                ],
                refusals: [.limitReached, .overloaded, .storageUnavailable],
                maximumBodyBytes: DevicePicture.maximumBytes, credentials: .header, handler: setPicture),
            Route(
                .delete, address, access: .site(.manageDevices), summary: "Take a device's picture away",
                pathSchemas: path, answers: [.empty()], handler: dropPicture),
        ]
    }

    private func picture(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let blobs = services.blobs
        let kept = try await services.database.read { reader in
            _ = try administration.device(id, administrator, in: reader)
            return try blobs.kept(as: DevicePicture.use(id), in: reader)
        }
        guard let kept else { throw Refusal(.notFound, "\(id) has no picture.") }
        return .file(
            try blobs.file(of: kept), contentType: kept.blob.mediaType,
            headers: PictureFormat.headers(named: id.text, mediaType: kept.blob.mediaType))
    }

    private func setPicture(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        guard case .stream(let content) = request.content else {
            throw Refusal(.malformedRequest, "Send the picture as the body of the request.")
        }
        // Before anything is read of it.
        _ = try await services.database.read { try administration.device(id, administrator, in: $0) }
        let (blobs, settings) = (services.blobs, services.settings)
        let caller = request.caller
        let blob = try await blobs.receive(
            content, from: caller.account ?? request.address, upTo: DevicePicture.maximumBytes,
            recognise: PictureFormat.recognise)
        try await blobs.settling(blob, in: services.database) {
            // It may have taken minutes.
            try await request.requireStillAllowed()
            let freed = try await services.line.perform { line in
                let transaction = try line.transaction()
                let administrator = Administrator(caller, scope: administrator.scope, at: line.now)
                _ = try administration.device(id, administrator, in: transaction)
                let freed = try blobs.keep(
                    blob, as: DevicePicture.purpose, of: .device(id), key: .only, settings, at: line.now,
                    in: transaction)
                try administration.record(
                    .changeDevice, "device:\(id)", [("picture", blob.mediaType), ("bytes", String(blob.bytes))],
                    administrator, in: transaction)
                return freed
            }
            return (freed, ())
        }
        return .json { json in
            json.object { json in
                json.member("media_type", blob.mediaType)
                json.member("bytes", blob.bytes)
            }
        }
    }

    private func dropPicture(_ request: RouteRequest) async throws -> RouteResponse {
        let (id, administration, administrator) = (try request.device, administration, request.administrator)
        let blobs = services.blobs
        let freed = try await services.line.perform { line in
            let transaction = try line.transaction()
            _ = try administration.device(id, administrator, in: transaction)
            guard let freed = try blobs.drop(DevicePicture.use(id), in: transaction) else {
                throw Refusal(.notFound, "\(id) has no picture.")
            }
            try administration.record(
                .changeDevice, "device:\(id)", [("picture", "removed")], administrator, in: transaction)
            return freed
        }
        await blobs.settle(nil, freed: freed, in: services.database)
        return .empty()
    }
}
