/// Puts the ledger's answers back into the order of the calls, whatever threads they come from, and makes sure that
/// each entry gets exactly one.
package struct CommitOrder {
    private struct Batch {
        let count: Int
        var outcomes: [CommitOutcome]?
    }

    private var batches = Ring<Batch>()
    private var firstNumber: UInt64 = 0

    package init() {}

    /// Whether nothing waits for an answer.
    package var isEmpty: Bool { batches.isEmpty }

    /// A batch of `count` entries goes to the ledger; its number.
    package mutating func issue(_ count: Int) -> UInt64 {
        batches.append(Batch(count: count, outcomes: nil))
        return firstNumber + UInt64(batches.count) - 1
    }

    /// The ledger has answered a batch. A second answer to the same batch is ignored, missing outcomes count as failed.
    package mutating func answer(_ number: UInt64, _ outcomes: [CommitOutcome]) {
        guard number >= firstNumber, number - firstNumber < UInt64(batches.count) else { return }
        let position = Int(number - firstNumber)
        guard batches[position].outcomes == nil else { return }
        let count = batches[position].count
        let missing = repeatElement(CommitOutcome.failed, count: max(0, count - outcomes.count))
        batches[position].outcomes = Array(outcomes.prefix(count)) + missing
    }

    /// The answer to the oldest batch, once, when it is there.
    package mutating func next() -> [CommitOutcome]? {
        guard !batches.isEmpty, let outcomes = batches[0].outcomes else { return nil }
        batches.popFirst()
        firstNumber += 1
        return outcomes
    }
}
