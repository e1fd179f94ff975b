package import HubModel
internal import SolutionKit

/// What became of a person's word on a room's power: asked, sent with a reply, confirmed by the relay's own report, or failed.
package struct PowerSwitching: Hashable, Sendable {
    /// How it ended.
    package enum Outcome: String, CaseIterable, Sendable {
        /// The relay says that it is so.
        case confirmed
        /// It did not come to that.
        case failed
        /// Another word took its place.
        case replaced
    }

    /// Why it failed.
    package enum Problem: String, CaseIterable, Sendable {
        /// The device was not heard of in time.
        case notReached = "not_reached"
        /// The device had it, and its relay did not follow.
        case notConfirmed = "not_confirmed"
        /// The room has no device.
        case noDevice = "no_device"
    }

    /// How far it has come, in one word.
    package enum Stage: String, CaseIterable, Sendable {
        case asked, sent, confirmed, failed, replaced
    }

    /// Its name.
    package let id: String
    /// Which word on its room this is, from 1 on: two may be said in the same instant, and clocks are set back.
    package let number: Int64
    /// Whether the power was to be on; nil: as the policy says.
    package let isOn: Bool?
    /// Until when; nil: until another word.
    package let until: Timestamp?
    /// Who said it, by `Person.id`.
    package let by: String?
    /// What the relay is to report.
    package let expected: Bool
    /// When it was said.
    package let askedAt: Timestamp
    /// When a reply or a message took it along; nil: not yet.
    package private(set) var sentAt: Timestamp?
    /// When it ended; nil: it has not.
    package private(set) var endedAt: Timestamp?
    /// How.
    package private(set) var outcome: Outcome?
    /// Why it failed.
    package private(set) var problem: Problem?

    /// A word that was just said.
    package init(
        id: String, number: Int64, isOn: Bool?, until: Timestamp?, by: String?, expected: Bool, askedAt: Timestamp
    ) {
        self.id = id
        self.number = number
        self.isOn = isOn
        self.until = until
        self.by = by
        self.expected = expected
        self.askedAt = askedAt
    }

    /// One as it was kept.
    package init(
        _ asked: PowerSwitching, sentAt: Timestamp?, endedAt: Timestamp?, outcome: Outcome?, problem: Problem?
    ) {
        self = asked
        self.sentAt = sentAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.problem = problem
    }

    /// How far it has come.
    package var stage: Stage {
        switch outcome {
        case .confirmed?: .confirmed
        case .failed?: .failed
        case .replaced?: .replaced
        case nil: sentAt == nil ? .asked : .sent
        }
    }

    /// A reply or a message takes it along.
    /// - Returns: whether that is news.
    package mutating func sent(at instant: Timestamp) -> Bool {
        guard sentAt == nil, outcome == nil else { return false }
        sentAt = instant
        return true
    }

    /// The relay says how it is.
    /// - Returns: whether that is news.
    package mutating func reported(_ isPowerOn: Bool, at instant: Timestamp) -> Bool {
        // What was so before anybody was told is no answer, but then nothing has to happen either.
        guard outcome == nil, isPowerOn == expected else { return false }
        sentAt = sentAt ?? instant
        return end(.confirmed, at: instant)
    }

    /// Another word takes its place.
    package mutating func replaced(at instant: Timestamp) -> Bool { end(.replaced, at: instant) }

    /// There is no device that could do it.
    package mutating func hasNoDevice(at instant: Timestamp) -> Bool { end(.failed, .noDevice, at: instant) }

    /// A device reports every two minutes, and waits for its own delay before it switches off.
    private static let reportInterval: Int64 = 120
    private static let patience: Int64 = 60

    /// When it will have failed if nothing is heard; nil: it has ended.
    package func deadline(offAfter: Int64) -> Timestamp? {
        guard outcome == nil else { return nil }
        guard let sentAt else { return ClassroomState.silence.end(after: askedAt) }
        let delay = expected ? 0 : offAfter
        return sentAt.advanced(bySeconds: delay + PowerSwitching.reportInterval + PowerSwitching.patience)
    }

    /// Time went by.
    /// - Returns: whether it failed by that.
    package mutating func passed(to now: Timestamp, offAfter: Int64) -> Bool {
        guard let deadline = deadline(offAfter: offAfter), now >= deadline else { return false }
        return end(.failed, sentAt == nil ? .notReached : .notConfirmed, at: deadline)
    }

    private mutating func end(_ outcome: Outcome, _ problem: Problem? = nil, at instant: Timestamp) -> Bool {
        guard self.outcome == nil else { return false }
        self.outcome = outcome
        self.problem = problem
        endedAt = instant
        return true
    }
}
