import HubModel
import SolutionKit
import Synchronization

/// What was answered and is not read yet, bounded for each who asks and in all: somebody who asks for much on many connections and reads
/// nothing must not have the hub keep it all. Small answers are bounded by the number of connections.
final class UnreadAnswers: Sendable {
    /// Whom an answer counts for.
    enum Owner: Hashable, Sendable {
        case account(String)
        case device(DeviceID)
        case address(String)

        /// - Parameter address: where the request came from, for those who are not told apart otherwise.
        init(_ caller: Caller?, address: String?) {
            if let account = caller?.account {
                self = .account(account)
            } else if let device = caller?.device {
                self = .device(device)
            } else {
                self = .address(AddressGroup.of(address))
            }
        }
    }

    private struct State {
        var bytes = 0
        var owners: [Owner: Int] = [:]
    }

    private let limits: WebLimits
    private let state = Mutex(State())

    init(limits: WebLimits) {
        self.limits = limits
    }

    /// Counts an answer until `release`. Who has nothing unread may have any one.
    /// - Throws: `too_many_requests` when its owner has too much that is unread; `overloaded` when all have.
    func claim(_ bytes: Int, of owner: Owner) throws(Refusal) {
        let refusal = state.withLock { state -> Refusal? in
            let own = state.owners[owner] ?? 0
            guard own == 0 || own + bytes <= limits.maximumUnreadBytesPerOwner else {
                return Refusal(
                    .tooManyRequests, "Read the answers that you have asked for before you ask for more.",
                    retryAfterSeconds: 5)
            }
            guard state.bytes == 0 || state.bytes + bytes <= limits.maximumUnreadBytes else {
                return Refusal(
                    .overloaded, "Too many large answers are on their way; ask again soon.", retryAfterSeconds: 5)
            }
            state.bytes += bytes
            state.owners[owner] = own + bytes
            return nil
        }
        if let refusal { throw refusal }
    }

    /// An answer is read, or nobody reads it any more.
    func release(_ bytes: Int, of owner: Owner) {
        state.withLock { state in
            state.bytes -= bytes
            let left = (state.owners[owner] ?? 0) - bytes
            state.owners[owner] = left > 0 ? left : nil
        }
    }
}

extension UnreadAnswers: MetricsSource {
    func metrics() -> [MetricFamily] {
        [
            MetricFamily(
                "martlet_http_unread_bytes", .gauge, help: "Bytes of large answers that clients have not read yet.",
                value: Double(state.withLock { $0.bytes }))
        ]
    }
}
