public import HubModel
import Synchronization

/// What the live part may use up.
public struct LiveConfiguration: Sendable {
    /// Recent events kept for those who come back.
    public var recentEvents: Int
    /// About how many bytes they may take.
    public var recentBytes: Int
    /// Sockets at once of those who are known.
    public var maximumSockets: Int
    /// Sockets at once of one account or device. A hub that was opened with `--open` knows none, and only the whole is bounded.
    public var maximumSocketsPerAccount: Int
    /// Sockets at once of strangers, who see public events only: a pool of their own, so that they take nobody's place.
    public var maximumPublicSockets: Int
    /// Sockets at once of strangers from one address; of IPv6, from one network of 64 bits.
    public var maximumPublicSocketsPerAddress: Int
    /// What may wait for one socket.
    public var queue: QueueLimits

    /// A configuration.
    public init(
        recentEvents: Int = 20_000, recentBytes: Int = 33_554_432, maximumSockets: Int = 256,
        maximumSocketsPerAccount: Int = 32, maximumPublicSockets: Int = 128, maximumPublicSocketsPerAddress: Int = 8,
        queue: QueueLimits = QueueLimits()
    ) {
        self.recentEvents = recentEvents
        self.recentBytes = recentBytes
        self.maximumSockets = maximumSockets
        self.maximumSocketsPerAccount = maximumSocketsPerAccount
        self.maximumPublicSockets = maximumPublicSockets
        self.maximumPublicSocketsPerAddress = maximumPublicSocketsPerAddress
        self.queue = queue
    }
}

/// Why a socket is not admitted.
public enum LiveRefusal: String, Error, Hashable, CaseIterable, Sendable {
    /// The hub has as many as it takes of those who are known.
    case tooManySockets = "too_many_sockets"
    /// The account or device has as many as it may have.
    case tooManySocketsOfAccount = "too_many_sockets_of_account"
    /// The hub has as many as it takes of strangers.
    case tooManyPublicSockets = "too_many_public_sockets"
    /// The stranger's address has as many as it may have.
    case tooManyPublicSocketsOfAddress = "too_many_public_sockets_of_address"
}

/// Why the hub ends a socket by itself.
public enum LiveEnd: Hashable, Sendable {
    /// It is too slow even for coalescing: to be closed with 1013.
    case tooSlow
    /// Its viewer may not be here any more: to be closed with 1008.
    case signedOut
}

/// Numbers the events of each commit, keeps the recent ones, and passes them to the sockets that want them. The line's
/// writer is never kept waiting: it takes one lock a batch, under which nothing is written as JSON.
public final class LiveHub: LiveSink {
    /// One socket. A class, so that an event finds its queue without a look-up; it never leaves the lock.
    private final class Subscriber {
        let viewer: Caller
        /// The address for which a stranger is counted.
        let address: String?
        var subscription = LiveSubscription()
        var queue: SubscriberQueue<SharedEvent>
        /// Why nothing more is sent to it; nil: it is served.
        var ended: LiveEnd?
        /// Whether this batch has something for it.
        var isSignalled = false
        let wake: AsyncStream<Void>.Continuation
        let end: @Sendable (LiveEnd) -> Void

        init(
            viewer: Caller, address: String?, queue: SubscriberQueue<SharedEvent>,
            wake: AsyncStream<Void>.Continuation, end: @escaping @Sendable (LiveEnd) -> Void
        ) {
            self.viewer = viewer
            self.address = address
            self.queue = queue
            self.wake = wake
            self.end = end
        }

        /// What is to be done for it now that it was given something; `wasEnded`: whether it was ended before.
        func signal(wasEnded: Bool) -> Signal {
            Signal(wake: wake, ended: wasEnded ? nil : ended, end: end)
        }
    }

    /// What is to be done for a socket once the lock is released.
    private struct Signal {
        let wake: AsyncStream<Void>.Continuation
        let ended: LiveEnd?
        let end: @Sendable (LiveEnd) -> Void

        func send() {
            if let ended { end(ended) }
            wake.yield()
        }
    }

    /// Who gets the events of a topic, as long as these need the same right at the same site.
    private struct Way {
        let permission: Permission?
        let site: SiteID?
        let targets: [Subscriber]
    }

    private struct State {
        var ring: LiveRing
        var subscribers: [Int: Subscriber] = [:]
        var nextSubscriber = 0
        /// Who wants a topic and may see it: asked once a topic, and forgotten whenever a subscription changes.
        var routes: [String: Way] = [:]
        var listening = 0
        var figures = LiveFigures()
    }

    private static let maximumRoutes = 4_096

    private let configuration: LiveConfiguration
    private let clock: any WallClock
    private let state: Mutex<State>

    /// A hub whose numbers begin at the clock's present time.
    public init(configuration: LiveConfiguration = LiveConfiguration(), clock: any WallClock) {
        self.configuration = configuration
        self.clock = clock
        let ring = LiveRing(
            maximumEvents: configuration.recentEvents, maximumBytes: configuration.recentBytes, beginning: clock.now())
        self.state = Mutex(State(ring: ring))
    }

    /// Makes the events of a commit visible.
    public func publish(_ events: [LiveEvent], committedAt: Timestamp) {
        guard !events.isEmpty else { return }
        let signals = state.withLock { state in
            let first = state.ring.append(events, committedAt: committedAt)
            state.figures.events += events.count
            return state.listening == 0 ? [] : LiveHub.distribute(events, from: first, at: committedAt, in: &state)
        }
        for signal in signals { signal.send() }
    }

    private static func distribute(
        _ events: [LiveEvent], from first: Int64, at committedAt: Timestamp, in state: inout State
    ) -> [Signal] {
        var woken: [Subscriber] = []
        for (offset, event) in events.enumerated() {
            let targets = targets(of: event, in: &state)
            guard !targets.isEmpty else { continue }
            let item = LiveRing.Item(number: first + Int64(offset), committedAt: committedAt, event: event)
            let shared = SharedEvent(item)
            let bytes = LiveRing.estimate(event)
            for target in targets where target.ended == nil {
                if !target.isSignalled {
                    target.isSignalled = true
                    woken.append(target)
                }
                switch target.queue.push(shared, topic: event.topic, bytes: bytes, at: committedAt) {
                case .queued: break
                case .coalesced(let dropped): state.figures.coalesced += dropped
                case .overflow:
                    target.ended = .tooSlow
                    state.figures.closedAsTooSlow += 1
                }
            }
        }
        return woken.map { target in
            target.isSignalled = false
            return target.signal(wasEnded: false)
        }
    }

    private static func targets(of event: LiveEvent, in state: inout State) -> [Subscriber] {
        if let known = state.routes[event.topic], known.permission == event.permission, known.site == event.site {
            return known.targets
        }
        if state.routes.count >= maximumRoutes { state.routes.removeAll() }
        let targets = state.subscribers.values.filter { subscriber in
            subscriber.subscription.wants(event.topic) && event.isVisible(to: subscriber.viewer.grants)
        }
        state.routes[event.topic] = Way(permission: event.permission, site: event.site, targets: targets)
        return targets
    }
}

// MARK: - Sockets

extension LiveHub {
    /// Admits a socket, and says hello to it.
    ///
    /// - Parameters:
    ///   - version: the hub's version, for the first message.
    ///   - viewer: who looks; of every event, live or replayed, only those that the viewer may see are sent.
    ///   - address: for which address a stranger is counted; all without one are counted together.
    ///   - end: called once when the hub ends the socket by itself. The socket's writer may be stuck in sending at that
    ///     time, so the closing must not wait for it.
    /// - Returns: what is to be sent to it.
    /// - Throws: when there are too many already.
    public func attach(
        version: String, viewer: Caller, address: String? = nil, end: @escaping @Sendable (LiveEnd) -> Void
    ) throws(LiveRefusal) -> LiveFeed {
        let now = clock.now()
        return try state.withLock { state throws(LiveRefusal) in
            if let refusal = refusal(of: viewer, from: address, in: state) {
                state.figures.refused[refusal, default: 0] += 1
                throw refusal
            }
            // One pending signal is enough: whoever wakes up takes all there is.
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            var queue = SubscriberQueue<SharedEvent>(limits: configuration.queue)
            let hello = LiveMessage.hello(
                version: version, now: now, last: state.ring.last, isPublic: viewer.identity == .anonymous)
            _ = queue.push(answer: hello, at: now)
            let id = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[id] = Subscriber(
                viewer: viewer, address: address, queue: queue, wake: wake, end: end)
            return LiveFeed(hub: self, id: id, wakes: wakes)
        }
    }

    /// Why there is no room for one more socket of a viewer; nil: there is.
    private func refusal(of viewer: Caller, from address: String?, in state: State) -> LiveRefusal? {
        let strangers = state.subscribers.values.filter { $0.viewer.identity == .anonymous }
        if viewer.identity == .anonymous {
            guard strangers.count < configuration.maximumPublicSockets else { return .tooManyPublicSockets }
            let near = strangers.count { $0.address == address }
            return near < configuration.maximumPublicSocketsPerAddress ? nil : .tooManyPublicSocketsOfAddress
        }
        guard state.subscribers.count - strangers.count < configuration.maximumSockets else { return .tooManySockets }
        guard viewer.account != nil || viewer.device != nil else { return nil }
        let own = state.subscribers.values.count { LiveHub.isSame($0.viewer, viewer) }
        return own < configuration.maximumSocketsPerAccount ? nil : .tooManySocketsOfAccount
    }

    private static func isSame(_ one: Caller, _ other: Caller) -> Bool {
        one.account == other.account && one.device == other.device
    }

    /// Who looks at present, each once.
    public func viewers() -> Set<Caller> {
        state.withLock { Set($0.subscribers.values.filter { $0.ended == nil }.map(\.viewer)) }
    }

    /// Ends every socket of these viewers: nothing more is sent to them, and they are to be closed as signed out.
    public func dismiss(_ viewers: Set<Caller>) {
        guard !viewers.isEmpty else { return }
        let signals = state.withLock { state in
            state.subscribers.values.filter { $0.ended == nil && viewers.contains($0.viewer) }.map { subscriber in
                subscriber.ended = .signedOut
                state.figures.signedOut += 1
                return subscriber.signal(wasEnded: false)
            }
        }
        for signal in signals { signal.send() }
    }

    /// Lets a socket go; its feed ends.
    public func detach(_ id: Int) {
        let wake = state.withLock { state in
            let subscriber = state.subscribers.removeValue(forKey: id)
            LiveHub.subscriptionsChanged(&state)
            return subscriber?.wake
        }
        wake?.finish()
    }

    /// Does what a client asked for. What is sent in answer comes out of the socket's feed, in order with the events.
    /// - Returns: the reason for which the socket must be closed with 1008; nil when it stays.
    public func perform(_ action: LiveSession.Action, for id: Int) -> String? {
        switch action {
        case .close(let reason): return reason
        case .answer(let answer): enqueue(id) { queue, now, _, _ in queue.push(answer: answer, at: now) }
        case .subscribe(let request, let topics, let start):
            enqueue(id, changing: { $0.add(topics) }) { queue, now, ring, viewer in
                let replay = LiveReplay(ring, patterns: topics, grants: viewer.grants, start: start)
                guard queue.push(replay: replay, at: now) else {
                    let refusal = LiveMessage.error(
                        .tooManyReplays, "wait until the earlier replays are over", id: request)
                    return queue.push(answer: refusal, at: now)
                }
                return queue.push(answer: LiveMessage.subscribed(id: request, topics: topics, last: ring.last), at: now)
            }
        case .unsubscribe(let request, let topics):
            enqueue(id, changing: { $0.remove(topics) }) { queue, now, _, _ in
                queue.push(answer: LiveMessage.unsubscribed(id: request, topics: topics), at: now)
            }
        }
        return nil
    }

    private func enqueue(
        _ id: Int, changing change: ((inout LiveSubscription) -> Void)? = nil,
        _ push: (inout SubscriberQueue<SharedEvent>, Timestamp, LiveRing, Caller) -> Bool
    ) {
        let now = clock.now()
        let signal = state.withLock { state in
            guard let subscriber = state.subscribers[id] else { return nil as Signal? }
            let wasEnded = subscriber.ended != nil
            change?(&subscriber.subscription)
            if !wasEnded, !push(&subscriber.queue, now, state.ring, subscriber.viewer) {
                subscriber.ended = .tooSlow
                state.figures.closedAsTooSlow += 1
            }
            if change != nil { LiveHub.subscriptionsChanged(&state) }
            return subscriber.signal(wasEnded: wasEnded)
        }
        signal?.send()
    }

    private static func subscriptionsChanged(_ state: inout State) {
        state.routes.removeAll(keepingCapacity: true)
        state.listening = state.subscribers.values.count { !$0.subscription.isEmpty }
    }

    /// Takes what waits for a socket; nil when it is gone or was ended.
    func take(_ count: Int, for id: Int) -> (items: [SubscriberQueue<SharedEvent>.Item], dropped: Int)? {
        state.withLock { state in
            guard let subscriber = state.subscribers[id], subscriber.ended == nil else { return nil }
            return subscriber.queue.take(count)
        }
    }

    /// Has a socket's replay go on; nil when the socket is gone or was ended.
    func step(_ replay: inout LiveReplay, _ count: Int, for id: Int) -> LiveReplay.Step? {
        state.withLock { state in
            guard let subscriber = state.subscribers[id], subscriber.ended == nil else { return nil }
            return replay.next(count, in: state.ring)
        }
    }
}

extension LiveHub {
    /// How many sockets there are, how many events are kept, and what was counted.
    func counts() -> (sockets: Int, strangers: Int, recent: Int, figures: LiveFigures) {
        state.withLock { state in
            let strangers = state.subscribers.values.count { $0.viewer.identity == .anonymous }
            return (state.subscribers.count, strangers, state.ring.count, state.figures)
        }
    }
}
