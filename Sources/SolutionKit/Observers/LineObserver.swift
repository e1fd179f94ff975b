public import HubModel

/// The part of the line that sees what all solutions have done: it comes once a batch, behind all handlers and before the commit, and is
/// called by the one writer, never twice at once. Alert rules are one; what is known of the states of all devices is another.
///
/// It may show, publish, read and write tables; measuring and noting are for handlers. What it does is undone alone when it throws: the
/// batch goes on without it, and the messages are acknowledged. What it keeps in memory is like a handler's: the tables give it back
/// (`load`, `forget`), and `LineContext.ifUndone` takes back what it noted in a call that failed.
public protocol LineObserver: AnyObject, SendableMetatype {
    /// Reads from the tables what it keeps in memory: before anything else is asked of it, for the first time and again after each
    /// `forget`. When it throws, the observer misses what it would have been asked, and is loaded the next time.
    func load(in line: inout LineContext) throws

    /// Sees what the batch has raised; not called for a batch that raised nothing.
    func observe(_ seen: Observed, in line: inout LineContext) throws

    /// Called about once a second, behind `observe`, for what is looked up by the clock.
    func tick(in line: inout LineContext) throws

    /// The batch was committed: what it did is there to stay. Comes before `forget`, where both come.
    func batchCommitted()

    /// The batch was rolled back, or somebody else changed the tables (`LineContext.forgetAfterCommit`): drop what is only in memory. The
    /// handlers do the same, and note the states of all their devices anew when they have read them.
    func forget()
}

extension LineObserver {
    /// Nothing is kept in memory.
    public func load(in line: inout LineContext) throws {}

    /// The clock alone changes nothing.
    public func tick(in line: inout LineContext) throws {}

    /// Nothing depends on it.
    public func batchCommitted() {}

    /// There is nothing to forget.
    public func forget() {}
}

/// What all solutions have raised in a batch, in the order in which they did; what was undone is not among it. The lists are the batch's
/// own: to hold them costs nothing.
public struct Observed: Sendable {
    /// What was measured. One that is late (`Reading.isLate`) says nothing of the present.
    public let readings: [Reading]
    /// What is in another state than before. Whoever has read the tables anew says again how everything is: take a state that you know
    /// already for no news.
    public let changes: [DeviceStateChange]

    /// What was raised.
    public init(readings: [Reading], changes: [DeviceStateChange]) {
        self.readings = readings
        self.changes = changes
    }
}

/// A solution with a part that sees what all solutions do.
public protocol ObservesLine: Solution {
    /// Makes that part. Called once, before the first message.
    func makeObserver(_ services: LineServices) -> any LineObserver
}
