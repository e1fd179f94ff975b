internal import HubModel
internal import SQL
internal import SolutionKit
internal import TimeSeries

/// Commits one batch after the other. Lives on one thread; what it calls out to after a commit must not block.
struct Writer {
    private var recipe: Recipe
    private var observers: ObserverStage
    private let devices: any DeviceBook
    private var refusals = RefusedItems()
    private let database: Database
    private let store: TimeSeriesStore
    private let clock: any WallClock
    private let live: any LiveSink
    private let outbound: any OutboundSink
    private let statistics: LineStatistics
    private let log: @Sendable (LineTrouble) -> Void
    private var reports = ReportBatch()
    private var outcomes: [LineOutcome] = []

    /// Whether the disk refused something in this batch. The engine then rolls all of it back, and the error with which the batch
    /// ends says no more than that.
    private var foundNoRoom = false

    private var tickDue: Timestamp
    /// When the last batch was, for those who took part in it.
    private var latest = Timestamp(microseconds: .min)
    /// Whether more has come due than one batch does.
    private var isBehind = false

    /// Pieces of due work of one handler in one batch: some 25 ms, which the messages of the next batch wait at most.
    private static let piecesPerBatch = 256

    init(parts: LineParts, handlers: LineHandlers, observers: [any LineObserver], statistics: LineStatistics) {
        recipe = Recipe(router: TopicRouter(parts.handling.map(\.manifest)), handlers: handlers)
        self.observers = ObserverStage(observers)
        devices = parts.services.devices
        database = parts.database
        store = parts.store
        clock = parts.clock
        live = parts.live
        outbound = parts.outbound
        log = parts.log
        self.statistics = statistics
        tickDue = parts.clock.now()
    }

    /// Seconds until there is something to do without any message, 0...1; also when the machine's clock was set back.
    mutating func secondsToWork() -> Double {
        if isBehind { return 0 }
        let now = clock.now()
        tickDue = min(tickDue, now.advanced(bySeconds: 1))
        return max(0, Double(tickDue.microseconds(since: now)) / 1e6)
    }

    /// Runs one batch: one transaction, then what its commit releases.
    mutating func run(_ submissions: [Submission]) {
        let begin = clock.now()
        let isTick = begin >= tickDue
        if isTick { tickDue = begin.advanced(bySeconds: 1) }
        guard isTick || isBehind || !submissions.isEmpty else { return }
        do {
            let (effects, appended, forgets) = try database.writeBlocking { transaction in
                try fill(submissions, tick: isTick, now: instant(of: submissions, at: begin), in: transaction)
            }
            if let appended { store.apply(appended) }
            recipe.handlers.batchCommitted()
            observers.batchCommitted()
            // Before anybody hears of the commit: what is asked next is answered from the tables.
            if forgets { forget() }
            statistics.note(isBehind: isBehind)
            statistics.committed(
                outcomes, readings: appended?.accepted ?? 0, refusedValues: effects.refusedValues,
                microseconds: clock.now().microseconds(since: begin))
            complete(submissions)
            // After the acknowledgements: a client that has just subscribed is there when what awaited it is published.
            if !effects.publications.isEmpty { outbound.publish(effects.publications) }
            if !effects.events.isEmpty { live.publish(effects.events, committedAt: clock.now()) }
            for work in effects.afterCommit { work() }
        } catch {
            forget()
            // At the next tick again: a disk that is full is not to be asked without a pause.
            isBehind = false
            statistics.note(isBehind: false)
            noteStorage(error)
            let outcome: LineOutcome = foundNoRoom ? .unstored : .failed
            outcomes = Array(repeating: outcome, count: submissions.reduce(0) { $0 + $1.items.count })
            statistics.batchFailed(items: outcomes.count, at: clock.now())
            log(.batchFailed(error, items: outcomes.count))
            complete(submissions)
        }
    }

    /// The time of a batch: not before what it takes was received, and not before the batch before. A door gives each message a time of
    /// receipt of its own, so that the last of many that were read at once is some microseconds ahead; a handler would take that for a
    /// clock that was set back, which it is beyond a second.
    private mutating func instant(of submissions: [Submission], at begin: Timestamp) -> Timestamp {
        let most = begin.advanced(bySeconds: 1)
        var instant = latest > begin && latest <= most ? latest : begin
        for submission in submissions {
            for case .message(let message, _) in submission.items where message.receivedAt <= most {
                instant = max(instant, message.receivedAt)
            }
        }
        latest = instant
        return instant
    }

    /// The last batch before a stop: what handlers would write later, such as when a device was last heard, is in the tables.
    func writeWhatHandlersRemember() {
        do {
            try database.writeBlocking { transaction in
                var line = LineContext(
                    now: clock.now(), transaction: transaction, commands: recipe.handlers.dispatcher)
                line.forgetAfterCommit()
                for handler in recipe.handlers.all { try line.perform { try handler.unready.finishBatch(in: &$0) } }
            }
        } catch {
            log(.batchFailed(error, items: 0))
        }
    }

    /// Does the work of the batch inside its transaction.
    private mutating func fill(
        _ submissions: [Submission], tick: Bool, now: Timestamp, in transaction: Transaction
    ) throws -> (effects: Effects, appended: Appended?, forgets: Bool) {
        outcomes.removeAll(keepingCapacity: true)
        reports.removeAll()
        refusals.removeAll()
        foundNoRoom = false
        var line = LineContext(now: now, transaction: transaction, commands: recipe.handlers.dispatcher)
        for submission in submissions {
            for item in submission.items { outcomes.append(take(item, in: &line)) }
        }
        isBehind = false
        // Who has read nothing yet knows of nothing that is due; the tick reads it. In each batch, tables that cannot be read would be a
        // burden to all solutions.
        for handler in recipe.handlers.all.compactMap(\.ifReady) { advance(handler, in: &line) }
        if tick {
            for index in recipe.handlers.all.indices { self.tick(index, in: &line) }
        }
        // Not one by one: what a handler writes for many messages must not be lost while they are acknowledged.
        for handler in recipe.handlers.all { try line.perform { try handler.unready.finishBatch(in: &$0) } }
        observe(tick: tick, in: &line)
        guard !reports.isEmpty else {
            keepRefusals(in: &line)
            return (line.effects, nil, line.forgetsAfterCommit)
        }
        let appended = try store.append(reports.reports, now: now.microseconds, in: transaction)
        for refused in appended.refused {
            outcomes[reports.owner(of: refused.index)] = .refused(refused.reason.asRefusal)
        }
        keepRefusals(in: &line)
        return (line.effects, appended, line.forgetsAfterCommit)
    }

    private mutating func take(_ item: LineItem, in line: inout LineContext) -> LineOutcome {
        let stored = reports.count
        do {
            try recipe.prepare(for: item, in: &line)
            let readings = line.effects.readings.count
            try line.perform { line in
                try recipe.take(item, in: &line)
                try reports.append(line.effects.readings[readings...], of: outcomes.count, to: store, now: line.now)
            }
            return .committed
        } catch let refusal as Refusal {
            reports.cut(to: stored)
            if let device = recipe.device(of: item) { refusals.note(item, of: device, refusal, at: line.now) }
            return .refused(refusal)
        } catch {
            reports.cut(to: stored)
            log(.itemFailed(error))
            noteStorage(error)
            return Refusal(storage: error) == nil ? .failed : .unstored
        }
    }

    /// Shows the batch to the observers. When one fails, the messages are stored all the same.
    private mutating func observe(tick: Bool, in line: inout LineContext) {
        for error in observers.run(tick: tick, in: &line) {
            statistics.observerFailed()
            log(.observerFailed(error))
            noteStorage(error)
        }
    }

    /// The tables are not what handlers and observers think they are.
    private mutating func forget() {
        recipe.forget()
        observers.forget()
    }

    private mutating func noteStorage(_ error: any Error) {
        if Refusal(storage: error) != nil { foundNoRoom = true }
    }

    /// What was refused is written for those who look after the devices; when it cannot be, that is no reason to lose the batch.
    private mutating func keepRefusals(in line: inout LineContext) {
        guard !refusals.isEmpty else { return }
        let (kept, devices) = (refusals.kept, devices)
        attempt(in: &line) { line in
            for refused in kept { try devices.note(refused, in: line.transaction()) }
        }
    }

    /// Lets a handler do what has come due, piece by piece, as much as one batch bears; after a piece that fails the rest waits for the
    /// next batch.
    private mutating func advance(_ handler: any MessageHandler, in line: inout LineContext) {
        for _ in 0..<Writer.piecesPerBatch {
            var wasOne = false
            attempt(in: &line) { wasOne = try handler.advance(in: &$0) }
            if !wasOne { return }
        }
        isBehind = true
    }

    private mutating func tick(_ index: Int, in line: inout LineContext) {
        do {
            let handler = try recipe.ready(index, in: &line)
            try line.perform { try handler.tick(in: &$0) }
        } catch {
            log(.itemFailed(error))
            noteStorage(error)
        }
    }

    /// Lets a handler do something of its own; when it fails, only that is undone.
    private mutating func attempt(in line: inout LineContext, _ body: (inout LineContext) throws -> Void) {
        do {
            try line.perform(body)
        } catch {
            log(.itemFailed(error))
            noteStorage(error)
        }
    }

    private mutating func complete(_ submissions: [Submission]) {
        var first = 0
        for submission in submissions {
            let end = first + submission.items.count
            submission.completion(Array(outcomes[first..<end]))
            first = end
        }
    }
}
