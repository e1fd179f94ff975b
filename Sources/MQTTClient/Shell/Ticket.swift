import MQTTCodec

/// Somebody who waits for the server's answer.
enum Ticket {
    case publish(PublishBatch)
    case operation(CheckedContinuation<[ReasonCode], any Error>)

    func answer(_ result: Result<[ReasonCode], MQTTClientError>) {
        guard case .operation(let continuation) = self else { return }
        continuation.resume(with: result.mapError { $0 as any Error })
    }

    /// The caller waits no more; the message or request goes on.
    func abandon() {
        switch self {
        case .publish(let batch): batch.continuation.resume(throwing: CancellationError())
        case .operation(let continuation): continuation.resume(throwing: CancellationError())
        }
    }
}

/// A batch of messages and the one caller who waits for all of them: counting costs less than a promise for each.
struct PublishBatch {
    let continuation: CheckedContinuation<PublishSummary, any Error>
    private var remaining: Int
    private var summary = PublishSummary()

    init(count: Int, continuation: CheckedContinuation<PublishSummary, any Error>) {
        remaining = count
        self.continuation = continuation
    }

    /// One message is done; true for the last.
    mutating func complete(_ error: MQTTClientError?) -> Bool {
        if let error {
            summary.failed += 1
            if summary.firstFailure == nil { summary.firstFailure = error }
        } else {
            summary.succeeded += 1
        }
        remaining -= 1
        return remaining <= 0
    }

    func finish() { continuation.resume(returning: summary) }
}
