/// Reminders for many keys at the cost of one timer: a ring of buckets, one a step.
///
/// A reminder may come early (never later than one turn of the wheel): the owner of the key looks whether its time has
/// come and asks again if not. So nothing has to be cancelled, and a reminder nobody needs any more is gone after one
/// turn at the latest, however far its time was.
struct TimerWheel<Key> {
    /// Milliseconds between two steps.
    let step: Int64
    private var buckets: [[Key]]
    /// The last step that was delivered.
    private var current: Int64

    /// `step` in milliseconds; the wheel turns once in `step * size`; `now` in milliseconds.
    init(step: Int64, size: Int, now: Int64) {
        self.step = step
        buckets = Array(repeating: [], count: size)
        current = now / step
    }

    /// Asks for a reminder at `deadline` (milliseconds), rounded up to a step. Returns the step it was filed under,
    /// which comes back with the key.
    @discardableResult
    mutating func remind(_ key: Key, at deadline: Int64) -> Int64 {
        let wanted = (deadline + step - 1) / step
        let filed = min(max(wanted, current + 1), current + Int64(buckets.count) - 1)
        buckets[Int(filed % Int64(buckets.count))].append(key)
        return filed
    }

    /// Moves on to `now` (milliseconds) and appends what came due.
    mutating func advance(to now: Int64, due: inout [(key: Key, step: Int64)]) {
        let target = now / step
        // After a long stall every bucket is due; going round more than once would find nothing more.
        let first = max(current + 1, target - Int64(buckets.count) + 1)
        guard first <= target else { return }
        // The clock jumped past a whole turn: reminders filed before `first` are in the same buckets.
        for stepNumber in first...target {
            let index = Int(stepNumber % Int64(buckets.count))
            guard !buckets[index].isEmpty else { continue }
            for key in buckets[index] { due.append((key, stepNumber)) }
            buckets[index] = []
        }
        current = target
    }
}
