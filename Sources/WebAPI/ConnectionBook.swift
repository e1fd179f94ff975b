package import HubModel
import NIOCore
import SolutionKit
import Synchronization
import Transport

/// One open connection, and whether a request on it is being answered.
package final class WebConnection: Sendable {
    let channel: any Channel
    /// Under which the table knows it.
    var id: ObjectIdentifier { ObjectIdentifier(channel) }
    /// Given when the connection is closed, and when the server stops: for answers that stream.
    let ending = StopSignal()
    /// Given when the client sends nothing more, and with `ending`: for answers that wait. Most clients that end their half of a connection
    /// are gone, and the few others get an answer that much sooner.
    let leaving = StopSignal()
    private let answering = Atomic(false)

    init(_ channel: any Channel) {
        self.channel = channel
    }

    /// Closes it now, without the farewell of TLS, for which a peer that is silent would be waited for.
    func end() {
        channel.triggerUserOutboundEvent(ConnectionAbort(), promise: nil)
        channel.close(promise: nil)
    }

    /// Tells what waits or streams on it to end.
    func giveUp() {
        ending.give()
        leaving.give()
    }

    /// Whether a request has been heard on it whose answer is not yet out.
    var isAnswering: Bool { answering.load(ordering: .relaxed) }

    func setAnswering(_ isAnswering: Bool) { answering.store(isAnswering, ordering: .relaxed) }
}

/// Keeps the open connections of all listeners within their bounds.
package final class ConnectionBook: Sendable {
    private struct State {
        var table: ConnectionTable
        var connections: [ObjectIdentifier: WebConnection] = [:]
        var refused: [ConnectionTable.Reason: Int] = [:]
        var slowHeads = 0
        var isStopping = false
    }

    private let state: Mutex<State>
    private let transports: TransportReader

    package init(limits: WebLimits, transports: TransportReader) {
        let table = ConnectionTable(
            maximum: limits.maximumConnections, maximumPerAddress: limits.maximumConnectionsPerAddress,
            maximumNew: limits.maximumNewConnections)
        self.state = Mutex(State(table: table))
        self.transports = transports
    }

    /// Takes in a connection that was accepted; another may have to give way. It is closed, and nil is returned, when there
    /// is no room.
    func open(_ channel: any Channel) -> WebConnection? {
        let id = ObjectIdentifier(channel)
        let address = transports.boundedAddress(of: channel.remoteAddress?.ipAddress)
        let connection = WebConnection(channel)
        let unwanted: WebConnection? = state.withLock { state in
            switch state.table.open(id, address: address) {
            case .refused(let reason):
                state.refused[reason, default: 0] += 1
                return connection
            case .admitted(let displaced):
                state.connections[id] = connection
                guard let displaced else { return nil }
                state.refused[.displaced, default: 0] += 1
                return state.connections.removeValue(forKey: displaced)
            }
        }
        unwanted?.end()
        guard unwanted !== connection else { return nil }
        channel.closeFuture.whenComplete { [self] _ in
            connection.giveUp()
            state.withLock { state in
                state.table.close(id)
                _ = state.connections.removeValue(forKey: id)
            }
        }
        return connection
    }

    /// A whole head of a request was heard on a connection; it is being answered.
    /// - Returns: the connection; nil for one that had to give way and is closed already.
    package func heard(_ id: ObjectIdentifier) -> WebConnection? {
        let (connection, isStopping) = state.withLock { state in
            state.table.heard(id)
            state.connections[id]?.setAnswering(true)
            return (state.connections[id], state.isStopping)
        }
        if isStopping { connection?.giveUp() }
        return connection
    }

    /// The server stops: whatever waits or streams is told to end.
    func endAnswers() {
        let connections = state.withLock { state in
            state.isStopping = true
            return Array(state.connections.values)
        }
        for connection in connections { connection.giveUp() }
    }

    /// A request was read to its end and answered.
    package func answered(_ id: ObjectIdentifier) {
        state.withLock { $0.connections[id] }?.setAnswering(false)
    }

    /// Closes a connection because the head of a later request, which has had its time, is still not whole.
    func endSlowHead(of connection: WebConnection) {
        state.withLock { $0.slowHeads += 1 }
        connection.end()
    }

    /// Somebody who is known has asked something on a connection.
    func settle(_ id: ObjectIdentifier) {
        state.withLock { $0.table.settle(id) }
    }
}

extension ConnectionBook: MetricsSource {
    package func metrics() -> [MetricFamily] {
        let (count, new, refused, slow) = state.withLock { state in
            (state.table.count, state.table.newCount, state.refused, state.slowHeads)
        }
        return [
            MetricFamily(
                "martlet_http_connections", .gauge,
                help: "Open connections to the web server, by what is known of them.",
                samples: [
                    MetricSample(Double(new), labels: [("state", "new")]),
                    MetricSample(Double(count - new), labels: [("state", "known")]),
                ]),
            MetricFamily(
                "martlet_http_connections_closed_total", .counter,
                help: "Connections closed because there were too many, by reason.",
                samples: ConnectionTable.Reason.allCases.map { reason in
                    MetricSample(Double(refused[reason] ?? 0), labels: [("reason", reason.rawValue)])
                }),
            MetricFamily(
                "martlet_http_slow_heads_total", .counter,
                help: "Connections closed because the head of a later request took too long.", value: Double(slow)),
        ]
    }
}
