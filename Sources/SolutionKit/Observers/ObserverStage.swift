/// All observers of a line, each with whether it has read what it keeps in memory.
public struct ObserverStage {
    /// An observer has raised what is for handlers; all that it did in that call is undone.
    public struct RaisedReadings: Error {}

    private struct Seat {
        let observer: any LineObserver
        var isLoaded = false
    }

    private var seats: [Seat]

    /// Observers that have read nothing yet, in the order in which they are called.
    public init(_ observers: [any LineObserver]) {
        seats = observers.map { Seat(observer: $0) }
    }

    /// Shows the batch to all of them, one after the other.
    /// - Parameter tick: whether a second has passed.
    /// - Returns: why some of what they did is undone. It is no reason to lose the batch.
    public mutating func run(tick: Bool, in line: inout LineContext) -> [any Error] {
        let hasNews = !line.effects.readings.isEmpty || !line.effects.changes.isEmpty
        guard hasNews || tick, !seats.isEmpty else { return [] }
        // Held while observers show and publish, which touches neither list.
        let seen = Observed(readings: line.effects.readings, changes: line.effects.changes)
        var errors: [any Error] = []
        for index in seats.indices {
            do {
                try load(index, in: &line)
            } catch {
                errors.append(error)
                continue
            }
            let observer = seats[index].observer
            func attempt(_ work: (inout LineContext) throws -> Void) {
                do {
                    try line.perform { line in
                        try work(&line)
                        guard line.effects.readings.count == seen.readings.count,
                            line.effects.changes.count == seen.changes.count
                        else { throw RaisedReadings() }
                    }
                } catch {
                    errors.append(error)
                }
            }
            if hasNews { attempt { try observer.observe(seen, in: &$0) } }
            if tick { attempt { try observer.tick(in: &$0) } }
        }
        return errors
    }

    /// The batch was committed.
    public func batchCommitted() {
        for seat in seats { seat.observer.batchCommitted() }
    }

    /// The batch was rolled back, or the tables were changed by somebody else.
    public mutating func forget() {
        for index in seats.indices {
            seats[index].isLoaded = false
            seats[index].observer.forget()
        }
    }

    private mutating func load(_ index: Int, in line: inout LineContext) throws {
        guard !seats[index].isLoaded else { return }
        let observer = seats[index].observer
        try line.perform { try observer.load(in: &$0) }
        seats[index].isLoaded = true
    }
}
