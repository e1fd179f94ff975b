internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit
internal import Synchronization

/// Looks, again and again, at whose rights have changed: by a route, by the command line, by another replica.
///
/// A change of rights ends the connections of whom it concerns; they come again with the new ones, or not.
public final class DeviceWatcher: Sendable {
    /// What has to be done.
    public struct Findings: Sendable {
        /// Owners whose connections have to end, if their rights are older than a revision (`TopicGrants.revision`); `endsSessions`: and what is
        /// kept for them.
        public var disconnect: [(owner: String, endsSessions: Bool, revision: Int64)] = []
        /// What owners among them may do from now on; who is not here may do nothing, and their wills are not published.
        public var rights: [String: TopicGrants] = [:]
        /// Topic filters of devices that were removed: what is retained there goes with them.
        public var forget: [String] = []
        /// Whether messages that were kept aside may have become free to be taken in.
        public var mayHaveReleased = false
        /// Whether accounts may have been disabled or deleted.
        public var mayHaveEndedAccounts = false

        init() {}
    }

    private let admission: DeviceAdmission
    private let welcomes: Welcomes
    /// The number up to which everything was looked at; nil before the first time.
    private let epoch = Mutex<Int64?>(nil)
    /// The number up to which the tables say that everything was carried out, once that was read.
    private let noted = Mutex<Int64?>(nil)
    /// Whether somebody was asking to be let in when it looked last: whether their row is there has to be looked at once more.
    private let someAsked = Mutex(false)

    /// A watcher of what the admission let in.
    /// - Parameter welcomes: until when people's programs may go on; for this watcher alone.
    public init(admission: DeviceAdmission, welcomes: Welcomes) {
        self.admission = admission
        self.welcomes = welcomes
    }

    /// What has to be done since the last time. Call it about every 300 ms, and not twice at once.
    /// - Throws: what the database throws; nothing is lost by that.
    public func look() async throws -> Findings {
        var findings = Findings()
        try await noteDrops()
        let last = epoch.withLock { $0 }
        await noteWatched(last)
        let registry = admission.registry
        let join = admission.join
        // Who is asking has no row yet, and is not gone: it is only that a password takes a while to hash.
        let (waiting, someAsk) = admission.state.withLock {
            ($0.pending.subtracting($0.asking.keys), !$0.asking.isEmpty)
        }
        let someAsked = someAsked.withLock { $0 }
        typealias Seen = (current: Int64, watched: Int64?, changed: [DeviceChange], gone: [DeviceID])
        let (current, watched, changed, gone): Seen = try await admission.database.read { reader in
            let current = try TrustEpoch.current(in: reader)
            // At the start: what had been carried out when the hub stopped.
            let watched = try last ?? TrustEpoch.watched(in: reader)
            // Those that made room for others are noticed when there are many of them.
            guard current != last || someAsked || waiting.count > Int(join.limits.devices) else {
                return (current, watched, [], [])
            }
            let changed =
                current == last
                ? [] : try registry.changed(since: last ?? 0, asked: watched ?? 0, in: reader)
            return (current, watched, changed, try waiting.filter { try join.pending($0, in: reader) == nil })
        }
        self.someAsked.withLock { $0 = someAsk }
        for device in gone { findings.disconnect.append((ConnectionOwner.pending(device), true, .max)) }
        guard current != last else {
            admission.state.withLock { $0.pending.subtract(gone) }
            // Time alone ends a token.
            await endPrograms(at: current, &findings)
            return findings
        }
        // Another process cannot tell the handlers that a device is at another site now.
        if last != nil, !changed.isEmpty { try await admission.line.perform { $0.forgetAfterCommit() } }
        findings.mayHaveReleased = true
        findings.mayHaveEndedAccounts = true
        for change in changed {
            let owner = ConnectionOwner.device(change.id)
            // What waits for the device that was removed is not for the next one of its name.
            let isAnother = change.isRemoved || change.hasReturned
            if isAnother, let kind = change.kind {
                findings.forget += admission.rights.ownTopics(of: change.id, kind: kind)
            }
            // At the start nobody is connected; only the sessions of those that may not come in any more have to go.
            guard last != nil || !change.isActive else { continue }
            findings.disconnect.append((owner, isAnother || !change.isActive, change.epoch))
            // Nor is what it left to say for the next one to have said.
            findings.rights[owner] = isAnother ? nil : try await admission.grants(ofActive: change.id)
        }
        await endPrograms(at: current, &findings)
        admission.state.withLock { $0.pending.subtract(gone) }
        epoch.withLock { $0 = current }
        if last == nil { noted.withLock { $0 = watched } }
        return findings
    }

    private func endPrograms(at epoch: Int64, _ findings: inout Findings) async {
        let programs = admission.state.withLock { $0.programs }
        let ended = await welcomes.unwelcome(
            among: Set(programs.values), epoch: epoch, at: admission.clock.now())
        for (owner, caller) in programs where ended.contains(caller) {
            findings.disconnect.append((owner, false, .max))
            findings.mayHaveEndedAccounts = true
            admission.state.withLock { $0.programs[owner] = nil }
        }
    }

    /// What was found the last time has been carried out by now. A device that is removed and comes back while the hub is off is found by
    /// this at the next start.
    private func noteWatched(_ epoch: Int64?) async {
        guard let epoch, noted.withLock({ $0 }) != epoch else { return }
        // Where nothing can be stored, connections have to end all the same; it is noted the next time.
        let isNoted: Void? = try? await admission.line.perform {
            try TrustEpoch.noteWatched(epoch, in: $0.transaction())
        }
        if isNoted != nil { noted.withLock { $0 = epoch } }
    }

    private func noteDrops() async throws {
        let dropped = admission.state.withLock { state in
            defer { state.dropped.removeAll() }
            return state.dropped
        }
        guard !dropped.isEmpty else { return }
        let join = admission.join
        do {
            try await admission.line.perform { line in
                for (device, count) in dropped {
                    try join.noteDropped(count, of: device, in: line.transaction())
                }
            }
        } catch {
            admission.state.withLock { $0.dropped.merge(dropped) { $0 + $1 } }
            throw error
        }
    }
}
