public import HubModel
public import SQL

/// What one message, or one person's request, may do inside the line: read and write tables in the batch's
/// transaction, and raise effects that become real with the commit.
public struct LineContext {
    /// The time of this batch.
    public let now: Timestamp
    /// The commands to devices.
    public let commands: any CommandDispatcher
    /// What has been raised so far in this batch.
    public private(set) var effects: Effects
    private let database: Transaction
    private var mark: Effects.Mark
    private var hasSavepoint = false
    private var undoing: [() -> Void] = []
    /// Whether the handlers must read their knowledge from the tables again after the commit.
    public private(set) var forgetsAfterCommit = false

    /// A context for one batch.
    public init(now: Timestamp, transaction: Transaction, commands: any CommandDispatcher = NoCommands()) {
        self.now = now
        self.commands = commands
        self.effects = Effects()
        self.database = transaction
        self.mark = Effects.Mark()
    }

    /// The batch's transaction, for reading and writing tables.
    ///
    /// The first use within a message sets a savepoint, so that a refusal undoes just this message; messages that
    /// only raise effects cost none.
    public mutating func transaction() throws -> Transaction {
        if !hasSavepoint {
            try database.beginSavepoint()
            hasSavepoint = true
        }
        return database
    }

    /// Appends a reading to history.
    public mutating func append(_ reading: Reading) {
        effects.readings.append(reading)
    }

    /// Notes that a device, or what it watches, is in another state than before: raise it where you show it. After `load` note how all your
    /// devices are; who has seen that before takes it for no news.
    public mutating func note(_ change: DeviceStateChange) {
        effects.changes.append(change)
    }

    /// Shows something to the pages that listen.
    public mutating func show(_ event: LiveEvent) {
        effects.events.append(event)
    }

    /// Publishes a message through the broker.
    public mutating func publish(_ message: OutgoingMessage) {
        effects.publications.append(message)
    }

    /// Counts values that were refused one by one while the rest of their message is stored.
    public mutating func refuse(values count: Int) {
        effects.refusedValues += count
    }

    /// Runs `work` if what the present message does is undone, by whomever: the handler, the store, the database. For
    /// a handler whose memory would otherwise know more than the tables. What was asked for last runs first.
    public mutating func ifUndone(_ work: @escaping () -> Void) {
        undoing.append(work)
    }

    /// After the commit, every handler forgets what it keeps in memory and reads the tables again: for a rare change that somebody else
    /// made to what handlers remember, such as the site of a device.
    public mutating func forgetAfterCommit() {
        forgetsAfterCommit = true
    }

    /// Runs `work` once what the present message does is committed; never if it is undone. For those who wait outside of the line, such as
    /// a `LongPoll`. It must be quick, and touches no handler: the writer waits for it.
    public mutating func afterCommit(_ work: @escaping @Sendable () -> Void) {
        effects.afterCommit.append(work)
    }

    /// Runs one message's work: what it did is undone if it throws, and what others of the batch did stays.
    public mutating func perform<Value>(_ work: (inout LineContext) throws -> Value) throws -> Value {
        mark = effects.mark
        defer { undoing.removeAll(keepingCapacity: true) }
        do {
            let value = try work(&self)
            if hasSavepoint {
                try database.releaseSavepoint()
                hasSavepoint = false
            }
            return value
        } catch {
            effects.cut(back: mark)
            for work in undoing.reversed() { work() }
            if hasSavepoint {
                hasSavepoint = false
                // When the disk is full the engine has rolled back everything, and there is no savepoint left: the transaction
                // stays failed, and the caller gets the first error, which says why.
                try? database.rollBackToSavepoint()
            }
            throw error
        }
    }
}

/// What becomes real with the commit.
public struct Effects: Sendable {
    /// Readings for history.
    public internal(set) var readings: [Reading] = []
    /// Changes of states for observers.
    public internal(set) var changes: [DeviceStateChange] = []
    /// Events for pages.
    public internal(set) var events: [LiveEvent] = []
    /// Messages for the broker.
    public internal(set) var publications: [OutgoingMessage] = []
    /// Values that were refused alone: what else their messages said is stored.
    public internal(set) var refusedValues = 0
    /// What is called after the commit.
    public internal(set) var afterCommit: [@Sendable () -> Void] = []

    /// No effects.
    public init() {}

    struct Mark {
        var readings = 0
        var changes = 0
        var events = 0
        var publications = 0
        var refusedValues = 0
        var afterCommit = 0
    }

    var mark: Mark {
        Mark(
            readings: readings.count, changes: changes.count, events: events.count, publications: publications.count,
            refusedValues: refusedValues, afterCommit: afterCommit.count)
    }

    mutating func cut(back mark: Mark) {
        readings.removeLast(readings.count - mark.readings)
        changes.removeLast(changes.count - mark.changes)
        events.removeLast(events.count - mark.events)
        publications.removeLast(publications.count - mark.publications)
        refusedValues = mark.refusedValues
        afterCommit.removeLast(afterCommit.count - mark.afterCommit)
    }
}

/// A message that the hub publishes.
public struct OutgoingMessage: Sendable {
    /// The topic, without wildcards.
    public let topic: String
    /// What it says.
    public let payload: [UInt8]
    /// Quality of service, 0...2.
    public let qualityOfService: UInt8
    /// Whether the broker keeps it for later subscribers.
    public let isRetained: Bool
    /// Seconds after which it is of no use any more; nil: never.
    public let expirySeconds: UInt32?
    /// Reports on its way come back under this name; nil: none are wanted.
    public let token: String?

    /// A message.
    public init(
        topic: String, payload: [UInt8], qualityOfService: UInt8 = 1, isRetained: Bool = false,
        expirySeconds: UInt32? = nil,
        token: String? = nil
    ) {
        self.topic = topic
        self.payload = payload
        self.qualityOfService = qualityOfService
        self.isRetained = isRetained
        self.expirySeconds = expirySeconds
        self.token = token
    }
}
