import HTTPTypes
import HubModel
import HummingbirdCore
import Logging
import NIOCore
import SolutionKit

/// Answers HTTP requests: finds the route, reads the body within its limit, and renders what goes wrong.
struct WebResponder: Sendable {
    let table: RouteTable
    let site: StaticSite
    let check: ClientCheck
    let figures: RequestFigures
    let limits: WebLimits
    let clock: any WallClock
    let logger: Logger

    /// Bodies that no route asked for are read up to here, so that their connection can go on.
    private static let idleBodyBytes = 65_536
    /// What is still read, and dropped, of a body that was refused: were the connection cut at once, the client might
    /// lose the answer together with what it still sends.
    private static let lingerBytes = 4_194_304
    private static let lingerTimeout = TimeAmount.seconds(2)

    /// The end of a connection whose request was not read to its end.
    private struct ConnectionEnds: Error {}

    func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let began = ContinuousClock.now
        let method = request.method.rawValue
        // One iterator for all of the body: what a refusal leaves over is dropped by the same.
        var parts = request.body.makeAsyncIterator()
        var answer = await answer(request, &parts, writer, channel)
        answer.complete(now: clock.now())
        let head = HTTPResponse(status: .init(code: answer.status), headerFields: answer.headers)
        let hasNoBody = method == "HEAD" || answer.body.readableBytes == 0
        let deadline = WebResponder.close(channel, in: limits.responseTimeout)
        defer { deadline.cancel() }
        try await writer.write(response: head, body: hasNoBody ? ResponseBody() : ResponseBody(byteBuffer: answer.body))
        let took = ContinuousClock.now - began
        figures.count(route: answer.route, method: method, status: answer.status, took: took)
        logger.debug(
            "HTTP request answered",
            metadata: [
                "method": .string(method), "route": .string(answer.route), "status": .stringConvertible(answer.status),
                "microseconds": .stringConvertible(Int64(took / .microseconds(1))),
            ])
        guard answer.endsConnection else { return }
        channel.close(mode: .output, promise: nil)
        let linger = WebResponder.close(channel, in: WebResponder.lingerTimeout)
        defer { linger.cancel() }
        var dropped = 0
        while dropped <= WebResponder.lingerBytes, let part = try await parts.next() { dropped += part.readableBytes }
        throw ConnectionEnds()
    }

    private func answer(
        _ request: Request, _ parts: inout RequestBody.AsyncIterator, _ writer: borrowing ResponseWriter,
        _ channel: any Channel
    ) async -> WebAnswer {
        let target = request.head.path ?? "/"
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves.first ?? "/"
        let query = halves.count > 1 ? halves[1] : ""
        let host = request.head.authority
        let method = request.method.rawValue
        let isReading = method == "GET" || method == "HEAD" || method == "OPTIONS"
        var route = "unknown"
        var allowed: [String] = []
        do {
            try check.check(host: host)
            let match = table.match(method, path)
            if !isReading { try check.check(origin: request.headers[.origin], host: host) }
            switch match {
            case .route(let found, let parameters):
                route = found.path
                let limit = isReading ? WebResponder.idleBodyBytes : found.maximumBodyBytes
                let body = try await body(of: request, &parts, limit: limit, writer, channel)
                if !isReading { try WebResponder.checkMediaType(request.headers[.contentType], body) }
                let routeRequest = RouteRequest(
                    path: parameters, query: try PercentCoding.parameters(query), accept: request.headers[.accept],
                    body: isReading ? [] : body, receivedAt: clock.now(), address: channel.remoteAddress?.ipAddress)
                return WebAnswer(try await found.handler(routeRequest), route: route)
            case .otherMethods(let template, let methods):
                route = template
                allowed = methods
                _ = try await body(of: request, &parts, limit: WebResponder.idleBodyBytes, writer, channel)
                if method == "OPTIONS" {
                    return WebAnswer(
                        status: 204, headers: [.allow: methods.joined(separator: ", ")], body: ByteBuffer(),
                        route: template)
                }
                throw Refusal(.methodNotAllowed, "This address answers \(methods.joined(separator: ", ")).")
            case .malformed(let template):
                route = template
                throw Refusal(.invalidParameter, "The path is not percent-encoded UTF-8.")
            case .unknown:
                _ = try await body(of: request, &parts, limit: WebResponder.idleBodyBytes, writer, channel)
                return try page(method, path, request)
            }
        } catch {
            return refused(error, route: route, allowed: allowed, request)
        }
    }

    /// What answers a path that is no route: a file, a page, or 404.
    private func page(_ method: String, _ path: Substring, _ request: Request) throws -> WebAnswer {
        if path == LiveDoor.path { return WebResponder.upgradeRequired }
        guard method == "GET" || method == "HEAD" else { throw Refusal(.notFound, "There is nothing at this address.") }
        if let file = site.file(path) { return WebAnswer(file, ifNoneMatch: request.headers[.ifNoneMatch]) }
        // A person who mistyped gets the pages' own "not found"; a program gets a problem it can read.
        let wantsPage = request.headers[.accept]?.contains("text/html") == true && !path.hasPrefix("/api/")
        guard wantsPage else { throw Refusal(.notFound, "There is nothing at this address.") }
        return WebAnswer(site.frame, status: 404, ifNoneMatch: nil)
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

    private func refused(_ error: any Error, route: String, allowed: [String], _ request: Request) -> WebAnswer {
        var answer: WebAnswer
        switch error {
        case let refusal as Refusal where refusal.code == .internalFailure:
            answer = failed(refusal, route: route)
        case let refusal as Refusal:
            answer = WebAnswer(Problem.response(refusal, allowed: allowed), route: route)
        case is CancellationError:
            answer = WebAnswer(
                Problem.response(Refusal(.stopping, "The hub is stopping; try again soon.")), route: route)
        default:
            answer = failed(error, route: route)
        }
        // Whether the body was read is not known here; it was not if it is longer than what is read for nothing.
        answer.endsConnection =
            request.headers[.transferEncoding] != nil
            || WebResponder.declaredLength(request) > WebResponder.idleBodyBytes
        return answer
    }

    /// Our own failure: what it was stands in the log, under a name that the client is given.
    private func failed(_ error: any Error, route: String) -> WebAnswer {
        let failure = String(UInt64.random(in: .min ... .max), radix: 36)
        logger.error(
            "Request failed",
            metadata: [
                "failure": .string(failure), "route": .string(route), "error": .string(String(reflecting: error)),
            ])
        let refusal = Refusal(.internalFailure, "The hub failed to answer; its log has the reason under \(failure).")
        return WebAnswer(Problem.response(refusal, failure: failure), route: route)
    }

    /// Reads a body within its limit; what is declared too long is refused before any of it is read.
    private func body(
        of request: Request, _ parts: inout RequestBody.AsyncIterator, limit: Int, _ writer: borrowing ResponseWriter,
        _ channel: any Channel
    ) async throws -> [UInt8] {
        let declared = WebResponder.declaredLength(request)
        guard declared > 0 || request.headers[.transferEncoding] != nil else { return [] }
        let tooLarge = Refusal(.tooLarge, "A body may have \(limit) bytes here.")
        guard declared <= limit else { throw tooLarge }
        let deadline = WebResponder.close(channel, in: limits.bodyTimeout)
        defer { deadline.cancel() }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declared)
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        while let part = try await parts.next() {
            guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }

    /// Bodies are JSON. What calls itself text or a form is read as JSON as well, because small devices and `curl -d`
    /// say that without meaning it; what is plainly something else is refused by its name.
    private static func checkMediaType(_ contentType: String?, _ body: [UInt8]) throws(Refusal) {
        guard let contentType, !body.isEmpty else { return }
        let type = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        let isReadable =
            type.hasSuffix("/json") || type.hasSuffix("+json") || type.hasPrefix("text/")
            || type == "application/x-www-form-urlencoded" || type == "application/octet-stream"
        guard isReadable else { throw Refusal(.unsupportedMediaType, "Send application/json.") }
    }

    private static func declaredLength(_ request: Request) -> Int {
        // The parser has checked it: only digits arrive here. What does not fit is too long in any case.
        request.headers[.contentLength].map { Int($0) ?? .max } ?? 0
    }

    private static func close(_ channel: any Channel, in time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
    }
}
