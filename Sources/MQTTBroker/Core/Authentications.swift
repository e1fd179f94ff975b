internal import MQTTCodec

/// Which clients the authenticator is asked about: so many at once, the others in the order in which they came.
struct Authentications {
    /// How many the authenticator decides on.
    private(set) var running = 0
    private var waiting = Ring<Waiting>()
    /// Counts the questions that were asked.
    private var number: UInt64 = 0
    /// Owners that were sent away while questions were open, with the last question asked before, and the revision from which on rights
    /// are new enough.
    private var ended: [String: (question: UInt64, revision: Int64)] = [:]
    /// The same for every owner.
    private var endedAll: UInt64 = 0

    private struct Waiting {
        let connection: ConnectionHandle
        let attempt: ConnectAttempt
    }

    var waitingCount: Int { waiting.count }

    /// A client that has to be decided on.
    mutating func append(_ attempt: ConnectAttempt, of connection: ConnectionHandle) {
        waiting.append(Waiting(connection: connection, attempt: attempt))
    }

    /// The client that waits longest, to be looked at and, if it is still there, asked about.
    mutating func popWaiting() -> (connection: ConnectionHandle, attempt: ConnectAttempt)? {
        waiting.popFirst().map { ($0.connection, $0.attempt) }
    }

    /// One more is asked about; the number of the question.
    mutating func begin() -> UInt64 {
        running += 1
        number += 1
        return number
    }

    /// Forgets those that are gone, if they are many: an attempt holds a password.
    mutating func tidy(most: Int, while isWaiting: (ConnectionHandle) -> Bool) {
        guard waiting.count > 2 * most + 64 else { return }
        let all = waiting
        waiting.removeAll()
        for position in 0..<all.count where isWaiting(all[position].connection) { waiting.append(all[position]) }
    }

    /// The authenticator has answered.
    mutating func answered() {
        running = max(0, running - 1)
        if running == 0 { ended = [:] }
    }

    /// The connections of an owner are ended: answers to questions asked before count no more.
    mutating func end(_ owner: String, olderThan revision: Int64) {
        guard running > 0 else { return }
        if ended.count >= Self.mostEnded {
            ended = [:]
            endedAll = number
        }
        ended[owner] = (number, max(revision, ended[owner]?.revision ?? .min))
    }

    /// Whether the owner was sent away after that question was asked, and the answer knew nothing of the reason.
    func isOutdated(_ question: UInt64, for owner: String, revision: Int64) -> Bool {
        if question <= endedAll { return true }
        guard let end = ended[owner] else { return false }
        return question <= end.question && revision < end.revision
    }

    private static let mostEnded = 1_000
}
