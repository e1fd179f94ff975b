public import HubModel
import Synchronization

/// What the live part may use up.
public struct LiveConfiguration: Sendable {
    /// Recent events kept for those who come back.
    public var recentEvents: Int
    /// About how many bytes they may take.
    public var recentBytes: Int
    /// Sockets at once.
    public var maximumSockets: Int
    /// What may wait for one socket.
    public var queue: QueueLimits

    /// A configuration.
    public init(
        recentEvents: Int = 20_000, recentBytes: Int = 33_554_432, maximumSockets: Int = 256,
        queue: QueueLimits = QueueLimits()
    ) {
        self.recentEvents = recentEvents
        self.recentBytes = recentBytes
        self.maximumSockets = maximumSockets
        self.queue = queue
    }
}

/// Numbers the events of each commit, keeps the recent ones, and passes them to the sockets that want them. The line's
/// writer is never kept waiting: it takes one lock a batch, under which nothing is written as JSON.
public final class LiveHub: LiveSink {
    /// One socket. A class, so that an event finds its queue without a look-up; it never leaves the lock.
    private final class Subscriber {
        var subscription = LiveSubscription()
        var queue: SubscriberQueue<SharedEvent>
        var isTooSlow = false
        /// Whether this batch has something for it.
        var isSignalled = false
        let wake: AsyncStream<Void>.Continuation
        let tooSlow: @Sendable () -> Void

        init(
            queue: SubscriberQueue<SharedEvent>, wake: AsyncStream<Void>.Continuation,
            tooSlow: @escaping @Sendable () -> Void
        ) {
            self.queue = queue
            self.wake = wake
            self.tooSlow = tooSlow
        }

        /// What is to be done for it now that it was given something; `wasTooSlow`: whether that was found before.
        func signal(wasTooSlow: Bool) -> Signal {
            Signal(wake: wake, tooSlow: isTooSlow && !wasTooSlow ? tooSlow : nil)
        }
    }

    /// What is to be done for a socket once the lock is released.
    private struct Signal {
        let wake: AsyncStream<Void>.Continuation
        let tooSlow: (@Sendable () -> Void)?

        func send() {
            tooSlow?()
            wake.yield()
        }
    }

    private struct State {
        var ring: LiveRing
        var subscribers: [Int: Subscriber] = [:]
        var nextSubscriber = 0
        /// Who wants a topic: asked once a topic, and forgotten whenever a subscription changes.
        var routes: [String: [Subscriber]] = [:]
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
            let targets = route(event.topic, in: &state)
            guard !targets.isEmpty else { continue }
            let item = LiveRing.Item(number: first + Int64(offset), committedAt: committedAt, event: event)
            let shared = SharedEvent(item)
            let bytes = LiveRing.estimate(event)
            for target in targets where !target.isTooSlow {
                if !target.isSignalled {
                    target.isSignalled = true
                    woken.append(target)
                }
                switch target.queue.push(shared, topic: event.topic, bytes: bytes, at: committedAt) {
                case .queued: break
                case .coalesced(let dropped): state.figures.coalesced += dropped
                case .overflow:
                    target.isTooSlow = true
                    state.figures.closedAsTooSlow += 1
                }
            }
        }
        return woken.map { target in
            target.isSignalled = false
            return target.signal(wasTooSlow: false)
        }
    }

    private static func route(_ topic: String, in state: inout State) -> [Subscriber] {
        if let known = state.routes[topic] { return known }
        if state.routes.count >= maximumRoutes { state.routes.removeAll() }
        let targets = state.subscribers.values.filter { $0.subscription.wants(topic) }
        state.routes[topic] = targets
        return targets
    }
}

// MARK: - Sockets

extension LiveHub {
    /// Admits a socket, and says hello to it.
    ///
    /// - Parameters:
    ///   - version: the hub's version, for the first message.
    ///   - tooSlow: called once when the socket is too slow even for coalescing: it must be closed with 1013. The
    ///     socket's writer may be stuck in sending at that time, so the closing must not wait for it.
    /// - Returns: what is to be sent to it; nil when there are too many already.
    public func attach(version: String, tooSlow: @escaping @Sendable () -> Void) -> LiveFeed? {
        let now = clock.now()
        return state.withLock { state in
            guard state.subscribers.count < configuration.maximumSockets else { return nil }
            // One pending signal is enough: whoever wakes up takes all there is.
            let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
            var queue = SubscriberQueue<SharedEvent>(limits: configuration.queue)
            _ = queue.push(answer: LiveMessage.hello(version: version, now: now, last: state.ring.last), at: now)
            let id = state.nextSubscriber
            state.nextSubscriber += 1
            state.subscribers[id] = Subscriber(queue: queue, wake: wake, tooSlow: tooSlow)
            return LiveFeed(hub: self, id: id, wakes: wakes)
        }
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
        case .answer(let answer): enqueue(id) { queue, now, _ in queue.push(answer: answer, at: now) }
        case .subscribe(let request, let topics, let start):
            enqueue(id, changing: { $0.add(topics) }) { queue, now, ring in
                guard queue.push(replay: LiveReplay(ring, patterns: topics, start: start), at: now) else {
                    let refusal = LiveMessage.error(
                        .tooManyReplays, "wait until the earlier replays are over", id: request)
                    return queue.push(answer: refusal, at: now)
                }
                return queue.push(answer: LiveMessage.subscribed(id: request, topics: topics, last: ring.last), at: now)
            }
        case .unsubscribe(let request, let topics):
            enqueue(id, changing: { $0.remove(topics) }) { queue, now, _ in
                queue.push(answer: LiveMessage.unsubscribed(id: request, topics: topics), at: now)
            }
        }
        return nil
    }

    private func enqueue(
        _ id: Int, changing change: ((inout LiveSubscription) -> Void)? = nil,
        _ push: (inout SubscriberQueue<SharedEvent>, Timestamp, LiveRing) -> Bool
    ) {
        let now = clock.now()
        let signal = state.withLock { state in
            guard let subscriber = state.subscribers[id] else { return nil as Signal? }
            let wasTooSlow = subscriber.isTooSlow
            change?(&subscriber.subscription)
            if !wasTooSlow, !push(&subscriber.queue, now, state.ring) {
                subscriber.isTooSlow = true
                state.figures.closedAsTooSlow += 1
            }
            if change != nil { LiveHub.subscriptionsChanged(&state) }
            return subscriber.signal(wasTooSlow: wasTooSlow)
        }
        signal?.send()
    }

    private static func subscriptionsChanged(_ state: inout State) {
        state.routes.removeAll(keepingCapacity: true)
        state.listening = state.subscribers.values.count { !$0.subscription.isEmpty }
    }

    /// Takes what waits for a socket; nil when it is gone or was found too slow.
    func take(_ count: Int, for id: Int) -> (items: [SubscriberQueue<SharedEvent>.Item], dropped: Int)? {
        state.withLock { state in
            guard let subscriber = state.subscribers[id], !subscriber.isTooSlow else { return nil }
            return subscriber.queue.take(count)
        }
    }
}

// MARK: - Figures

struct LiveFigures: Sendable {
    var events = 0
    var coalesced = 0
    var closedAsTooSlow = 0
}

extension LiveHub: MetricsSource {
    /// The figures of the live part.
    public func metrics() -> [MetricFamily] {
        let (sockets, recent, figures) = state.withLock { ($0.subscribers.count, $0.ring.count, $0.figures) }
        return [
            MetricFamily("martlet_live_sockets", .gauge, help: "Open live sockets.", value: Double(sockets)),
            MetricFamily("martlet_live_recent_events", .gauge, help: "Events kept for replay.", value: Double(recent)),
            MetricFamily(
                "martlet_live_events_total", .counter, help: "Events published.", value: Double(figures.events)),
            MetricFamily(
                "martlet_live_coalesced_total", .counter,
                help: "Events dropped for newer ones of their topic, summed over sockets.",
                value: Double(figures.coalesced)),
            MetricFamily(
                "martlet_live_closed_slow_total", .counter, help: "Sockets closed because they were too slow.",
                value: Double(figures.closedAsTooSlow)),
        ]
    }
}
