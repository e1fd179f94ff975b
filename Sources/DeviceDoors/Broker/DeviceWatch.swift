public import HubModel
public import MQTTBroker
public import MQTTCodec
public import Trust

/// Carries out, again and again, what the watcher finds: connections that have to end, messages that have become free.
public struct DeviceWatch: Sendable {
    private let watcher: DeviceWatcher
    private let replay: AsideReplay
    /// The accounts that have sessions, as their owners' names; and those of them that may not come in any more.
    private let endedAccounts: @Sendable () async throws -> [String]
    private let closeWindow: @Sendable () async throws -> Void
    private let interval: Duration
    private let rhythm: any Rhythm
    private let disconnect: Disconnect
    private let forget: @Sendable (_ retained: [TopicFilter]) -> Void
    private let trouble: @Sendable (any Error) -> Void

    /// Ends the connections of an owner with rights older than a revision, and what is kept for them if told so. `rights` are those that the
    /// owner has now; nil: none.
    public typealias Disconnect =
        @Sendable (_ owner: String, _ endsSessions: Bool, _ olderThan: Int64, _ rights: ClientRights?) -> Void

    /// A watch.
    /// - Parameters:
    ///   - interval: how long a change of rights may go unnoticed.
    ///   - rhythm: what paces the looks.
    ///   - endedAccounts: owners that have sessions and are accounts which may not come in any more.
    ///   - closeWindow: closes the join window when its time is over.
    ///   - disconnect: ends connections.
    ///   - forget: forgets what is retained on topics.
    ///   - trouble: told of what went wrong; it is tried again.
    public init(
        watcher: DeviceWatcher, replay: AsideReplay, interval: Duration = .milliseconds(300),
        rhythm: any Rhythm = SteadyRhythm(),
        endedAccounts: @escaping @Sendable () async throws -> [String] = { [] },
        closeWindow: @escaping @Sendable () async throws -> Void = {},
        disconnect: @escaping Disconnect, forget: @escaping @Sendable (_ retained: [TopicFilter]) -> Void,
        trouble: @escaping @Sendable (any Error) -> Void
    ) {
        self.watcher = watcher
        self.replay = replay
        self.interval = interval
        self.rhythm = rhythm
        self.endedAccounts = endedAccounts
        self.closeWindow = closeWindow
        self.disconnect = disconnect
        self.forget = forget
        self.trouble = trouble
    }

    /// Watches until its task is cancelled.
    public func run() async {
        var (owesReplay, owesAccounts) = (true, true)
        let look = {
            do {
                owesAccounts = try await step(owesReplay: owesReplay, owesAccounts: owesAccounts)
                owesReplay = false
            } catch {
                // Whatever it was, there may be something left to do.
                (owesReplay, owesAccounts) = (true, true)
                trouble(error)
            }
        }
        await look()
        await rhythm.every(interval, do: look)
    }

    /// Looks once.
    /// - Parameters:
    ///   - owesReplay: whether messages may be left to be handed over, whatever the watcher finds.
    ///   - owesAccounts: whether sessions of accounts may be left to be ended.
    /// - Returns: whether sessions of accounts have to be looked for once more: one that was begun this moment is stored behind.
    /// - Throws: what the database throws, or the line.
    @discardableResult
    public func step(owesReplay: Bool = true, owesAccounts: Bool = true) async throws -> Bool {
        let findings = try await watcher.look()
        for ending in findings.disconnect {
            let rights = findings.rights[ending.owner].map { ClientRights($0) }
            disconnect(ending.owner, ending.endsSessions, ending.revision, rights)
        }
        // Behind their ends: what they say last is not kept either.
        let gone = findings.forget.compactMap { try? TopicFilter($0) }
        if !gone.isEmpty { forget(gone) }
        if owesAccounts || findings.mayHaveEndedAccounts {
            for owner in try await endedAccounts() { disconnect(owner, true, .max, nil) }
        }
        if owesReplay || findings.mayHaveReleased { try await replay.run() }
        try await closeWindow()
        return findings.mayHaveEndedAccounts
    }
}
