import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

/// Who may speak for which device.
@Suite struct SpeakerTests {
    private final class Door: RosterEntry {
        let device: DeviceID
        let site: SiteID
        var clientID: String?
        var upkeep = RosterUpkeep()

        init(_ device: DeviceID, at site: SiteID) {
            self.device = device
            self.site = site
        }

        func deadline(at now: Timestamp) -> Timestamp? { nil }
    }

    private func line(_ work: (inout LineContext) throws -> Void) throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try database.writeBlocking { transaction in
            var line = LineContext(now: Timestamp(seconds: 0), transaction: transaction)
            try work(&line)
        }
    }

    private func refusal(_ work: () throws -> Void) -> String? {
        do {
            try work()
            return nil
        } catch let refusal as Refusal {
            return refusal.code == .forbidden ? refusal.detail : "\(refusal.code)"
        } catch {
            return "\(error)"
        }
    }

    private let door = DeviceID("door")
    private let gateway = DeviceID("gateway")
    private let other = DeviceID("other")
    private let annex = SiteID("annex")

    private let devices = FakeDevices([
        "door": FakeDevices.Device(.module), "gateway": FakeDevices.Device(.module, controls: ["door"]),
        "other": FakeDevices.Device(.module),
    ])

    @Test("The device itself, its controller and a person's program may speak for it; others may not")
    func inMemory() throws {
        let (door, gateway, other) = (try #require(door), try #require(gateway), try #require(other))
        let rights = SpeakerRights(devices, keyless: .refused("Show your key."), members: .registered)
        let entry = Door(door, at: .main)
        try line { line in
            let person = MessageOrigin.Sender.person(Caller(.open))
            for sender in [.device(door), .device(gateway), .anybody, person] as [MessageOrigin.Sender] {
                try rights.check(sender, for: entry, in: &line)
            }
            #expect(entry.upkeep.speaker == gateway)
            #expect(
                refusal { try rights.check(.device(other), for: entry, in: &line) } == "other may not speak for door.")
            #expect(refusal { try rights.check(.keyless, for: entry, in: &line) } == "Show your key.")
            #expect(entry.upkeep.speaker == gateway)
            // Who was found to be allowed is not looked up again.
            devices["gateway"] = nil
            devices["door"] = nil
            try rights.check(.device(gateway), for: entry, in: &line)
            try rights.check(.device(door), for: entry, in: &line)
        }
    }

    @Test("Where not all are registered, a name of another site speaks for none, and what has no key needs none")
    func named() throws {
        let (door, annex) = (try #require(door), try #require(annex))
        let rights = SpeakerRights(devices, keyless: .maySpeak, members: .named)
        let (here, there) = (Door(door, at: .main), Door(door, at: annex))
        try line { line in
            try rights.check(.device(door), for: here, in: &line)
            #expect(here.upkeep.speaker == door)
            #expect(
                refusal { try rights.check(.device(door), for: there, in: &line) } == "door may not speak for door.")
            #expect(
                refusal { try rights.check(.keyless, for: here, in: &line) } == "door has a key of its own to show.")
            devices["door"] = nil
            try rights.check(.keyless, for: here, in: &line)
        }
    }

    @Test("Of what was never heard of, only an open hub takes in what is not registered")
    func firstContact() throws {
        let (door, gateway, other) = (try #require(door), try #require(gateway), try #require(other))
        let new = try #require(DeviceID("new"))
        let rights = SpeakerRights(devices, keyless: .refused("Show your key."), members: .registered)
        let unknown = Refusal(.notFound, "there is none")
        let person = MessageOrigin.Sender.person(Caller(.open))
        try line { line in
            func first(_ sender: MessageOrigin.Sender, _ device: DeviceID) -> String? {
                refusal { try rights.checkFirst(sender, for: device, orElse: unknown, in: &line) }
            }
            for sender in [.device(door), .device(gateway), person] as [MessageOrigin.Sender] {
                #expect(first(sender, door) == nil)
            }
            #expect(first(.anybody, new) == nil)
            #expect(first(person, new) == "\(RefusalCode.notFound)" && first(.device(new), new) == first(person, new))
            #expect(first(.device(other), door) == "other may not speak for door.")
            #expect(first(.keyless, door) == "Show your key.")
        }
    }
}
