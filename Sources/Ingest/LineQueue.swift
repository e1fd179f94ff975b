internal import Foundation

/// The bounded queue before the writer.
///
/// Any thread offers; one thread, the writer's own, takes. The writer sleeps on a condition and not on a task,
/// because it spends its life in blocking system calls (a commit), which a task must not.
///
/// Sendable by hand: every access to `state` is made while `condition` is locked.
final class LineQueue: @unchecked Sendable {
    struct Limits {
        /// Most items that wait.
        var items: Int
        /// Most bytes that wait.
        var bytes: Int
        /// Most items of one batch.
        var batch: Int
        /// How long the first item of a batch waits for company, when company is to be expected.
        var gather: Duration
    }

    enum Offer {
        case taken, full, closed
    }

    private struct State {
        var submissions: [Submission] = []
        var items = 0
        var bytes = 0
        /// When the submission that waits longest was offered.
        var oldest = ContinuousClock.now
        var isClosed = false
    }

    private let limits: Limits
    private let condition = NSCondition()
    private var state = State()

    init(limits: Limits) {
        self.limits = limits
    }

    /// Adds a submission if there is room. One that is larger than the whole queue is taken when the queue is empty.
    func offer(_ submission: Submission) -> Offer {
        let bytes = submission.items.reduce(0) { $0 + $1.weight }
        condition.lock()
        defer { condition.unlock() }
        guard !state.isClosed else { return .closed }
        if state.items > 0, state.items + submission.items.count > limits.items || state.bytes + bytes > limits.bytes {
            return .full
        }
        let wasEmpty = state.submissions.isEmpty
        state.submissions.append(submission)
        state.items += submission.items.count
        state.bytes += bytes
        if wasEmpty {
            state.oldest = .now
            condition.signal()
        }
        return .taken
    }

    /// Waits for work, for so many seconds at most.
    /// - Returns: what waits, up to the limit of a batch; empty when the time is over; nil when the queue is closed
    ///   and empty.
    func take(within seconds: Double) -> [Submission]? {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        // Something came while the batch before was committed: several devices speak at once. One commit for what they say within a
        // moment costs a fraction of one for each. A device that speaks alone, and waits for its answer, is never held up.
        let hasCompany = !state.submissions.isEmpty && !state.isClosed
        while state.submissions.isEmpty {
            if state.isClosed { return nil }
            if !condition.wait(until: deadline) { return [] }
        }
        if hasCompany { gather() }
        var count = 0
        var end = 0
        while end < state.submissions.count, end == 0 || count + state.submissions[end].items.count <= limits.batch {
            count += state.submissions[end].items.count
            end += 1
        }
        let taken: [Submission]
        if end == state.submissions.count {
            taken = state.submissions
            state.submissions = []
            state.items = 0
            state.bytes = 0
        } else {
            taken = Array(state.submissions[..<end])
            state.submissions.removeFirst(end)
            state.items -= count
            state.bytes -= taken.reduce(0) { $0 + $1.items.reduce(0) { $0 + $1.weight } }
            state.oldest = .now
        }
        return taken
    }

    /// Lets the oldest submission get as old as it may before it is taken. The lock is held before and after, not meanwhile.
    private func gather() {
        let rest = limits.gather - (ContinuousClock.now - state.oldest)
        guard rest > .zero else { return }
        condition.unlock()
        Thread.sleep(forTimeInterval: rest / .seconds(1))
        condition.lock()
    }

    /// Refuses everything from now on; what waits is still taken.
    func close() {
        condition.lock()
        state.isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    /// How many items wait.
    var depth: Int {
        condition.lock()
        defer { condition.unlock() }
        return state.items
    }

    /// The most that may wait.
    var capacity: Int { limits.items }
}
