internal import Foundation
internal import HubModel
internal import Synchronization

/// Hashes passwords, one at a time, on a thread of its own with little claim on the processor: a storm of sign-ins takes no thread from
/// the tasks of the hub, and little time from its devices. The line before it is short, and each address has its turn in it.
package final class PasswordWorker: Sendable {
    private typealias Job = @Sendable () -> Void

    private struct State {
        var waiting: [String: [Job]] = [:]
        /// Whose turn it is: the addresses of `waiting`, each once.
        var turns: [String] = []
        var count = 0
        var isStopped = false
    }

    /// What the thread shares with the worker, which it must not keep alive.
    private final class Shared: Sendable {
        let state = Mutex(State())
        let signal = DispatchSemaphore(value: 0)

        func next() -> Job? {
            while true {
                signal.wait()
                let job: Job?? = state.withLock { state in
                    guard let address = state.turns.first else { return state.isStopped ? .some(nil) : nil }
                    state.turns.removeFirst()
                    var jobs = state.waiting[address] ?? []
                    let job = jobs.removeFirst()
                    state.waiting[address] = jobs.isEmpty ? nil : jobs
                    if !jobs.isEmpty { state.turns.append(address) }
                    state.count -= 1
                    return .some(job)
                }
                if let job { return job }
            }
        }
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let shared = Shared()

    /// Starts the thread; it ends when the worker is gone and nobody waits any more.
    /// - Parameters:
    ///   - limit: how many may wait, 1 or more.
    ///   - limitPerAddress: how many of them from one address, 1 or more.
    package init(limit: Int, limitPerAddress: Int) {
        self.limit = max(1, limit)
        self.limitPerAddress = max(1, limitPerAddress)
        let thread = Thread { [shared] in
            // Linux: the nice value is a thread's own (setpriority(2), notes), and 0 is the calling one.
            _ = setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10)
            while let job = shared.next() { job() }
        }
        thread.name = "martlet.passwords"
        thread.start()
    }

    /// How many wait for their turn.
    package var waiting: Int { shared.state.withLock { $0.count } }

    deinit {
        shared.state.withLock { $0.isStopped = true }
        shared.signal.signal()
    }

    /// Runs work on the thread when its turn comes, unless the task was cancelled by then.
    /// - Throws: `too_many_requests` when too many wait; `CancellationError`; what the work throws.
    package func run<Value: Sendable>(
        for address: String?, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        let isCancelled = Atomic(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let isTaken = append(for: AddressGroup.of(address)) {
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

    private func append(for address: String, _ job: @escaping Job) -> Bool {
        shared.state.withLock { state in
            let mine = state.waiting[address]?.count ?? 0
            guard state.count < limit, mine < limitPerAddress else { return false }
            if mine == 0 { state.turns.append(address) }
            state.waiting[address, default: []].append(job)
            state.count += 1
            return true
        }
    }
}
