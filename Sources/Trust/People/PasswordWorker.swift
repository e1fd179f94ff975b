internal import Foundation
internal import HubModel
internal import Synchronization

/// Hashes passwords, one at a time, on a thread of its own with little claim on the processor: a storm of sign-ins takes no thread from
/// the tasks of the hub, and little time from its devices. Three short queues stand before it: of those who come from a browser that knows
/// them, of those whose address is known, and of everybody else. They take turns, and in each of them everybody has their turn, so that
/// nobody keeps out those who are known better.
package final class PasswordWorker: Sendable {
    /// Who waits.
    package enum Place: Hashable, Sendable {
        /// Anybody, counted by the address they come from (`AddressGroup`).
        case stranger(from: String?)
        /// Somebody who comes from an address where they are known: each of them counts alone.
        case known(String)
        /// Somebody who showed what only they have: a browser that knows them, or their sign-in. Nobody else can take these places.
        case shown(String)
    }

    private typealias Job = @Sendable () -> Void

    private struct Queue {
        let limit: Int
        let limitEach: Int
        private var waiting: [String: [Job]] = [:]
        /// Whose turn it is: the keys of `waiting`, each once.
        private var turns: [String] = []
        private(set) var count = 0

        init(limit: Int, limitEach: Int) {
            self.limit = max(1, limit)
            self.limitEach = max(1, limitEach)
        }

        mutating func append(_ key: String, _ job: @escaping Job) -> Bool {
            let mine = waiting[key]?.count ?? 0
            guard count < limit, mine < limitEach else { return false }
            if mine == 0 { turns.append(key) }
            waiting[key, default: []].append(job)
            count += 1
            return true
        }

        mutating func next() -> Job? {
            guard let key = turns.first else { return nil }
            turns.removeFirst()
            var jobs = waiting[key] ?? []
            let job = jobs.removeFirst()
            waiting[key] = jobs.isEmpty ? nil : jobs
            if !jobs.isEmpty { turns.append(key) }
            count -= 1
            return job
        }
    }

    private struct State {
        /// Of those who showed something, of those whose address is known, of strangers.
        var queues: [Queue]
        /// Whose turn it is if all wait.
        private var turn = 0
        var isStopped = false

        init(_ queues: [Queue]) { self.queues = queues }

        mutating func next() -> Job? {
            for offset in queues.indices {
                let index = (turn + offset) % queues.count
                guard let job = queues[index].next() else { continue }
                turn = (index + 1) % queues.count
                return job
            }
            return nil
        }
    }

    /// What the thread shares with the worker, which it must not keep alive.
    private final class Shared: Sendable {
        let state: Mutex<State>
        let signal = DispatchSemaphore(value: 0)

        init(_ state: State) { self.state = Mutex(state) }

        func next() -> Job? {
            while true {
                signal.wait()
                let job: Job?? = state.withLock { state in
                    if let job = state.next() { return .some(job) }
                    return state.isStopped ? .some(nil) : nil
                }
                if let job { return job }
            }
        }
    }

    private let shared: Shared

    /// Starts the thread; it ends when the worker is gone and nobody waits any more.
    /// - Parameters:
    ///   - limit: how many may wait who are not known, 1 or more.
    ///   - limitPerAddress: how many of them from one address, 1 or more.
    ///   - limitOfKnown: how many may wait beside them whose address is known, and beside these who showed something, 1 or more.
    ///   - limitPerKnown: how many times one of these, 1 or more.
    package init(limit: Int, limitPerAddress: Int, limitOfKnown: Int = 16, limitPerKnown: Int = 2) {
        shared = Shared(
            State([
                Queue(limit: limitOfKnown, limitEach: limitPerKnown),
                Queue(limit: limitOfKnown, limitEach: limitPerKnown), Queue(limit: limit, limitEach: limitPerAddress),
            ]))
        let thread = Thread { [shared] in
            // Linux: the nice value is a thread's own (setpriority(2), notes), and 0 is the calling one.
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
            while let job = shared.next() { job() }
        }
        thread.name = "martlet.hashing"
        thread.start()
    }

    /// How many wait for their turn.
    package var waiting: Int { shared.state.withLock { $0.queues.reduce(0) { $0 + $1.count } } }

    deinit {
        shared.state.withLock { $0.isStopped = true }
        shared.signal.signal()
    }

    /// Runs work on the thread when its turn comes, unless the task was cancelled by then.
    /// - Throws: `too_many_requests` when too many wait; `CancellationError`; what the work throws.
    package func run<Value: Sendable>(
        at place: Place, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let isCancelled = Atomic(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let isTaken = append(at: place) {
                    continuation.resume(
                        with: Result { () throws -> Value in
                            guard !isCancelled.load(ordering: .relaxed) else { throw CancellationError() }
                            return try work()
                        })
                }
                guard isTaken else {
                    let refusal = Refusal(
                        .tooManyRequests, "Too many people sign in at this moment.", retryAfterSeconds: 3)
                    return continuation.resume(throwing: refusal)
                }
                shared.signal.signal()
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
    }

    private func append(at place: Place, _ job: @escaping Job) -> Bool {
        shared.state.withLock { state in
            switch place {
            case .shown(let key): state.queues[0].append(key, job)
            case .known(let key): state.queues[1].append(key, job)
            case .stranger(let address): state.queues[2].append(AddressGroup.of(address), job)
            }
        }
    }
}
