internal import HubModel
internal import Synchronization

/// Has only so many large answers made at once: a table of a year's readings takes many times the memory of its text while it is
/// put together. The others wait, in order and bounded in number; of more the next one is refused.
public final class LargeAnswers: Sendable {
    private struct State {
        var making = 0
        var waiting: [(number: UInt64, begin: CheckedContinuation<Bool, Never>)] = []
        var next: UInt64 = 0
    }

    private let atOnce: Int
    private let mostWaiting: Int
    private let state = Mutex(State())

    /// Room for answers.
    /// - Parameters:
    ///   - atOnce: that are made at the same time.
    ///   - waiting: that wait to be.
    public init(atOnce: Int = 2, waiting: Int = 64) {
        self.atOnce = max(1, atOnce)
        mostWaiting = waiting
    }

    /// How many wait at present.
    public var waiting: Int { state.withLock { $0.waiting.count } }

    /// Makes an answer when it is its turn.
    /// - Throws: what the work throws; `overloaded` when too many wait; `CancellationError`.
    public func make<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        try await begin()
        defer { end() }
        return try await work()
    }

    private func begin() async throws {
        enum Place {
            case first, full
            case waits(UInt64)
        }
        let place = state.withLock { state -> Place in
            if state.making < atOnce, state.waiting.isEmpty {
                state.making += 1
                return .first
            }
            guard state.waiting.count < mostWaiting else { return .full }
            state.next += 1
            return .waits(state.next)
        }
        switch place {
        case .first: return
        case .full:
            throw Refusal(
                .overloaded, "Too many large answers are wanted at the moment; ask again soon.", retryAfterSeconds: 5)
        case .waits(let number):
            let isTurn = await withTaskCancellationHandler {
                await withCheckedContinuation { wait(number, $0) }
            } onCancel: {
                giveUp(number)
            }
            guard isTurn else { throw CancellationError() }
        }
    }

    private func wait(_ number: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
        let isTurn = state.withLock { state in
            // The others may have come to their end meanwhile.
            guard state.making < atOnce, state.waiting.isEmpty else {
                state.waiting.append((number, continuation))
                return false
            }
            state.making += 1
            return true
        }
        if isTurn { return continuation.resume(returning: true) }
        // It may have been cancelled before there was anything to give up.
        if Task.isCancelled { giveUp(number) }
    }

    private func giveUp(_ number: UInt64) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0).begin }
        }
        waiter?.resume(returning: false)
    }

    private func end() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.making -= 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.removeFirst().begin
        }
        next?.resume(returning: true)
    }
}
