import HubModel
import HubTesting
import SolutionKit
import Testing
import WaterTanks

/// Tanks that are added with their devices, and keys for these.
@Suite struct TankKeyTests {
    private let devices: FakeDevices
    private let house: SolutionHouse
    private let path = "/api/tanks/{id}/key"
    private let rights: PermissionSet = [Permission("tanks.view"), Permission("tanks.manage")]
    private let keys = Permission("devices.manage")

    init() async throws {
        devices = FakeDevices([:], sites: [.main, try #require(SiteID("north"))])
        house = try await SolutionHouse(WaterTanksSolution(), devices: devices)
    }

    private var manager: Caller { .person(rights.union([keys]), at: "main") }

    @Test("a tank is added with its device, whose key is shown once and may report")
    func added() async throws {
        let made = try await house.call(
            .post, "/api/tanks", body: #"{"device_id":"barn","title":"Barn","litres":5000}"#, as: manager)
        #expect(made.status == 201)
        let sent = Dictionary(made.headers.map { ($0.name, $0.value) }) { first, _ in first }
        #expect(sent["Location"] == "/api/tanks/barn" && sent["Cache-Control"] == "no-store")
        let tank = try JSONTree(made.body)
        let key = try #require(tank["key"]?.text)
        #expect(tank["title"]?.text == "Barn" && tank["litres"]?.number == 5_000 && tank["site"]?.text == "main")
        #expect(devices.key(of: "barn") == key && devices["barn"]?.kind == DeviceKind("tank"))
        let shown = try await house.json(.get, "/api/tanks/{id}", ["id": "barn"], as: manager)
        #expect(shown["key"] == nil && shown["title"]?.text == "Barn")
        #expect(house.audit.entries.map(\.target) == ["tank:barn"])
        let told = "\(house.audit.entries) \(house.events.compactMap(\.json))"
        #expect(!told.contains(key) && !told.contains("key"), "neither the audit nor a live event has it")
        try house.hear("tanks/barn/level", #"{"level":50}"#, from: .device(try #require(DeviceID("barn"))))
        let next = try await house.json(.post, path, ["id": "barn"], as: manager)
        #expect(next["key"]?.text != key && next["key"]?.text == devices.key(of: "barn"))
        #expect(next["level"]?.number == 50)
    }

    @Test(
        "a device that is added at another site under a tank's name neither takes the tank along nor silences its sensor"
    )
    func elsewhere() async throws {
        _ = try await house.json(.put, "/api/tanks/{id}", ["id": "barn"], as: manager)
        devices["barn"] = .init(DeviceKind("tank"), at: try #require(SiteID("north")))
        house.restart()
        try house.hear("tanks/barn/level", #"{"level":50}"#, from: .keyless)
        func forbidden(_ sender: MessageOrigin.Sender) throws -> Bool {
            do {
                try house.hear("tanks/barn/level", #"{"level":60}"#, from: sender)
                return false
            } catch let refusal as Refusal { return refusal.code == .forbidden }
        }
        #expect(try forbidden(.device(try #require(DeviceID("barn")))))
        let north = Caller.person(rights, at: "north")
        #expect(try await house.refusal(.get, "/api/tanks/{id}", ["id": "barn"], as: north) == .notFound)
        // One that is added where the tank is, is its own, and takes it along.
        devices["barn"] = .init(DeviceKind("tank"))
        house.restart()
        #expect(try forbidden(.keyless))
        devices["barn"] = .init(DeviceKind("tank"), at: try #require(SiteID("north")))
        house.restart()
        try house.pass()
        #expect(try await house.json(.get, "/api/tanks/{id}", ["id": "barn"], as: north)["level"]?.number == 50)
    }

    @Test("it needs both rights at the site, and what is refused leaves neither a tank nor a device")
    func refused() async throws {
        let north = Caller.person(rights.union([keys]), at: "north")
        let apart = Caller(
            .person(account: "7", name: "anna", session: "s"),
            grants: Grants(sites: [.main: rights, try #require(SiteID("north")): [keys]]))
        for (caller, body, code) in [
            (Caller.person(rights, at: "main"), #"{"device_id":"barn"}"#, RefusalCode.forbidden),
            (.person([keys], at: "main"), #"{"device_id":"barn"}"#, .forbidden),
            (north, #"{"device_id":"barn"}"#, .notFound), (apart, #"{"device_id":"barn"}"#, .notFound),
            (apart, #"{"device_id":"barn","site":"north"}"#, .notFound),
            (manager, #"{"device_id":"barn","site":"nowhere"}"#, .notFound), (manager, "{}", .missingField),
            (manager, #"{"device_id":"a b"}"#, .invalidIdentifier),
            (manager, #"{"device_id":"barn","litres":0}"#, .valueOutOfRange),
        ] {
            #expect(try await house.refusal(.post, "/api/tanks", body: body, as: caller) == code, "\(body)")
        }
        house.audit.refuses(true)
        await #expect(throws: BrokenAudit.Broken.self) {
            try await house.call(.post, "/api/tanks", body: #"{"device_id":"barn"}"#, as: manager)
        }
        house.audit.refuses(false)
        #expect(try house.count("tank") == 0 && devices["barn"] == nil && devices.key(of: "barn") == nil)
        try await house.call(.post, "/api/tanks", body: #"{"device_id":"barn"}"#, as: manager)
        let key = devices.key(of: "barn")
        #expect(
            try await house.refusal(.post, "/api/tanks", body: #"{"device_id":"barn"}"#, as: manager) == .conflict)
        #expect(try await house.refusal(.post, path, ["id": "barn"], as: .person(rights, at: "main")) == .forbidden)
        #expect(try await house.refusal(.post, path, ["id": "barn"], as: north) == .notFound)
        #expect(try await house.refusal(.post, path, ["id": "yard"], as: manager) == .notFound)
        // The right to tanks at the one site and to devices at the other are none to either.
        let crossed = Caller(
            .person(account: "7", name: "anna", session: "s"),
            grants: Grants(sites: [.main: [keys], try #require(SiteID("north")): rights]))
        for caller in [apart, crossed] {
            #expect(try await house.refusal(.post, path, ["id": "barn"], as: caller) == .notFound)
        }
        #expect(devices.key(of: "barn") == key)
    }

    @Test("a tank without a device has no key")
    func withoutDevice() async throws {
        try await house.call(.put, "/api/tanks/{id}", ["id": "field"], as: manager)
        #expect(try await house.refusal(.post, path, ["id": "field"], as: manager) == .notFound)
    }
}
