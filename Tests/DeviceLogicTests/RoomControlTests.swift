import DeviceLogic
import Testing

@Suite("DeviceLogic: a classroom's device")
struct RoomControlTests {
    private static let off = RoomReply(isBooked: false, isPowerWanted: false)
    private static let on = RoomReply(isBooked: false, isPowerWanted: true)

    /// Everything there is to do until an instant, with its time.
    private func run(_ room: inout RoomControl, from start: Int64, to end: Int64) -> [(at: Int64, action: RoomAction)] {
        var done: [(at: Int64, action: RoomAction)] = []
        var now = start
        while now <= end {
            while let action = room.next(at: now) { done.append((now, action)) }
            now = room.deadline(after: now)
        }
        return done
    }

    private func switches(_ done: [(at: Int64, action: RoomAction)]) -> [(
        at: Int64, isOn: Bool, reason: RoomPowerReason
    )] {
        done.compactMap {
            if case .switchPower(let isOn, let reason) = $0.action { ($0.at, isOn, reason) } else { nil }
        }
    }

    private func reports(_ done: [(at: Int64, action: RoomAction)]) -> [(at: Int64, isOccupied: Bool)] {
        done.compactMap { if case .report(let report) = $0.action { ($0.at, report.isOccupied) } else { nil } }
    }

    @Test("Idle after 60 s, told after 120 s, then told again every two minutes; movement is told at once")
    func reporting() {
        var room = RoomControl(isPowerOn: true, at: 0)
        #expect(!room.isIdle(at: 59_999) && room.isIdle(at: 60_000))
        var told = reports(run(&room, from: 0, to: 250_000))
        #expect(told.map(\.at) == [0, 120_000, 240_000])
        #expect(told.map(\.isOccupied) == [true, false, false])
        room.movement(at: 260_000)
        told = reports(run(&room, from: 260_000, to: 300_000))
        #expect(told.map(\.at) == [260_000] && told.map(\.isOccupied) == [true])
    }

    @Test("Power goes 180 s after the first of the replies that say so")
    func powerOff() {
        var room = RoomControl(isPowerOn: true, at: 0)
        _ = run(&room, from: 0, to: 130_000)
        room.take(RoomControlTests.off, at: 130_000)
        #expect(switches(run(&room, from: 130_000, to: 240_000)).isEmpty)
        room.take(RoomControlTests.off, at: 250_000)
        let done = switches(run(&room, from: 250_000, to: 400_000))
        #expect(done.count == 1 && done[0].at == 310_000 && !done[0].isOn && done[0].reason == .policy)
    }

    @Test("A reply that wants power ends the countdown and gives power at once")
    func powerOn() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.take(RoomControlTests.off, at: 0)
        room.take(RoomControlTests.on, at: 170_000)
        room.take(RoomControlTests.off, at: 171_000)
        var done = switches(run(&room, from: 171_000, to: 355_000))
        #expect(done.count == 1 && done[0].at == 351_000)
        room.take(RoomControlTests.on, at: 360_000)
        done = switches(run(&room, from: 360_000, to: 361_000))
        #expect(done.count == 1 && done[0].isOn)
    }

    @Test("Somebody who moves keeps the power on, unless a person switched it off")
    func movement() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.take(RoomControlTests.off, at: 0)
        room.movement(at: 179_000)
        #expect(switches(run(&room, from: 179_000, to: 298_000)).isEmpty)
        room.take(RoomReply(isBooked: false, isPowerWanted: false, isManual: true), at: 299_000)
        room.movement(at: 400_000)
        room.take(RoomReply(isBooked: false, isPowerWanted: false, isManual: true), at: 410_000)
        let done = switches(run(&room, from: 410_000, to: 500_000))
        #expect(done.count == 1 && done[0].at == 479_000 && done[0].reason == .manual)
    }

    @Test("Power never goes while the room is booked, and comes when a booking begins between two replies")
    func booked() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.take(RoomReply(isBooked: true, isPowerWanted: false), at: 0)
        #expect(switches(run(&room, from: 0, to: 299_000)).isEmpty)
        var dark = RoomControl(isPowerOn: false, at: 0)
        var lease = ScheduleLease(from: 1_000, until: 90_000)
        lease.add(.init(start: 1_100, end: 2_000))
        dark.take(RoomControlTests.off, lease: lease, second: 1_000, at: 0)
        let done = switches(run(&dark, from: 0, to: 299_000))
        #expect(done.count == 1 && done[0].at == 100_000 && done[0].isOn && done[0].reason == .booked)
    }

    @Test("Who says that a booked room is dark gets it dark, and light again by the word of the policy")
    func darkWhileBooked() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.take(RoomReply(isBooked: true, isPowerWanted: false, isManual: true), at: 0)
        var done = switches(run(&room, from: 0, to: 200_000))
        #expect(done.map(\.at) == [180_000] && done.map(\.reason) == [.manual])
        room.take(RoomReply(isBooked: true, isPowerWanted: true), at: 200_000)
        done = switches(run(&room, from: 200_000, to: 250_000))
        #expect(done.map(\.at) == [200_000] && done.map(\.reason) == [.booked])
    }

    @Test("Without the hub a lease gives power for a booking and takes it away after it")
    func lease() {
        var room = RoomControl(isPowerOn: false, at: 0)
        var lease = ScheduleLease(from: 0, until: 10_000)
        lease.add(.init(start: 1_000, end: 4_600))
        room.take(RoomControlTests.off, lease: lease, second: 0, at: 0)
        var done = switches(run(&room, from: 0, to: 6_000_000))
        #expect(done.map(\.at) == [1_000_000, 4_780_000])
        #expect(done.map(\.reason) == [.booked, .idle])
        room.movement(at: 6_000_000)
        done = switches(run(&room, from: 6_000_000, to: 7_000_000))
        #expect(done.map(\.at) == [6_000_000, 6_300_000])
        #expect(done.map(\.reason) == [.movement, .idle])
        // The lease is over: nobody knows.
        done = switches(run(&room, from: 7_000_000, to: 20_000_000))
        #expect(done.map(\.at) == [10_000_000] && done[0].isOn && done[0].reason == .failSafe)
    }

    @Test("Without hub and lease the relay goes where it harms least, once the hub is gone for five minutes")
    func failSafe() {
        var room = RoomControl(isPowerOn: false, at: 0)
        var done = switches(run(&room, from: 0, to: 1_000_000))
        #expect(done.map(\.at) == [300_000] && done[0].isOn && done[0].reason == .failSafe)
        room.take(RoomControlTests.off, at: 1_000_000)
        done = switches(run(&room, from: 1_000_000, to: 2_000_000))
        #expect(done.map(\.at) == [1_180_000, 1_300_000])
        var settings = RoomSettings()
        settings.failSafe = .hold
        room = RoomControl(settings: settings, isPowerOn: false, at: 0)
        #expect(switches(run(&room, from: 0, to: 1_000_000)).isEmpty)
    }

    @Test("What a person decided stays while the hub is gone")
    func manual() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.take(
            RoomReply(isBooked: false, isPowerWanted: true, isManual: true),
            lease: ScheduleLease(from: 0, until: 9_000), second: 0, at: 0)
        #expect(switches(run(&room, from: 0, to: 20_000_000)).isEmpty)
    }

    @Test("Without the hub a room is held as long as its policy holds it, by the rules of that moment")
    func held() {
        var room = RoomControl(isPowerOn: true, at: 0)
        room.settings.holdAfter = 600_000
        room.take(ScheduleLease(from: 0, until: 90_000), second: 0, at: 0)
        room.movement(at: 1_000_000)
        #expect(switches(run(&room, from: 1_000_000, to: 1_899_999)).isEmpty)
        #expect(switches(run(&room, from: 1_899_999, to: 2_000_000)).map(\.at) == [1_900_000])
        room.movement(at: 3_000_000)
        room.settings.holdAfter = 0
        #expect(switches(run(&room, from: 3_000_000, to: 4_000_000)).map(\.at) == [3_000_000, 3_300_000])
    }

    @Test("A lease alone is no sign of a hub: a broker may have kept it")
    func keptLease() {
        var room = RoomControl(isPowerOn: false, at: 0)
        var lease = ScheduleLease(from: 0, until: 90_000)
        lease.add(.init(start: 400, end: 500))
        room.take(lease, second: 299, at: 299_000)
        let done = switches(run(&room, from: 299_000, to: 1_000_000))
        #expect(done.map(\.at) == [400_000, 680_000] && done.map(\.reason) == [.booked, .idle])
    }
}
