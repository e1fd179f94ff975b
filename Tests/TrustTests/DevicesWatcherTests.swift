import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

@Suite struct DevicesWatcherTests {
    private func watched(_ house: DevicesHouse, until end: Timestamp? = Timestamp(microseconds: .max)) -> DeviceWatcher
    {
        let welcomes = Welcomes(database: house.database, clock: house.clock, trouble: { _ in }) {
            [clock = house.clock] _ in
            end.flatMap { $0 > clock.now() ? $0 : nil }
        }
        return DeviceWatcher(admission: house.admission, welcomes: welcomes)
    }

    private func owners(_ watcher: DeviceWatcher) async throws -> [String] {
        try await watcher.look().disconnect.map { $0.owner + ($0.endsSessions ? " for good" : "") }
    }

    @Test func everyChangeOfRightsEndsTheConnectionsItConcerns() async throws {
        let house = try await DevicesHouse()
        for name in ["A", "B", "C"] { _ = try await house.add(name) }
        try await house.write { try $0.addSite(try #require(SiteID("north")), title: "North", by: $1, in: $2) }
        let watcher = watched(house)
        #expect(try await owners(watcher) == [])
        #expect(try await owners(watcher) == [])
        let (a, b) = (try house.id("A"), try house.id("B"))
        _ = try await house.write { try $0.rotate(a, by: $1, in: $2).key }
        #expect(try await owners(watcher) == ["device:A"])
        _ = try await house.write { try $0.setController(a, of: b, by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:A", "device:B"])
        _ = try await house.write { try $0.move(b, to: try #require(SiteID("north")), by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:A", "device:B"])
        _ = try await house.write { try $0.setEnabled(false, b, by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:A", "device:B for good"])
        // Who looks for the first time, after the hub was off, ends what is left of it as well.
        #expect(try await owners(watched(house)) == ["device:B for good"])
        _ = try await house.write { try $0.setEnabled(true, b, by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:A", "device:B"])
        // Its controller loses a name.
        try await house.write { try $0.remove(b, by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:A", "device:B for good"])
        let certificate = DeviceCertificate(
            serial: "1f", device: a, commonName: "A", notAfter: house.clock.now().advanced(bySeconds: 60),
            issuedAt: house.clock.now())
        try await house.write { try $0.recordCertificate(certificate, by: $1, in: $2) }
        _ = try await owners(watcher)
        try await house.write { _ = try $0.revokeCertificate(serial: "1f", by: $1, in: $2) }
        #expect(try await owners(watcher) == ["device:A"])
        #expect(try await owners(watcher) == [])
    }

    @Test("what waited for a device that was removed is not for the next one of its name, however soon it comes")
    func removedAndAddedAgain() async throws {
        let house = try await DevicesHouse()
        _ = try await house.add("A")
        let watcher = watched(house)
        _ = try await watcher.look()
        let a = try house.id("A")
        try await house.write { try $0.remove(a, by: $1, in: $2) }
        _ = try await house.add("A")
        let findings = try await watcher.look()
        #expect(findings.disconnect.map(\.owner) == ["device:A"])
        #expect(findings.disconnect.first?.endsSessions == true)
        #expect(!findings.forget.isEmpty)
        // Its own session is kept from then on.
        _ = try await house.write { try $0.rotate(a, by: $1, in: $2).key }
        #expect(try await owners(watcher) == ["device:A"])
    }

    /// Also where the hub before was killed before it had noted anything.
    @Test(
        "a device that comes back while the hub is off is another at the next start, and at no later one",
        arguments: [0, 1, 2])
    func removedAndAddedAgainWhileOff(looks: Int) async throws {
        let house = try await DevicesHouse()
        for name in ["A", "B"] { _ = try await house.add(name) }
        for _ in 0..<2 {
            // The look after the one that found something notes that it was carried out.
            let watcher = watched(house)
            for _ in 0..<looks { #expect(try await watcher.look().forget.isEmpty) }
        }
        let a = try house.id("A")
        try await house.write { try $0.remove(a, by: $1, in: $2) }
        _ = try await house.add("A")
        let first = watched(house)
        let findings = try await first.look()
        #expect(findings.forget.sorted() == ["spot/A/led", "spot/A/status"])
        // Its sessions are told apart by themselves.
        #expect(findings.disconnect.isEmpty)
        // What was found and not carried out is found again.
        let second = watched(house)
        #expect(try await second.look().forget.count == 2)
        #expect(try await second.look().forget.isEmpty)
        #expect(try await watched(house).look().forget.isEmpty)
    }

    /// Between the first word of a newcomer and its row lies the hashing of its password: the connection must not end meanwhile.
    @Test func whoIsAskingIsNotTakenForOneThatWasRejected() async throws {
        let house = try await DevicesHouse()
        let watcher = watched(house)
        _ = try await watcher.look()
        let names = (0..<30).map { "X\($0)" }
        try await house.openJoin()
        let asking = Task {
            var answers: [String] = []
            for name in names { answers.append(await house.knock(name, "brought-along-1")) }
            return answers
        }
        var ended: [String] = []
        while try await house.pendingCount() < names.count {
            try await house.openJoin()
            ended += try await owners(watcher)
        }
        #expect(await asking.value == names.map { "pending \($0)" })
        ended += try await owners(watcher)
        #expect(ended == [])
        // And each of them is still known to wait.
        for name in names {
            let device = try house.id(name)
            try await house.write { try $0.reject(device, by: $1, in: $2) }
        }
        #expect(try await owners(watcher).sorted() == names.map { "pending:\($0) for good" }.sorted())
    }

    @Test func whatAnOwnerMayDoFromNowOnIsSaidAndWhatIsRetainedOfARemovedOneIsForgotten() async throws {
        let house = try await DevicesHouse()
        for name in ["A", "B"] { _ = try await house.add(name) }
        let watcher = watched(house)
        _ = try await watcher.look()
        let (a, b) = (try house.id("A"), try house.id("B"))
        _ = try await house.write { try $0.setController(a, of: b, by: $1, in: $2) }
        var findings = try await watcher.look()
        #expect(
            findings.rights["device:A"]?.publish.sorted() == ["spot/A/status", "spot/B/status", "spot/all"])
        #expect(findings.forget.isEmpty)
        _ = try await house.write { try $0.setEnabled(false, a, by: $1, in: $2) }
        findings = try await watcher.look()
        #expect(findings.disconnect.map(\.owner) == ["device:A"] && findings.rights.isEmpty && findings.forget.isEmpty)
        try await house.write { try $0.remove(b, by: $1, in: $2) }
        findings = try await watcher.look()
        #expect(findings.rights.isEmpty)
        // Not what it shared with others of its kind.
        #expect(findings.forget.sorted() == ["spot/B/led", "spot/B/status"])
    }

    @Test func approvedAndRejectedOnesWaitNoMore() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        let watcher = watched(house)
        for name in ["X", "Y", "Z"] { #expect(await house.knock(name, nil) == "pending \(name)") }
        #expect(try await owners(watcher) == [])
        let (x, y) = (try house.id("X"), try house.id("Y"))
        _ = try await house.write { try $0.approve(x, kind: .parking, credential: .new, by: $1, in: $2).device }
        try await house.write { try $0.reject(y, by: $1, in: $2) }
        #expect(try await owners(watcher).sorted() == ["device:X", "pending:X for good", "pending:Y for good"])
        #expect(try await owners(watcher) == [])
    }

    @Test func programsThatAreNotWelcomeAnyMoreAreSentAway() async throws {
        let house = try await DevicesHouse()
        let watcher = watched(house, until: nil)
        _ = try await owners(watcher)
        #expect(await house.knock("anna", DevicesHouse.token.text) == "program anna")
        #expect(try await owners(watcher) == ["token:t1"])
        _ = try await house.line.perform { try TrustEpoch.advance(in: $0.transaction()) }
        #expect(try await owners(watcher) == [])
    }

    @Test func aProgramWhoseTokenExpiresIsSentAwayAlthoughNothingChanged() async throws {
        let house = try await DevicesHouse()
        let watcher = watched(house, until: house.clock.now().advanced(bySeconds: 60))
        #expect(await house.knock("anna", DevicesHouse.token.text) == "program anna")
        #expect(try await owners(watcher) == [])
        house.clock.move(seconds: 59)
        #expect(try await owners(watcher) == [])
        house.clock.move(seconds: 1)
        #expect(try await owners(watcher) == ["token:t1"])
        #expect(try await owners(watcher) == [])
    }

    @Test func droppedMessagesAreCountedInTheTable() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        _ = await house.knock("X", nil)
        let x = try house.id("X")
        house.admission.noteDropped(of: x)
        house.admission.noteDropped(of: x)
        _ = try await watched(house).look()
        let dropped = try await house.database.read { try JoinRegistry().pending(x, in: $0)?.dropped }
        #expect(dropped == 2)
    }
}
