import HubModel
import Live
import LiveSocket
import Logging
import NIOCore
import SolutionKit

/// `/ws`: lets in those who are known, and strangers, who see public events only; and moves texts between a WebSocket and the live hub. What they mean is
/// `LiveSession`'s business.
struct LiveDoor: Sendable {
    static let path = "/ws"

    let hub: LiveHub
    let version: String
    let check: ClientCheck
    let transports: TransportReader
    let gate: any RequestGate
    let connections: ConnectionBook
    let answers: OpenAnswers
    let figures: RequestFigures
    let clock: any WallClock
    let rhythm: any Rhythm
    let logger: Logger

    func endpoint(limits: WebSocketLimits, firstRequestTimeout: TimeAmount, isTLS: Bool) -> WebSocketEndpoint {
        WebSocketEndpoint(path: LiveDoor.path, limits: limits, firstRequestTimeout: firstRequestTimeout) { request in
            await admit(request, isTLS: isTLS)
        }
    }

    private func admit(_ request: WebSocketRequest, isTLS: Bool) async -> WebSocketAdmission {
        do {
            let caller = try await caller(request, isTLS: isTLS)
            let connection = request.connection
            return .accept { _, inbound, outbound in await serve(caller, on: connection, &inbound, outbound) }
        } catch let refusal as Refusal where refusal.code != .internalFailure {
            figures.count(refusal: refusal.code)
            return .refuse(
                status: refusal.code.httpStatus, reason: refusal.detail, headers: Problem.headers(refusal))
        } catch {
            figures.count(refusal: .internalFailure)
            logger.error(
                "A live socket could not be judged", metadata: ["error": .string(String(reflecting: error))])
            return .refuse(status: 500, reason: "The hub failed to answer; its log has the reason.")
        }
    }

    /// Who asks for a socket. Any page's script can ask for one, and the browser adds the cookie: so a page must be the
    /// hub's own, and whoever shows a cookie must be a page. Who shows nothing is a stranger; what is shown and worth
    /// nothing is refused, so that nobody takes a stranger's socket for their own.
    private func caller(_ request: WebSocketRequest, isTLS: Bool) async throws -> Caller {
        let now = clock.now()
        let fields = HeadFields(request)
        let transport = transports.transport(peer: request.address, isTLS: isTLS, fields)
        try gate.admit(address: transport.address, at: now)
        try check.check(host: fields.host)
        let shown = ShownCredentials.read(fields, cookie: transport.cookies[gate.accessCookie])
        if let origin = fields.joined("origin") {
            guard check.isOwn(origin: origin, host: fields.host) else {
                throw Refusal(.forbidden, "This WebSocket is only for pages of this server.")
            }
        } else if case .cookie = shown {
            throw Refusal(.forbidden, "With a cookie, a WebSocket is only for pages, which name their origin.")
        }
        let caller = try await gate.caller(RequestCredentials(shown, transport: transport, receivedAt: now))
        // For people and their programs, and for strangers, who see what is public; devices hear over MQTT.
        if caller.identity != .anonymous { _ = try RouteAccess.signedIn.scope(for: caller) }
        return caller
    }

    private func serve(
        _ caller: Caller, on connection: ObjectIdentifier?, _ inbound: inout WebSocketInbound,
        _ outbound: WebSocketOutbound
    ) async {
        let feed: LiveFeed
        do throws(LiveRefusal) {
            let address = caller.address.map { AddressGroup.of($0) }
            feed = try hub.attach(version: version, viewer: caller, address: address) { LiveDoor.close(outbound, $0) }
        } catch {
            return outbound.close(.tryAgainLater, LiveDoor.reason(error))
        }
        // It is counted among the sockets now; in the pool of new connections it would give way to others.
        if let connection { connections.settle(connection) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await send(feed, to: outbound) }
            await receive(&inbound, outbound, feed.id)
            hub.detach(feed.id)
        }
    }

    private static func close(_ outbound: WebSocketOutbound, _ end: LiveEnd) {
        switch end {
        case .tooSlow: outbound.close(.tryAgainLater, "too slow: come back with after")
        case .signedOut: outbound.close(.policyViolation, "signed out")
        }
    }

    private static func reason(_ refusal: LiveRefusal) -> String {
        switch refusal {
        case .tooManySockets: "too many live sockets"
        case .tooManySocketsOfAccount: "too many live sockets of this account"
        case .tooManyPublicSockets: "too many live sockets of strangers"
        case .tooManyPublicSocketsOfAddress: "too many live sockets of this address"
        }
    }

    /// Asks again and again who of those who look on live, or read an answer that takes long, may not be here any more; ends by cancellation.
    func watch(every interval: Duration) async {
        var looks = 0
        await rhythm.every(interval) {
            let ended = await gate.unwelcome(among: hub.viewers().union(answers.people))
            hub.dismiss(ended)
            answers.dismiss(ended)
            looks += 1
            if looks % LiveDoor.looksPerCheck == 0 { await answers.checkOthers() }
        }
    }

    /// Devices and links are looked up one by one, therefore more seldom.
    private static let looksPerCheck = 5

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
