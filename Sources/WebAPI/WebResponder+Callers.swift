import HubModel
import HummingbirdCore
import SolutionKit

/// Who asks, and whether they may.
extension WebResponder {
    /// Finds out who asks, and whether they may: before anything else of the request is looked at.
    /// - Parameter key: that of a link, as it stood in the path.
    func authorize(
        _ route: Route, _ method: String, _ path: Substring, key: String?, _ course: inout Course,
        _ body: inout IncomingBody,
        _ writer: borrowing ResponseWriter
    ) async throws -> (Caller, SiteScope) {
        let shown: RequestCredentials.Kind
        var path = String(path)
        if case .link(let kind, let place) = route.access {
            let given: String? =
                switch place {
                case .path: key
                case .header: ShownCredentials.bearer(course.fields)
                }
            shown = .link(key: given ?? "", kind: kind)
            // The key may be in it, and what was asked is written down.
            path = route.path
        } else {
            shown = try await self.shown(for: route, course, &body, writer)
        }
        let caller = try await caller(shown, for: route, course)
        course.asked = (caller, route, path)
        course.shown = shown
        let scope = try route.access.scope(for: caller)
        // What waits for a device's commands takes them.
        if !WebResponder.isReading(method) || route.waits {
            var showsCookie = false
            if case .cookie = shown { showsCookie = true }
            if route.setsCookies, !course.transport.cookies.isEmpty { showsCookie = true }
            try check.checkChange(course.fields, showsCookie: showsCookie)
        }
        return (caller, scope)
    }

    /// What a request shows to say who sends it: in its head, or, if a device may, in its body.
    func shown(
        for route: Route, _ course: Course, _ body: inout IncomingBody, _ writer: borrowing ResponseWriter
    ) async throws -> RequestCredentials.Kind {
        let shown = ShownCredentials.read(course.fields, cookie: course.transport.cookies[gate.accessCookie])
        guard case .none = shown, route.credentials != .header, route.access.isForDevices else { return shown }
        return try await body.credentials(route, writer) ?? .none
    }

    private func caller(
        _ shown: RequestCredentials.Kind, for route: Route, _ course: Course
    ) async throws -> Caller {
        do {
            let caller = try await gate.caller(
                RequestCredentials(shown, transport: course.transport, receivedAt: clock.now()))
            // A browser in that network does what pages of others tell it: no sensor says where it was sent from.
            guard case (.anonymous, .device(let kind), .network) = (caller.identity, route.access, route.credentials),
                !ClientCheck.isFromBrowser(course.fields),
                gate.admitsKeyless(kind, from: course.transport.address)
            else { return caller }
            return Caller(.keyless(kind), address: course.transport.address)
        } catch let refusal as Refusal where route.access == .anyone && WebResponder.isOfCredentials(refusal.code) {
            // Whoever may come in without them may come in with bad ones: how else would a page sign in again?
            return Caller(.anonymous, address: course.transport.address)
        }
    }

    /// What `RouteRequest.requireStillAllowed` does: who showed this is looked for anew, and must still be the same.
    func check(
        again course: Course, _ caller: Caller, _ route: Route
    ) -> @Sendable () async throws -> Void {
        // Whoever was nobody when it began, whatever they showed, has nothing to lose.
        guard let shown = course.shown, caller.identity != .anonymous else { return {} }
        let (gate, clock, transport) = (gate, clock, course.transport)
        return {
            // One that showed nothing is let in by its network, which has not changed.
            if case .none = shown { return }
            let present = try await gate.caller(
                RequestCredentials(shown, transport: transport, receivedAt: clock.now(), isAgain: true))
            guard present.identity == caller.identity else {
                throw Refusal(.notSignedIn, "Your credentials are no longer valid.")
            }
            _ = try route.access.scope(for: present)
            // The route goes by the rights and sites that it was called with.
            guard present.grants == caller.grants else {
                throw Refusal(.forbidden, "Your rights were changed meanwhile: send this again.")
            }
        }
    }

    /// Whether somebody has shown who they are, so that others give way before them. A link and a network are shown by many.
    static func isKnown(_ caller: Caller) -> Bool {
        switch caller.identity {
        case .person, .token, .device, .open, .shell, .hub: true
        case .anonymous, .keyless, .link: false
        }
    }

    private static func isOfCredentials(_ code: RefusalCode) -> Bool {
        switch code {
        case .notSignedIn, .badCredentials, .devicePending, .forbidden: true
        default: false
        }
    }
}
