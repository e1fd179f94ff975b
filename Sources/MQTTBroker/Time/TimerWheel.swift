/// Reminders for many keys at the cost of one timer: a ring of buckets, one a step.
///
/// A reminder may come early (never later than one turn of the wheel): the owner of the key looks whether its time has
/// come and asks again if not. So nothing has to be cancelled, and a reminder nobody needs any more is gone after one
/// turn at the latest, however far its time was.
package struct TimerWheel<Key> {
    /// Milliseconds between two steps.
    package let step: Int64
    private var buckets: [[(key: Key, step: Int64)]]
    /// The last step that was delivered.
    private var current: Int64

    /// `step` in milliseconds; the wheel turns once in `step * size`; `now` in milliseconds.
    package init(step: Int64, size: Int, now: Int64) {
        self.step = step
        buckets = Array(repeating: [], count: size)
        current = now / step
    }

    /// Asks for a reminder at `deadline` (milliseconds), rounded up to a step. Returns the step it was filed under,
    /// which comes back with the key.
    @discardableResult
    package mutating func remind(_ key: Key, at deadline: Int64) -> Int64 {
        let wanted = (deadline + step - 1) / step
        let filed = min(max(wanted, current + 1), current + Int64(buckets.count) - 1)
        buckets[Int(filed % Int64(buckets.count))].append((key, filed))
        return filed
    }

    /// Moves on to `now` (milliseconds) and appends what came due.
    package mutating func advance(to now: Int64, due: inout [(key: Key, step: Int64)]) {
        let target = now / step
        // After a long stall (the machine slept) every bucket is due; a second round would find nothing more.
        let first = max(current + 1, target - Int64(buckets.count) + 1)
        guard first <= target else { return }
        for stepNumber in first...target {
            let index = Int(stepNumber % Int64(buckets.count))
            guard !buckets[index].isEmpty else { continue }
            due.append(contentsOf: buckets[index])
            buckets[index] = []
        }
        current = target
    }
}
