import Synchronization

/// Hands pieces of a streamed answer from the task that makes them to the task of the connection, one at a time: a piece that is not sent
/// yet keeps its maker waiting.
final class BodyPipe: Sendable {
    /// What comes next out of the pipe.
    enum Event: Sendable {
        /// Bytes to be sent; `taken` or `fail` answers for them.
        case piece([UInt8])
        /// The maker has ended; with an error when the answer is not whole.
        case ended((any Error)?)
    }

    /// Two tasks wrote one answer.
    struct Misused: Error {}

    private struct State {
        var piece: [UInt8]?
        var maker: CheckedContinuation<Void, any Error>?
        var sender: CheckedContinuation<Event, Never>?
        var ended: Event?
        var failure: (any Error)?
    }

    private let state = Mutex(State())

    /// Hands over bytes, and returns when they are sent.
    /// - Throws: `CancellationError`; what the sender failed with.
    func write(_ bytes: [UInt8]) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (maker: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state -> Result<CheckedContinuation<Event, Never>?, any Error> in
                    if let failure = state.failure { return .failure(failure) }
                    guard state.maker == nil else { return .failure(Misused()) }
                    state.maker = maker
                    guard let sender = state.sender else {
                        state.piece = bytes
                        return .success(nil)
                    }
                    state.sender = nil
                    return .success(sender)
                }
                switch outcome {
                case .success(let sender): sender?.resume(returning: .piece(bytes))
                case .failure(let failure): maker.resume(throwing: failure)
                }
            }
        } onCancel: {
            fail(CancellationError())
        }
    }

    /// The maker has ended.
    func end(_ error: (any Error)?) {
        let sender = state.withLock { state in
            state.ended = .ended(error)
            defer { state.sender = nil }
            return state.sender
        }
        sender?.resume(returning: .ended(error))
    }

    /// What is to be sent next. Waits for it.
    func next() async -> Event {
        await withCheckedContinuation { sender in
            let event = state.withLock { state -> Event? in
                if let piece = state.piece {
                    state.piece = nil
                    return .piece(piece)
                }
                if let ended = state.ended { return ended }
                state.sender = sender
                return nil
            }
            if let event { sender.resume(returning: event) }
        }
    }

    /// The piece that was given last is sent.
    func taken() {
        let maker = state.withLock { state in
            defer { state.maker = nil }
            return state.maker
        }
        maker?.resume()
    }

    /// Nothing more can be sent: the maker's present write and all later ones fail.
    func fail(_ error: any Error) {
        let maker = state.withLock { state in
            if state.failure == nil { state.failure = error }
            state.piece = nil
            defer { state.maker = nil }
            return state.maker
        }
        maker?.resume(throwing: error)
    }
}
