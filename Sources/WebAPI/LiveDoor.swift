import HubModel
import Live
import LiveSocket
import NIOCore

/// `/ws`: moves texts between a WebSocket and the live hub. What they mean is `LiveSession`'s business.
struct LiveDoor: Sendable {
    static let path = "/ws"

    let hub: LiveHub
    let version: String
    let check: ClientCheck

    func endpoint(limits: WebSocketLimits, firstRequestTimeout: TimeAmount) -> WebSocketEndpoint {
        WebSocketEndpoint(
            path: LiveDoor.path, limits: limits, firstRequestTimeout: firstRequestTimeout, admit: admit, handler: serve)
    }

    private func admit(_ request: WebSocketRequest) -> WebSocketAdmission {
        do throws(Refusal) {
            try check.check(host: request.header("host"))
            return WebSocketAdmission.sameOriginOnly(request)
        } catch {
            return .refuse(status: error.code.httpStatus, reason: error.detail)
        }
    }

    private func serve(
        _ request: WebSocketRequest, _ inbound: inout WebSocketInbound, _ outbound: WebSocketOutbound
    ) async throws {
        let feed = hub.attach(version: version) { outbound.close(.tryAgainLater, "too slow: come back with after") }
        guard let feed else { return outbound.close(.tryAgainLater, "too many live sockets") }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await send(feed, to: outbound) }
            await receive(&inbound, outbound, feed.id)
            hub.detach(feed.id)
        }
    }

    private func send(_ feed: LiveFeed, to outbound: WebSocketOutbound) async {
        var feed = feed
        while let texts = await feed.next() {
            do {
                try await outbound.send(contentsOf: texts.map { .text(ByteBuffer(bytes: $0)) })
            } catch {
                // The socket is gone; its reader learns that as well, and lets it go.
                return
            }
        }
    }

    private func receive(_ inbound: inout WebSocketInbound, _ outbound: WebSocketOutbound, _ id: Int) async {
        var session = LiveSession()
        while let message = await inbound.next() {
            switch message {
            case .binary: outbound.close(.unsupportedData, "only text is spoken here")
            case .text(let text):
                let action = session.receive(Array(text.readableBytesView))
                if let reason = hub.perform(action, for: id) { outbound.close(.policyViolation, reason) }
            }
        }
    }
}
