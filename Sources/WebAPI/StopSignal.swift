internal import Synchronization

/// Tells those who wait or stream that it is time to end: their client is gone, or the hub stops. Once given it stays given.
final class StopSignal: Sendable {
    private struct State {
        var isGiven = false
        var next: UInt64 = 0
        var listeners: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// A signal that is not given yet.
    init() {}

    /// Whether it was given.
    var isGiven: Bool { state.withLock { $0.isGiven } }

    /// Gives the signal: everything that listens is called, once.
    func give() {
        let listeners = state.withLock { state in
            state.isGiven = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener() }
    }

    /// Has `work` called when the signal is given; at once if it was.
    /// - Returns: the number under which it listens, for `forget`.
    func listen(_ work: @escaping @Sendable () -> Void) -> UInt64 {
        let number = state.withLock { state -> UInt64? in
            guard !state.isGiven else { return nil }
            state.next += 1
            state.listeners[state.next] = work
            return state.next
        }
        guard let number else {
            work()
            return 0
        }
        return number
    }

    /// Ends listening.
    func forget(_ number: UInt64) {
        state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }

    /// Runs work in a task that is cancelled when the signal is given, and waits for it.
    /// - Throws: what the work throws.
    func cancelling<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let task = Task { try await work() }
        let number = listen { task.cancel() }
        defer { forget(number) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
