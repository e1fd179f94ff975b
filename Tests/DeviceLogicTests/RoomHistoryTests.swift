import DeviceLogic
import Testing

/// What happened in a room and what its device did, second by second.
private struct History {
    var movements: [Int64] = [0]
    var replies: [(at: Int64, reply: RoomReply)] = []
    var bookings: [ScheduleLease.Interval] = []
    var leaseEnd: Int64?

    func lastMovement(at now: Int64) -> Int64 { movements.last { $0 <= now } ?? 0 }

    /// The last reply, if it came within five minutes.
    func word(at now: Int64) -> RoomReply? {
        replies.last { $0.at <= now && now - $0.at < 300_000 }?.reply
    }

    func isHubGone(at now: Int64) -> Bool { now - (replies.last { $0.at <= now }?.at ?? 0) >= 300_000 }

    /// The wall shows the seconds of the device's clock.
    func leaseSays(at now: Int64) -> Bool? {
        guard let leaseEnd, now / 1_000 < leaseEnd else { return nil }
        return bookings.contains { $0.start <= now / 1_000 && now / 1_000 < $0.end }
    }

    /// Whether the hub has said for three minutes that the power shall go, and nobody has moved who would count.
    func isOffDue(at now: Int64) -> Bool {
        guard let last = replies.last, !last.reply.isPowerWanted else { return false }
        let row = replies.reversed().prefix { !$0.reply.isPowerWanted }
        // Movement breaks the row where the reply before it was the policy's.
        let breaks = movements.filter { moved in
            replies.last { $0.at <= moved }.map { !$0.reply.isManual } ?? true
        }
        let from = row.map(\.at).filter { at in !breaks.contains { $0 >= at } }.min()
        return from.map { now - $0 >= 180_000 } ?? false
    }
}

@Suite("DeviceLogic: histories of rooms")
struct RoomHistoryTests {
    private func reply(_ chance: inout Chance, booked: Bool) -> RoomReply {
        RoomReply(
            isBooked: booked, isPowerWanted: Int.random(in: 0..<3, using: &chance) == 0,
            isManual: Int.random(in: 0..<6, using: &chance) == 0)
    }

    @Test("In any history power goes only when it may, comes when it must, and reports are in time", arguments: 0..<24)
    func rules(seed: UInt64) {
        var chance = Chance(seed: seed)
        var history = History()
        let hasLease = Bool.random(using: &chance)
        var lease = ScheduleLease(from: 0, until: Int64.random(in: 100...20_000, using: &chance))
        for _ in 0..<Int.random(in: 0...10, using: &chance) where hasLease {
            let start = Int64.random(in: 0...10_000, using: &chance)
            history.bookings.append(.init(start: start, end: start + Int64.random(in: 60...1_500, using: &chance)))
        }
        history.bookings.forEach { lease.add($0) }
        var room = RoomControl(isPowerOn: Bool.random(using: &chance), at: 0)
        // The same device, asked only when it says so.
        var sleepy = room
        var wakes: Int64 = 0
        var reportedAt: Int64 = 0
        var isHubUp = true
        var offs = 0
        for second in Int64(0)..<10_000 {
            let now = second * 1_000
            if Int.random(in: 0..<900, using: &chance) == 0 { isHubUp.toggle() }
            var isNews = false
            // People come and go: some hours are quiet.
            if Int.random(in: 0..<(second / 2_000 % 2 == 0 ? 40 : 1_500), using: &chance) == 0 {
                history.movements.append(now)
                room.movement(at: now)
                sleepy.movement(at: now)
                isNews = true
            }
            if isHubUp, Int.random(in: 0..<60, using: &chance) == 0 {
                let booked = history.bookings.contains { $0.start <= second && second < $0.end }
                let previous = history.replies.last?.reply
                let said =
                    Int.random(in: 0..<5, using: &chance) == 0 || previous == nil
                    ? reply(&chance, booked: booked)
                    : RoomReply(
                        isBooked: booked, isPowerWanted: previous?.isPowerWanted ?? true,
                        isManual: previous?.isManual ?? false)
                history.replies.append((now, said))
                if hasLease { history.leaseEnd = lease.until }
                room.take(said, lease: hasLease ? lease : nil, second: second, at: now)
                sleepy.take(said, lease: hasLease ? lease : nil, second: second, at: now)
                isNews = true
            }
            var actions: [RoomAction] = []
            while let action = room.next(at: now) { actions.append(action) }
            if isNews || wakes <= now {
                var others: [RoomAction] = []
                while let action = sleepy.next(at: now) { others.append(action) }
                #expect(others == actions, "at \(second) s")
                wakes = sleepy.deadline(after: now)
                #expect(wakes > now)
            } else {
                #expect(actions.isEmpty, "at \(second) s nobody was told to wake")
            }
            for action in actions {
                switch action {
                case .switchPower(let isOn, _):
                    if !isOn {
                        offs += 1
                        #expect(mayGo(history, at: now), "off at \(second) s")
                    }
                case .report(let report):
                    #expect(report.isOccupied == (now - history.lastMovement(at: now) < 120_000))
                    #expect(report.isPowerOn == room.isPowerOn)
                    reportedAt = now
                }
            }
            #expect(now - reportedAt < 120_000 || !actions.isEmpty)
            // The rules look at all of the history, which takes its time.
            guard isNews || !actions.isEmpty || second % 10 == 0 else { continue }
            #expect(mustBeOn(history, at: now) ? room.isPowerOn : true, "dark at \(second) s")
            #expect(mustBeOff(history, at: now) ? !room.isPowerOn : true, "still on at \(second) s")
        }
        #expect(reportedAt > 9_000_000)
    }

    private func mayGo(_ history: History, at now: Int64) -> Bool {
        // A person's word counts in a booked room as well.
        if let word = history.word(at: now), word.isManual { return history.isOffDue(at: now) }
        if history.leaseSays(at: now) == true { return false }
        if let word = history.word(at: now) { return !word.isBooked && history.isOffDue(at: now) }
        guard history.leaseSays(at: now) == false, history.replies.last?.reply.isManual == false else { return false }
        let ended = history.bookings.map { $0.end * 1_000 }.filter { $0 <= now }.max() ?? .min / 2
        return now - history.lastMovement(at: now) >= 300_000 && now - ended >= 180_000
    }

    private func mustBeOn(_ history: History, at now: Int64) -> Bool {
        if let word = history.word(at: now) {
            return word.isPowerWanted || !word.isManual && (word.isBooked || history.leaseSays(at: now) == true)
        }
        guard history.isHubGone(at: now), history.replies.last?.reply.isManual != true else { return false }
        return history.leaseSays(at: now) ?? true || now - history.lastMovement(at: now) < 120_000
    }

    private func mustBeOff(_ history: History, at now: Int64) -> Bool {
        guard let word = history.word(at: now), history.isOffDue(at: now) else { return false }
        return word.isManual || !word.isBooked && history.leaseSays(at: now) != true
    }
}
