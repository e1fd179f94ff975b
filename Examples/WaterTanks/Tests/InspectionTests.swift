import Blobs
import HubModel
import HubTesting
import SQL
import SolutionKit
import Synchronization
import Testing
import WaterTanks

/// Pictures of tanks: what comes in as a form, what is kept of it, who may, and what goes.
@Suite struct InspectionTests {
    private let viewer = Caller.person([Permission("tanks.view")], at: "main")
    private let inspector = Caller.person([Permission("tanks.view"), Permission("tanks.inspect")], at: "main")
    private let list = "/api/tanks/{id}/inspections"
    private let one = "/api/tanks/{id}/inspections/{inspection_id}"

    private func note(_ text: String) -> BodyPart { part("note", nil, Array(text.utf8)) }

    private func picture(_ number: UInt8, bytes: Int = 100) -> BodyPart {
        part("picture", "x.png", FileStage.png(number, bytes: bytes))
    }

    private func part(_ name: String, _ file: String?, _ bytes: [UInt8]) -> BodyPart {
        BodyPart(name: name, fileName: file, mediaType: nil, content: FileStage.stream(bytes))
    }

    /// Bytes that come in one piece, behind which something happens.
    private func stream(_ bytes: [UInt8], _ then: @escaping @Sendable () throws -> Void) -> BodyStream {
        let rest = Mutex([bytes][...])
        return BodyStream {
            let piece = rest.withLock { $0.popFirst() }
            if piece == nil { try then() }
            return piece
        }
    }

    @Test("pictures are kept with their notes, listed newest first in pages, opened, and removed one by one")
    func life() async throws {
        try await FileStage.run { stage in
            for number in 1...3 {
                let made = try await stage.ask(
                    .post, list, form: [note("rust \(number)"), picture(UInt8(number))], as: inspector)
                #expect(made.status == 201)
                #expect(
                    made.headers.first { $0.name == "Location" }?.value
                        == "/api/tanks/barn/inspections/\(number)/picture")
                stage.house.clock.move(seconds: 60)
            }
            let first = try await stage.ask(.get, list, query: [("limit", "2")], as: viewer)
            let page = try JSONTree(first.body)
            #expect(page["inspections"]?.elements.map { $0["note"]?.text } == ["rust 3", "rust 2"])
            #expect(page["inspections"]?.elements.first?["author"]?.text == "anna")
            #expect(first.headers.contains { $0.name == "Link" })
            let next = try #require(page["next"]?.text)
            let second = try JSONTree(try await stage.ask(.get, list, query: [("after", next)], as: viewer).body)
            #expect(second["inspections"]?.elements.map { $0["note"]?.text } == ["rust 1"] && second["next"] == .null)

            let path = ["id": "barn", "inspection_id": "2"]
            let shown = try await stage.ask(.get, one + "/picture", path, as: viewer)
            guard case .file(let file) = shown.content else { return #expect(Bool(false), "it is no file") }
            #expect(shown.contentType == "image/png" && file.entityTag != nil)
            #expect(shown.headers.contains { $0.value == "inline; filename=\"barn-2.png\"" })

            #expect(try await stage.refusal(.delete, one, path, as: viewer) == .forbidden)
            #expect(try await stage.ask(.delete, one, path, as: inspector).status == 204)
            #expect(try await stage.refusal(.get, one + "/picture", path, as: viewer) == .notFound)
            #expect(try await stage.refusal(.delete, one, path, as: inspector) == .notFound)
            #expect(stage.files == 2)
            #expect(try stage.house.count("tank_inspection") == 2)
            let told = stage.house.audit.entries.map(\.action.name)
            #expect(told == Array(repeating: "tank_inspection.add", count: 3) + ["tank_inspection.remove"])
        }
    }

    @Test("of what is no inspection nothing stays: no picture, two, no right, another site, a tank without a device")
    func refused() async throws {
        try await FileStage.run { stage in
            func code(_ form: BodyPart..., as caller: Caller? = nil) async throws -> RefusalCode? {
                try await stage.refusal(.post, list, form: form, as: caller ?? inspector)
            }
            #expect(try await code(note("nothing to see")) == .missingField)
            #expect(try await code(picture(1), picture(2)) == .malformedRequest)
            #expect(try await code(part("picture", "x.png", Array("<html>".utf8))) == .unsupportedMediaType)
            #expect(try await code(picture(1, bytes: (8 << 20) + 1)) == .tooLarge)
            #expect(try await code(picture(1), note(String(repeating: "x", count: 501))) == .tooLarge)
            #expect(try await code(note("a\0b"), picture(1)) == .invalidParameter)
            #expect(try await code(picture(1), as: viewer) == .forbidden)
            let north = Caller.person([Permission("tanks.view"), Permission("tanks.inspect")], at: "north")
            #expect(try await code(picture(1), as: north) == .notFound)
            try await stage.house.call(
                .put, "/api/tanks/{id}", ["id": "field"], as: .person([Permission("tanks.manage")], at: "main"))
            #expect(
                try await stage.refusal(.post, list, ["id": "field"], form: [picture(1)], as: inspector) == .conflict)
            #expect(stage.files == 0)
            #expect(try stage.house.count("tank_inspection") == 0)
        }
    }

    @Test("a picture that comes while its tank's device is removed is refused, and neither its file nor its row stays")
    func removedMeanwhile() async throws {
        try await FileStage.run { stage in
            let house = stage.house
            // All of it has come, and an administrator removes the device.
            let content = stream(FileStage.png(1)) {
                try house.batch { _, line in
                    try line.transaction().execute("UPDATE device SET state = 'removed' WHERE id = 'barn'")
                    line.forgetAfterCommit()
                }
            }
            let picture = BodyPart(name: "picture", fileName: "x.png", mediaType: nil, content: content)
            let code = try await stage.refusal(.post, list, form: [picture], as: inspector)
            #expect(code == .conflict && stage.files == 0)
            #expect(try house.count("tank_inspection") == 0 && house.count("blob_use") == 0)
        }
    }

    @Test("a tank has at most 500 inspections, and one that is too many leaves no file")
    func bounded() async throws {
        try await FileStage.run { stage in
            let (blobs, settings) = (stage.blobs, stage.house.settings)
            let purpose = try #require(WaterTanksSolution().blobs.first)
            let barn = BlobHolder.device(try #require(DeviceID("barn")))
            let picture = try await blobs.receive(
                FileStage.stream(FileStage.png(9)), from: nil, upTo: 1_000, recognise: PictureFormat.recognise)
            func fill(_ numbers: ClosedRange<Int64>) async throws {
                _ = try await stage.house.perform { line in
                    for number in numbers {
                        _ = try blobs.keep(
                            picture, as: purpose, of: barn, key: BlobKey(number), settings, at: line.now,
                            in: line.transaction())
                    }
                }
            }
            try await fill(1_001...1_499)
            #expect(try await stage.refusal(.post, list, form: [self.picture(1)], as: inspector) == nil)
            #expect(try await stage.refusal(.post, list, form: [self.picture(2)], as: inspector) == .limitReached)
            #expect(stage.files == 2)
            #expect(try stage.house.count("tank_inspection") == 1)
        }
    }

    @Test("a picture that retention took leaves the list, and its note goes with the next inspection")
    func retained() async throws {
        try await FileStage.run { stage in
            for number in 1...2 {
                try await stage.ask(.post, list, form: [picture(UInt8(number)), note("n\(number)")], as: inspector)
                stage.house.clock.move(seconds: 86_400)
            }
            let purpose = try #require(WaterTanksSolution().blobs.first)
            let gone = BlobExcess.before(stage.house.clock.now().advanced(bySeconds: -100_000))
            let dropped = try await stage.house.database.write {
                try BlobTable().drop(gone, of: purpose, atMost: 10, in: $0)
            }
            #expect(dropped == 1)
            let left = try JSONTree(try await stage.ask(.get, list, as: viewer).body)
            #expect(left["inspections"]?.elements.map { $0["note"]?.text } == ["n2"])
            #expect(try stage.house.count("tank_inspection") == 2)
            try await stage.ask(.post, list, form: [picture(3), note("n3")], as: inspector)
            #expect(try stage.house.count("tank_inspection") == 2)
        }
    }
}
