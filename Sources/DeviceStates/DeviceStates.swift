internal import HubModel
internal import Registry
public import SolutionKit

/// The observer that keeps how every device of every kind is, in the registry's table `device_state`: a row is written in the transaction of
/// the message that changed it, and only when it changed.
///
/// In memory it has the whole table. When many rows are to be written at once, as after the first start of a version that has the table,
/// that takes several batches; when the program ends meanwhile, the handlers say again after the start how all their devices are.
public final class DeviceStates: LineObserver {
    private struct Key: Hashable {
        let device: DeviceID
        let subject: StateSubject
    }

    private struct Entry: Equatable {
        let kind: DeviceKind
        let standing: DeviceStanding
    }

    /// Rows written with one batch: some milliseconds, which its messages wait.
    static let rowsPerBatch = 100
    /// Rows written with a batch that a second begins.
    static let rowsPerTick = 1_000

    private let table = DeviceStateTable()
    private let figures: DeviceStateFigures
    private var stored: [Key: Entry] = [:]
    /// What the table lacks; nil: what it was of is gone.
    private var unwritten: [Key: Entry?] = [:]
    /// The keys of `unwritten`, the longest waiting first.
    private var order: [Key] = []
    private var counts: [DeviceStateFigures.Label: Int] = [:]
    private var isCountNews = false

    /// An observer that has read nothing yet.
    /// - Parameter figures: told how many devices are in which state, after each commit that changed that.
    public init(figures: DeviceStateFigures) {
        self.figures = figures
    }

    /// Reads the table.
    public func load(in line: inout LineContext) throws {
        line.ifUndone { self.forget() }
        for row in try table.all(in: line.transaction()) {
            set(Key(device: row.device, subject: row.standing.subject), Entry(kind: row.kind, standing: row.standing))
        }
        isCountNews = true
    }

    /// Takes what is another state than the one that is known, and writes the rows.
    public func observe(_ seen: Observed, in line: inout LineContext) throws {
        for change in seen.changes { take(change) }
        try write(atMost: DeviceStates.rowsPerBatch, in: &line)
    }

    /// Writes what is left of many rows.
    public func tick(in line: inout LineContext) throws {
        try write(atMost: DeviceStates.rowsPerTick, in: &line)
    }

    /// Tells the figures.
    public func batchCommitted() {
        guard isCountNews else { return }
        isCountNews = false
        figures.set(counts)
    }

    /// Drops all of it: the table is read again, and the handlers say again how their devices are.
    public func forget() {
        stored = [:]
        unwritten = [:]
        order = []
        counts = [:]
        isCountNews = false
    }

    private func take(_ change: DeviceStateChange) {
        let key = Key(device: change.device, subject: change.subject)
        let known: Entry? = if let waiting = unwritten[key] { waiting } else { stored[key] }
        let next = change.state.map { state in
            Entry(
                kind: change.kind,
                standing: DeviceStanding(
                    subject: change.subject, state: state, since: change.since, severity: change.severity))
        }
        // What a handler says again after it has read its tables is no news, also when it knows less well since when.
        if known?.kind == next?.kind, known?.standing.state == next?.standing.state,
            known?.standing.severity == next?.standing.severity
        {
            return
        }
        if unwritten.index(forKey: key) == nil { order.append(key) }
        unwritten.updateValue(next, forKey: key)
    }

    private func write(atMost limit: Int, in line: inout LineContext) throws {
        guard !order.isEmpty else { return }
        let keys = Array(order.prefix(limit))
        let before = keys.map { (key: $0, stored: stored[$0], next: unwritten[$0] ?? nil) }
        line.ifUndone {
            for (key, stored, next) in before {
                self.set(key, stored)
                self.unwritten.updateValue(next, forKey: key)
            }
            self.order.insert(contentsOf: keys, at: 0)
        }
        order.removeFirst(keys.count)
        let transaction = try line.transaction()
        for key in keys {
            guard let entry = unwritten.removeValue(forKey: key) else { continue }
            guard let entry else {
                try table.drop(key.subject, of: key.device, in: transaction)
                set(key, nil)
                continue
            }
            // What is watched by no device of the hub has no row here.
            if try table.write(entry.standing, of: key.device, in: transaction) { set(key, entry) }
        }
    }

    private func set(_ key: Key, _ entry: Entry?) {
        let before = stored[key]
        stored[key] = entry
        guard before != entry else { return }
        for (entry, step) in [(before, -1), (entry, 1)] {
            guard let entry else { continue }
            let label = DeviceStateFigures.Label(
                kind: entry.kind, subject: entry.standing.subject, state: entry.standing.state)
            // A word of which nothing is left stays with 0: a figure that vanishes looks like one that nobody counts.
            counts[label, default: 0] += step
        }
        isCountNews = true
    }
}
