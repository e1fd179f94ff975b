import Credentials
import Foundation
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing
import Trust

/// A hub's people over a database in memory, and their routes as a page or a program uses them.
struct PeopleHouse {
    let clock = ManualClock()
    let database: Database
    let audit = RecordingAudit()
    let line: DirectLine
    let people: People

    static let password = "a fine long password"

    init(_ change: (inout PeopleSettings) -> Void = { _ in }, facts: HubFacts = HubFacts()) async throws {
        database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate([RegistryTables.migrations], at: 0)
        line = DirectLine(database: database, clock: clock)
        var settings = PeopleSettings()
        settings.passwords = .trivial
        change(&settings)
        people = try await People.open(
            database: database, line: line, roles: .ofTests, audit: audit, clock: clock, settings: settings,
            cookieTag: "8080", facts: facts)
    }

    /// The same people behind a line that does something first, once: whatever somebody else does between a look and a decision.
    func people(whoseLineFirst work: @escaping @Sendable () async throws -> Void) async throws -> People {
        var settings = PeopleSettings()
        settings.passwords = .trivial
        return try await People.open(
            database: database, line: InterruptedLine(line, work), roles: .ofTests, audit: audit, clock: clock,
            settings: settings, cookieTag: "8080")
    }

    /// Adds somebody as the shell does.
    @discardableResult
    func add(_ name: String, _ role: RoleName = .admin, at site: SiteID? = nil) async throws -> Account {
        let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
        let (people, now) = (people, clock.now())
        return try await database.write { transaction in
            try people.administration.add(
                PeopleAdministration.name(name), password: hash, roles: [RoleAssignment(role, at: site)],
                by: .shell, at: now, in: transaction)
        }
    }

    /// Does something as the shell does.
    @discardableResult
    func shell<Value: Sendable>(
        _ work: @Sendable (PeopleAdministration, Caller, Timestamp, Transaction) throws -> Value
    ) async throws -> Value {
        let (administration, now) = (people.administration, clock.now())
        return try await database.write { try work(administration, .shell, now, $0) }
    }

    /// Sends a request the way the web does: the gate first, then the route's access, then its handler.
    func send(
        _ method: Route.Method, _ path: String, _ body: [String: Any]? = nil, as token: String? = nil,
        cookies: [String: String] = [:], from address: String = "192.0.2.1", isLocal: Bool = false,
        receivedAt: Timestamp? = nil, through other: People? = nil
    ) async throws -> Reply {
        let transport = RequestTransport(
            address: address, isLocal: isLocal, isSecure: false, cookies: cookies, userAgent: "Tests")
        var caller = Caller(.anonymous, address: address)
        if let token { caller = try await people.caller(bearer: token, transport: transport, at: clock.now()) }
        return try await send(
            method, path, body, as: caller, over: transport, receivedAt: receivedAt, through: other)
    }

    func send(
        _ method: Route.Method, _ path: String, _ body: [String: Any]? = nil, as caller: Caller,
        over transport: RequestTransport, receivedAt: Timestamp? = nil, through other: People? = nil
    ) async throws -> Reply {
        for route in (other ?? people).routes where route.method == method {
            guard let parameters = PeopleHouse.match(route.path, path) else { continue }
            let request = RouteRequest(
                path: parameters, query: [], accept: nil,
                body: try body.map { [UInt8](try JSONSerialization.data(withJSONObject: $0)) } ?? [],
                receivedAt: receivedAt ?? clock.now(), caller: caller, scope: try route.access.scope(for: caller),
                transport: transport)
            return Reply(try await route.answer(request))
        }
        throw Refusal(.notFound, "no such route")
    }

    /// Signs in.
    /// - Parameter browser: what it shows of where it signed in before.
    func signIn(
        _ name: String, _ password: String = PeopleHouse.password, code: String? = nil,
        from address: String = "192.0.2.1", in browser: String? = nil, through other: People? = nil
    ) async throws -> Reply {
        var body = ["username": name, "password": password]
        if let code { body["code"] = code }
        let cookies = browser.map { ["martlet_browser_8080": $0] } ?? [:]
        return try await send(.post, "/api/auth/login", body, cookies: cookies, from: address, through: other)
    }

    private static func match(_ pattern: String, _ path: String) -> [String: String]? {
        let (wanted, given) = (pattern.split(separator: "/"), path.split(separator: "/"))
        guard wanted.count == given.count else { return nil }
        var parameters: [String: String] = [:]
        for (one, other) in zip(wanted, given) {
            if one.hasPrefix("{") {
                parameters[String(one.dropFirst().dropLast())] = String(other)
            } else if one != other {
                return nil
            }
        }
        return parameters
    }

    /// How often something stands in the audit.
    func count(_ action: AuditAction, _ outcome: AuditOutcome = .done) -> Int {
        audit.entries.filter { $0.action == action && $0.outcome == outcome }.count
    }
}

/// A line before whose first piece of work something else happens.
final class InterruptedLine: Line {
    private let line: DirectLine
    private let work: Mutex<(@Sendable () async throws -> Void)?>

    init(_ line: DirectLine, _ work: @escaping @Sendable () async throws -> Void) {
        self.line = line
        self.work = Mutex(work)
    }

    private func interrupt() async throws {
        let work = work.withLock { work in
            defer { work = nil }
            return work
        }
        try await work?()
    }

    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LineContext) throws -> Value
    ) async throws -> Value {
        try await interrupt()
        return try await line.perform(work)
    }

    func perform<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, _ work: @escaping @Sendable (Handler, inout LineContext) throws -> Value
    ) async throws -> Value {
        try await interrupt()
        return try await line.perform(with: handler, work)
    }
}

extension Caller {
    static let shell = Caller(.shell(name: "root"))
}

/// An answer, as a page looks into it.
struct Reply {
    let status: Int
    let json: [String: Any]
    let headers: [(name: String, value: String)]

    init(_ response: RouteResponse) {
        status = response.status
        headers = response.headers
        json = (try? JSONSerialization.jsonObject(with: Data(response.body))) as? [String: Any] ?? [:]
    }

    var token: String { json["token"] as? String ?? "" }

    /// The value of a cookie that is set.
    func cookie(_ name: String) -> String? { setCookie(name).map { String($0.split(separator: ";")[0]) } }

    /// Value and attributes of a cookie that is set.
    func setCookie(_ name: String) -> String? {
        headers.first { $0.name == "Set-Cookie" && $0.value.hasPrefix("\(name)=") }
            .map { String($0.value.dropFirst(name.count + 1)) }
    }

    var refresh: String { cookie("martlet_refresh_8080") ?? "" }

    /// What the browser is to show from now on.
    var browser: String { cookie("martlet_browser_8080") ?? "" }
}

/// The code of the refusal that `work` throws; nil when it throws none.
func refusal(_ work: () async throws -> Void) async -> RefusalCode? {
    do {
        try await work()
        return nil
    } catch let refusal as Refusal {
        return refusal.code
    } catch {
        Issue.record(error)
        return nil
    }
}
