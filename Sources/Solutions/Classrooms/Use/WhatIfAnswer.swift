internal import HubModel

/// What became of a room in a replay.
struct WhatIfRoom: Sendable {
    let room: Classroom
    /// By which rules it would have been.
    let policy: PowerPolicy
    let reports: Int
    /// How long its device was heard, in milliseconds.
    let known: Int64
    /// What its relay did.
    let happened: PowerTally
    /// What it should have done by the policy of today.
    let present: PowerTally
    /// What it would have done by the other.
    let proposed: PowerTally

    init(
        _ room: Classroom, _ past: WhatIfReader.Past, _ policy: PowerPolicy, _ budget: inout PowerReplay.Budget
    ) throws(Refusal) {
        let (story, words) = (past.story, past.words)
        func replay(_ policy: PowerPolicy) throws(Refusal) -> PowerTally {
            var power: [[RoomStory.Power]] = []
            for section in story.sections {
                power.append(try PowerReplay.power(in: section, words, by: policy, &budget))
            }
            return PowerTally(story, power, words)
        }
        self.room = room
        self.policy = policy
        reports = story.reports
        known = story.known
        happened = PowerTally(story, story.sections.map(\.power), words)
        present = try replay(room.policy)
        proposed = try replay(policy)
    }
}

/// The rooms of a replay together.
struct WhatIfAnswer: Sendable {
    /// What all relays together did, and what they drew.
    struct Sum: Sendable {
        var tally = PowerTally()
        /// nil: of no room anybody has said what it draws.
        var kilowattHours: Double?

        mutating func add(_ other: PowerTally, watts: Int64) {
            tally += other
            if let more = other.kilowattHours(watts: watts) { kilowattHours = (kilowattHours ?? 0) + more }
        }
    }

    let rooms: [WhatIfRoom]
    private(set) var happened = Sum()
    private(set) var present = Sum()
    private(set) var proposed = Sum()
    private(set) var known: Int64 = 0
    private(set) var reports = 0

    init(_ rooms: [WhatIfRoom]) {
        self.rooms = rooms
        for room in rooms {
            happened.add(room.happened, watts: room.policy.watts)
            present.add(room.present, watts: room.policy.watts)
            proposed.add(room.proposed, watts: room.policy.watts)
            known += room.known
            reports += room.reports
        }
    }

    /// Whether reports are too rare to show all of what the policy would have done: devices say nothing of stillness that is shorter than the
    /// time after which they report it.
    var isLowerBound: Bool { rooms.contains { $0.policy.reportAfter < $0.room.policy.reportAfter } }
}
