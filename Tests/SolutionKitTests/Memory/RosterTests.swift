import HubModel
import HubTesting
import SQL
import SolutionKit
import Testing

@Suite struct RosterTests {
    private final class Lamp: RosterEntry {
        let device: DeviceID
        let site = SiteID.main
        var clientID: String?
        var due: Timestamp?
        var upkeep = RosterUpkeep()

        init(_ device: DeviceID, due: Timestamp? = nil) {
            self.device = device
            self.due = due
        }

        func deadline(at now: Timestamp) -> Timestamp? { due }
    }

    private func second(_ second: Int) -> Timestamp { Timestamp(seconds: 1_763_683_200 + Int64(second)) }

    private func lamps(_ count: Int) throws -> [Lamp] {
        try (0..<count).map { Lamp(try #require(DeviceID("lamp_\($0)"))) }
    }

    private func line(at now: Timestamp, _ work: (inout LineContext) throws -> Void) throws {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try database.writeBlocking { transaction in
            var line = LineContext(now: now, transaction: transaction)
            try work(&line)
        }
    }

    @Test("A deadline that becomes sooner counts, one that becomes later is waited for, one that is gone is not")
    func deadlines() throws {
        let (roster, lamps) = (Roster<Lamp>(), try lamps(3))
        for lamp in lamps {
            lamp.due = second(10)
            roster.insert(lamp)
        }
        #expect(roster.nextDue(at: second(0)) == nil)
        lamps[0].due = second(5)
        roster.schedule(lamps[0])
        lamps[1].due = second(20)
        roster.schedule(lamps[1])
        lamps[2].due = nil
        #expect(roster.nextDue(at: second(4)) == nil)
        #expect(roster.nextDue(at: second(5)) === lamps[0])
        lamps[0].due = nil
        #expect(roster.nextDue(at: second(19)) == nil)
        #expect(roster.nextDue(at: second(20)) === lamps[1] && roster.nextDue(at: second(20)) == nil)
    }

    @Test("What was held back because it failed is not due again before its time")
    func heldBack() throws {
        let (roster, lamp) = (Roster<Lamp>(), try lamps(1)[0])
        lamp.due = second(1)
        roster.insert(lamp)
        #expect(roster.nextDue(at: second(1)) === lamp)
        roster.schedule(lamp)
        roster.holdBack(lamp, until: second(61))
        #expect(roster.nextDue(at: second(2)) == nil && roster.nextDue(at: second(60)) == nil)
        #expect(roster.nextDue(at: second(61)) === lamp)
    }

    @Test("What was taken out, or replaced, is neither due nor written")
    func removed() throws {
        let (roster, lamp) = (Roster<Lamp>(), try lamps(1)[0])
        lamp.due = second(1)
        lamp.clientID = "x"
        roster.insert(lamp)
        roster.markDirty(lamp)
        #expect(roster.entries(of: "x").map(\.device) == [lamp.device])
        roster.remove(lamp)
        let other = Lamp(lamp.device)
        roster.insert(other)
        roster.remove(lamp)
        #expect(roster[lamp.device] === other && roster.entries(of: "x").isEmpty)
        #expect(roster.nextDue(at: second(2)) == nil && roster.takeAllDirty().isEmpty)
    }

    @Test("After the clock was set back, what lies ahead of it is due at once")
    func clockSetBack() throws {
        let (roster, device) = (Roster<Silent>(), try #require(DeviceID("lamp")))
        roster.insert(Silent(device, heardAt: second(1_000)))
        #expect(roster.nextDue(at: second(1_001)) == nil)
        #expect(roster.nextDue(at: second(500))?.device == device)
    }

    private final class Silent: RosterEntry {
        let device: DeviceID
        let site = SiteID.main
        var clientID: String?
        var liveness: Liveness
        var upkeep = RosterUpkeep()

        init(_ device: DeviceID, heardAt instant: Timestamp) {
            self.device = device
            liveness = Liveness(firstHeardAt: instant)
        }

        func deadline(at now: Timestamp) -> Timestamp? { liveness.deadline(at: now) }
    }

    @Test("Who has fallen silent is found as by a look at all, whatever the clock does", arguments: 1...10)
    func silence(seed: Int) throws {
        var random = SeededRandom(UInt64(seed))
        let roster = Roster<Silent>()
        var model: [DeviceID: Liveness] = [:]
        var now = second(0)
        for number in 0..<8 {
            let device = try #require(DeviceID("d\(number)"))
            roster.insert(Silent(device, heardAt: now))
            model[device] = Liveness(firstHeardAt: now)
        }
        for _ in 0..<1_000 {
            // Now and then the clock is set back, by less or more than a silence may last.
            let step =
                Int.random(in: 0..<100, using: &random) == 0
                ? -Int64.random(in: 0...5_000, using: &random) : Int64.random(in: 0...20, using: &random)
            now = now.advanced(bySeconds: step)
            let device = try #require(DeviceID("d\(Int.random(in: 0..<8, using: &random))"))
            let entry = try #require(roster[device])
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                _ = entry.liveness.disconnected(at: now)
                _ = model[device]?.disconnected(at: now)
            case 1:
                _ = entry.liveness.left(at: now)
                _ = model[device]?.left(at: now)
            case 2...6:
                _ = entry.liveness.heard(at: now)
                _ = model[device]?.heard(at: now)
            default: break
            }
            roster.schedule(entry)
            var found: Set<DeviceID> = []
            while let due = roster.nextDue(at: now) {
                found.insert(due.device)
                let isChanged = due.liveness.passed(to: now)
                #expect(isChanged)
            }
            let expected = model.filter { $0.value.isOverdue(at: now) }.map(\.key)
            for device in expected { _ = model[device]?.passed(to: now) }
            #expect(found == Set(expected))
        }
        #expect(roster.deadlineCount < 100)
    }

    @Test("However often deadlines become sooner and later, the heap keeps no more than lies ahead")
    func heapIsBounded() throws {
        let (roster, lamp) = (Roster<Lamp>(), try lamps(1)[0])
        lamp.due = second(300)
        roster.insert(lamp)
        // A car that has just come is looked at in two seconds; then the silence after the last report counts again.
        for round in 0..<1_000 {
            let now = round * 10
            _ = roster.nextDue(at: second(now))
            lamp.due = second(now + 2)
            roster.schedule(lamp)
            #expect(roster.nextDue(at: second(now + 2)) === lamp)
            lamp.due = second(now + 302)
            roster.schedule(lamp)
        }
        #expect(roster.deadlineCount <= 32)
    }

    @Test("A new speaker is undone with the message that brought it")
    func speakerIsUndone() throws {
        try line(at: second(0)) { line in
            let roster = Roster<Lamp>()
            let lamp = try lamps(1)[0]
            lamp.clientID = "x"
            roster.insert(lamp)
            try? line.perform { line in
                roster.setClient("y", of: lamp, in: &line)
                #expect(roster.entries(of: "y").count == 1 && roster.entries(of: "x").isEmpty)
                throw Refusal(.forbidden, "for the test")
            }
            #expect(lamp.clientID == "x" && roster.entries(of: "y").isEmpty && roster.entries(of: "x").count == 1)
        }
    }

    @Test("A batch writes a part of a fleet, and all of it before everything is forgotten")
    func saving() throws {
        try line(at: second(0)) { line in
            let (roster, lamps) = (Roster<Lamp>(), try lamps(5))
            for lamp in lamps {
                roster.insert(lamp)
                roster.markDirty(lamp)
            }
            let first = roster.takeDirty(atMost: 2, in: line)
            #expect(first.map(\.device) == lamps.prefix(2).map(\.device))
            for lamp in first {
                lamp.savedAt = line.now
                roster.markDirty(lamp)
            }
            #expect(roster.takeDirty(atMost: 9, in: line).count == 3)
            line.forgetAfterCommit()
            #expect(roster.takeDirty(atMost: 9, in: line).count == 2)
        }
    }
}
