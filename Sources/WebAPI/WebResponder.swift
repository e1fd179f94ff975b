import HTTPTypes
import HubModel
import HummingbirdCore
import Logging
import NIOCore
import SolutionKit
import Synchronization

/// Answers HTTP requests: finds the route and who asks, reads the body within its limit, and renders what goes wrong.
struct WebResponder: Sendable {
    let table: RouteTable
    let site: StaticSite
    let check: ClientCheck
    let transports: TransportReader
    let gate: any RequestGate
    let connections: ConnectionBook
    let figures: RequestFigures
    let unread: UnreadAnswers
    let deadlines: BodyDeadlines
    let answers: OpenAnswers
    let limits: WebLimits
    let clock: any WallClock
    let logger: Logger
    private let storageTrouble = StorageTrouble()
    private let dates = HTTPDates()

    /// What is still read, and dropped, of a body that was refused: were the connection cut at once, the client might
    /// lose the answer together with what it still sends.
    private static let lingerBytes = 4_194_304
    private static let lingerTimeout = TimeAmount.seconds(2)

    /// A request that took longer than this until its body was there is asked once more who it is of.
    private static let trustedMicroseconds: Int64 = 1_000_000

    /// The end of a connection whose request was not read to its end.
    private struct ConnectionEnds: Error {}

    /// One request on its way through.
    struct Course {
        let fields: HeadFields
        let transport: RequestTransport
        /// When its head was there. Its body may be a long time in coming, and whoever sends it chooses how long: what is decided later is
        /// decided by the clock of then.
        let begunAt: Timestamp
        /// Under which name it is counted.
        var route = "unknown"
        /// The methods that its path answers.
        var methods: [String] = []
        /// Who asks for what, once that is known.
        var asked: (caller: Caller, route: Route, path: String)?
        /// Looks once more whether they may; nil: nobody was asked.
        var check: (@Sendable () async throws -> Void)?
        /// What was shown for it. Never write its content anywhere.
        var shown: RequestCredentials.Kind?
    }

    func respond(
        to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel, isTLS: Bool
    ) async throws {
        let began = ContinuousClock.now
        let connection = ObjectIdentifier(channel)
        guard let heard = connections.heard(connection) else { throw ConnectionEnds() }
        let method = request.method.rawValue
        let fields = HeadFields(request)
        var course = Course(
            fields: fields,
            transport: transports.transport(
                peer: channel.remoteAddress?.ipAddress, own: channel.localAddress?.ipAddress, isTLS: isTLS, fields),
            begunAt: clock.now())
        let reader = RequestBodyReader(request, channel, deadlines)
        var body = IncomingBody(request, reader)
        var answer = await answer(request, &course, &body, writer, heard)
        let isLeftAlone = reader.close()
        let claim = claim(&answer, course, isHead: method == "HEAD")
        defer { if let claim { unread.release(claim.bytes, of: claim.owner) } }
        let number = isLong(answer) ? begin(course, heard) : nil
        defer { if let number { answers.end(number) } }
        answer.endsConnection = answer.endsConnection || !isLeftAlone || reader.isTooMuchToDrop || reader.isTorn
        complete(&answer, course)
        // Before it is sent: who has an answer finds it counted.
        let took = ContinuousClock.now - began
        figures.count(route: answer.route, method: method, status: answer.status, took: took)
        try await send(answer, isHead: method == "HEAD", writer, channel, heard.ending)
        logger.debug(
            "HTTP request answered",
            metadata: [
                "method": .string(method), "route": .string(answer.route), "status": .stringConvertible(answer.status),
                "microseconds": .stringConvertible(Int64(took / .microseconds(1))),
            ])
        guard answer.endsConnection else {
            try await reader.drop()
            return connections.answered(connection)
        }
        channel.close(mode: .output, promise: nil)
        let linger = channel.closing(in: WebResponder.lingerTimeout)
        defer { linger.cancel() }
        if isLeftAlone { try await reader.drop(upTo: WebResponder.lingerBytes) }
        throw ConnectionEnds()
    }

    private func send(
        _ answer: WebAnswer, isHead: Bool, _ writer: consuming ResponseWriter, _ channel: any Channel,
        _ ending: StopSignal
    ) async throws {
        let sender = AnswerSender(channel: channel, pieceTimeout: limits.responseTimeout, ending: ending)
        do {
            try await sender.send(answer, isHead: isHead, to: writer)
        } catch let cut as AnswerSender.CutOff {
            if !(cut.reason is CancellationError) {
                logger.error(
                    "An answer broke off",
                    metadata: [
                        "route": .string(answer.route), "error": .string(String(reflecting: cut.reason)),
                    ])
            }
            throw ConnectionEnds()
        }
    }

    /// Whether an answer may take so long that its reader is looked at meanwhile.
    private func isLong(_ answer: WebAnswer) -> Bool {
        answer.isMade && (answer.length ?? .max) > AnswerSender.pieceBytes
    }

    /// Has the reader of an answer looked at while it is sent.
    private func begin(_ course: Course, _ connection: WebConnection) -> UInt64? {
        guard let asked = course.asked, let check = course.check else { return nil }
        return answers.begin(
            OpenAnswers.Answer(reader: asked.caller, check: check, end: { connection.end() }))
    }

    /// Counts a large answer that is in memory; it becomes a refusal where too many are not read yet.
    private func claim(
        _ answer: inout WebAnswer, _ course: Course, isHead: Bool
    ) -> (bytes: Int, owner: UnreadAnswers.Owner)? {
        guard !isHead, answer.isMade, case .bytes(let bytes) = answer.body,
            bytes.readableBytes > AnswerSender.pieceBytes
        else { return nil }
        let claim = (
            bytes: bytes.readableBytes,
            owner: UnreadAnswers.Owner(course.asked?.caller, address: course.transport.address)
        )
        do throws(Refusal) {
            try unread.claim(claim.bytes, of: claim.owner)
            return claim
        } catch {
            answer = refused(error, course)
            return nil
        }
    }

    private func complete(_ answer: inout WebAnswer, _ course: Course) {
        answer.complete(
            date: dates.text(clock.now()), host: course.fields.host, isSecure: course.transport.isSecure)
        guard check.allowsOrigins else { return }
        answer.headers[.vary] = answer.headers[.vary].map { "\($0), Origin" } ?? "Origin"
        guard let origin = course.fields.joined("origin"), check.isAllowed(origin: origin) else { return }
        answer.headers[.accessControlAllowOrigin] = origin
        answer.headers[.accessControlExposeHeaders] = "Location, Retry-After"
    }

    private func answer(
        _ request: Request, _ course: inout Course, _ body: inout IncomingBody,
        _ writer: borrowing ResponseWriter, _ connection: WebConnection
    ) async -> WebAnswer {
        let target = request.head.path ?? "/"
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves.first ?? "/"
        let method = request.method.rawValue
        do {
            try gate.admit(address: course.transport.address, at: course.begunAt)
            try check.check(host: course.fields.host)
            switch table.match(method, path) {
            case .route(let route, let parameters):
                course.route = route.path
                var caller: Caller
                var scope: SiteScope
                do {
                    (caller, scope) = try await authorize(
                        route, method, path, key: parameters["key"], &course, &body, writer)
                } catch let refusal as Refusal where refusal.code == .devicePending && route.reportTopic != nil {
                    return try await setAside(route, parameters, course, &body, writer)
                }
                if WebResponder.isKnown(caller) { connections.settle(connection.id) }
                let isReading = WebResponder.isReading(method)
                if isReading {
                    _ = try await body.reader.read(upTo: RequestBodyReader.idleBytes, writer)
                } else {
                    try await body.settle(route, writer)
                }
                // Somebody may have lost the right while they sent.
                if abs(clock.now().microseconds(since: course.begunAt)) > WebResponder.trustedMicroseconds {
                    (caller, scope) = try await authorize(
                        route, method, path, key: parameters["key"], &course, &body, writer)
                }
                let content = isReading ? .whole([]) : try await body.content(route, writer)
                let check = check(again: course, caller, route)
                course.check = check
                let asked = RouteRequest(
                    path: parameters, query: try PercentCoding.parameters(halves.count > 1 ? halves[1] : ""),
                    accept: request.headers[.accept], mediaType: body.mediaType, content: content,
                    receivedAt: clock.now(), caller: caller, scope: scope, transport: course.transport,
                    check: check)
                let response =
                    route.waits
                    ? try await connection.leaving.cancelling { try await route.handler(asked) }
                    : try await route.handler(asked)
                return try await WebAnswer(response, route: route.path, wanted: WantedPart(request))
            case .malformed(let route):
                course.route = route.path
                _ = try await authorize(route, method, path, key: nil, &course, &body, writer)
                throw Refusal(.invalidParameter, "The path is not percent-encoded UTF-8.")
            case .otherMethods(let template, let methods):
                course.route = template
                course.methods = methods
                _ = try await body.reader.read(upTo: RequestBodyReader.idleBytes, writer)
                if method == "OPTIONS" { return options(template, methods, course) }
                throw Refusal(.methodNotAllowed, "This address answers \(methods.joined(separator: ", ")).")
            case .unknown:
                _ = try await body.reader.read(upTo: RequestBodyReader.idleBytes, writer)
                return try page(method, path, request)
            }
        } catch {
            if let refusal = error as? Refusal { await note(refusal, course) }
            return refused(error, course)
        }
    }

    /// Lets the gate know what was refused to somebody who is known.
    private func note(_ refusal: Refusal, _ course: Course) async {
        guard let (caller, route, path) = course.asked, caller.identity != .anonymous else { return }
        await gate.note(
            RefusedRequest(
                caller: caller, route: route, path: path, code: refusal.code, receivedAt: clock.now()))
    }

    /// What a device reports that waits to be approved: kept, and taken in once it is.
    private func setAside(
        _ route: Route, _ parameters: [String: String], _ course: Course, _ body: inout IncomingBody,
        _ writer: borrowing ResponseWriter
    ) async throws -> WebAnswer {
        let report = try await body.reader.read(upTo: route.maximumBodyBytes, writer)
        let shown = try await shown(for: route, course, &body, writer)
        guard case .device(let name, _) = shown, let device = DeviceID(name),
            let topic = try route.reportTopic?(parameters, device), !report.isEmpty
        else { throw Refusal(.malformedJSON, "The body is empty.") }
        try await gate.setAside(
            ShownCredentials.withoutKey(report), topic: topic,
            of: RequestCredentials(shown, transport: course.transport, receivedAt: clock.now()))
        let answer = RouteResponse.json(status: 202) { writer in
            writer.object { $0.member("status", "pending") }
        }
        return WebAnswer(answer, route: route.path)
    }

    static func isReading(_ method: String) -> Bool {
        method == "GET" || method == "HEAD" || method == "OPTIONS"
    }

    /// What OPTIONS is answered with: the methods; and to a browser that asks whether another site's page may, what it may
    /// (Fetch standard, section 3.3).
    private func options(_ template: String, _ methods: [String], _ course: Course) -> WebAnswer {
        var headers: HTTPFields = [.allow: methods.joined(separator: ", ")]
        if let origin = course.fields.joined("origin"), check.isAllowed(origin: origin),
            course.fields.joined("access-control-request-method") != nil
        {
            headers[.accessControlAllowMethods] = methods.joined(separator: ", ")
            headers[.accessControlAllowHeaders] = "Authorization, Content-Type, X-API-Key, X-Device-Id"
            headers[.accessControlMaxAge] = "600"
        }
        return WebAnswer(status: 204, headers: headers, body: ByteBuffer(), route: template)
    }

    /// What answers a path that is no route: a file, a page, or 404.
    private func page(_ method: String, _ path: Substring, _ request: Request) throws -> WebAnswer {
        if path == LiveDoor.path { return WebResponder.upgradeRequired }
        // How HAProxy asks whether a server is there, unless it is told otherwise; `*` asks for the server itself.
        if method == "OPTIONS", path == "*" || site.file(path) != nil {
            return WebAnswer(
                status: 204, headers: [.allow: "GET, HEAD, OPTIONS"], body: ByteBuffer(), route: "pages")
        }
        guard method == "GET" || method == "HEAD" else { throw Refusal(.notFound, "There is nothing at this address.") }
        if let file = site.file(path) {
            return WebAnswer(
                file, ifNoneMatch: request.headers[.ifNoneMatch], accepted: request.headers[.acceptEncoding])
        }
        // A person who mistyped gets the pages' own "not found"; a program gets a problem it can read.
        let wantsPage = request.headers[.accept]?.contains("text/html") == true && !path.hasPrefix("/api/")
        guard wantsPage else { throw Refusal(.notFound, "There is nothing at this address.") }
        return WebAnswer(site.frame, status: 404, ifNoneMatch: nil, accepted: request.headers[.acceptEncoding])
    }

    /// The WebSocket is asked for in a connection's first request; here it is either not asked for, or too late.
    private static var upgradeRequired: WebAnswer {
        var answer = WebAnswer(
            RouteResponse(
                status: 426, contentType: "text/plain; charset=utf-8",
                body: Array("This address speaks WebSocket, as the first request of a connection.".utf8)),
            route: LiveDoor.path)
        answer.headers[.upgrade] = "websocket"
        answer.endsConnection = true
        return answer
    }

    private func refused(_ error: any Error, _ course: Course) -> WebAnswer {
        let route = course.route
        switch error {
        case let refusal as Refusal where refusal.code == .internalFailure:
            return failed(refusal, route: route)
        case let refusal as Refusal:
            figures.count(refusal: refusal.code)
            return WebAnswer(Problem.response(refusal, allowed: course.methods), route: route)
        case is CancellationError:
            figures.count(refusal: .stopping)
            return WebAnswer(
                Problem.response(Refusal(.stopping, "The hub is stopping; try again soon.")), route: route)
        default:
            guard let refusal = Refusal(storage: error) else { return failed(error, route: route) }
            if storageTrouble.isDue(at: clock.now()) {
                logger.error("Nothing can be stored", metadata: ["error": .string(String(reflecting: error))])
            }
            figures.count(refusal: refusal.code)
            return WebAnswer(Problem.response(refusal), route: route)
        }
    }

    /// Our own failure: what it was stands in the log, under a name that the client is given.
    private func failed(_ error: any Error, route: String) -> WebAnswer {
        figures.count(refusal: .internalFailure)
        let failure = String(UInt64.random(in: .min ... .max), radix: 36)
        logger.error(
            "Request failed",
            metadata: [
                "failure": .string(failure), "route": .string(route), "error": .string(String(reflecting: error)),
            ])
        let refusal = Refusal(.internalFailure, "The hub failed to answer; its log has the reason under \(failure).")
        return WebAnswer(Problem.response(refusal, failure: failure), route: route)
    }
}

/// Says once in ten seconds that nothing can be stored: the log of a disk that is full must not fill it further.
private final class StorageTrouble: Sendable {
    private let next = Mutex<Timestamp?>(nil)

    func isDue(at now: Timestamp) -> Bool {
        next.withLock { next in
            // A clock that was set back must not silence the log.
            if let due = next, now < due, due <= now.advanced(bySeconds: 10) { return false }
            next = now.advanced(bySeconds: 10)
            return true
        }
    }
}
