import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// Links of things that only their solution knows: rooms in a table of its own, and people's calendars.
@Suite("Links of named things")
struct ThingLinkTests {
    private static let door = LinkKind("rooms.door")
    private static let week = LinkKind("rooms.week")
    private static let calendar = LinkKind("rooms.calendar")
    private static let north = SiteID("north")

    private static let room = ThingDeclaration("room") { try found($0, in: $1) }
    /// Whoever is called like an account is that person.
    private static let person = ThingDeclaration("person", own: { Set([$0.account].compactMap(\.self)) }) {
        try found($0, in: $1)
    }

    private static let kinds = [(door, room), (week, room), (calendar, person)].map { kind, thing in
        LinkDeclaration(
            Declared(kind, "What is on"), .thing(thing), needs: .viewDevices, shows: .viewSystem,
            path: "/rooms/screen#{key}")
    }

    private static func found(_ name: String, in reader: any SQLReading) throws -> ThingDeclaration.Found? {
        try reader.queryFirst("SELECT site, since FROM thing WHERE name = $1", [.text(name)]).flatMap { row in
            guard let site = SiteID(try row.text("site")) else { return nil }
            return ThingDeclaration.Found(site: site, since: Timestamp(microseconds: try row.integer("since")))
        }
    }

    private let house: DevicesHouse
    private let opener: LinkDoor

    init() async throws {
        house = try await DevicesHouse()
        opener = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        try await house.database.write {
            try $0.execute(
                "CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY, site TEXT NOT NULL, since BIGINT NOT NULL)")
        }
        try await house.write { try $0.addSite(try #require(Self.north), title: "North", by: $1, in: $2) }
        for name in ["R1", "anna", "ben"] { try await put(name) }
    }

    private func put(_ name: String, at site: String = "main") async throws {
        let now = house.clock.now().microseconds
        try await house.database.write {
            try $0.execute(
                "INSERT INTO thing (name, site, since) VALUES ($1, $2, $3)", [.text(name), .text(site), .integer(now)])
        }
    }

    private func change(_ statement: String) async throws {
        try await house.database.write { _ = try $0.execute(statement) }
    }

    private func call(
        _ method: Route.Method, _ path: String, id: String = "", body: String = "",
        query: [(name: String, value: String)] = [], as name: String = "anna", grants: Grants = Grants(everywhere: .all)
    ) async throws -> JSONTree? {
        let routes = LinkRoutes(
            services: WebServices(
                database: house.database, history: NotedHistory(), line: house.line, devices: UntouchedBooks(),
                commands: UntouchedBooks(), audit: house.audit, clock: house.clock),
            registry: DeviceRegistry(), kinds: Self.kinds, uses: house.linkUses
        ).all
        let route = try #require(routes.first { $0.method == method && $0.path == path })
        let caller = Caller(.person(account: name, name: name, session: "s"), grants: grants)
        let response = try await route.answer(
            RouteRequest(
                path: ["id": id], query: query, accept: nil, body: Array(body.utf8), receivedAt: house.clock.now(),
                caller: caller, scope: try route.access.scope(for: caller), transport: RequestTransport()))
        try route.check(response)
        return response.body.isEmpty ? nil : try JSONTree(response.body)
    }

    @discardableResult
    private func make(
        _ kind: LinkKind = door, of thing: String = "R1", as name: String = "anna",
        grants: Grants = Grants(everywhere: .all)
    ) async throws -> (id: String, key: String) {
        let body = #"{"kind":"\#(kind.name)","thing":"\#(thing)","purpose":"the screen"}"#
        let made = try #require(try await call(.post, "/api/links", body: body, as: name, grants: grants))
        #expect(made["thing"]?.text == thing && made["device"] == .null && made["site"]?.text == "main")
        let key = try #require(made["key"]?.text)
        #expect(made["path"]?.text == "/rooms/screen#\(key)")
        return (try #require(made["id"]?.text), key)
    }

    private func listed(
        _ query: [(name: String, value: String)] = [], as name: String = "anna",
        grants: Grants = Grants(everywhere: .all)
    ) async throws -> [String] {
        let found = try await call(.get, "/api/links", query: query, as: name, grants: grants)
        return found?["links"]?.elements.compactMap { $0["id"]?.text } ?? []
    }

    private func code(_ work: () async throws -> some Any) async -> RefusalCode? {
        do {
            _ = try await work()
            return nil
        } catch { return (error as? Refusal)?.code }
    }

    private func opens(_ key: String, _ kind: LinkKind = door) async throws -> Bool {
        do {
            let caller = try await opener.caller(
                key: key, kind: kind, address: nil, at: house.clock.now(), isUse: false)
            guard case .link(let grant) = caller.identity else { return false }
            return grant.thing == "R1" && grant.device == nil && grant.site == .main
        } catch let refusal as Refusal where refusal == RouteAccess.noSuchLink { return false }
    }

    @Test("A link names its thing, tells the route which it is, and the audit what it is of")
    func made() async throws {
        let (id, key) = try await make()
        #expect(try await opens(key))
        #expect(try await !opens(key, Self.week))
        let caller = try await opener.caller(key: key, kind: Self.door, address: nil, at: house.clock.now())
        let request = RouteRequest(
            path: [:], query: [], accept: nil, body: [], receivedAt: house.clock.now(), caller: caller,
            scope: try RouteAccess.link(Self.door).scope(for: caller), transport: RequestTransport())
        #expect(try request.linkedThing() == "R1" && request.scope == .sites([.main]))
        _ = try await call(.delete, "/api/links/{id}", id: id)
        #expect(house.audit.entries.suffix(2).map(\.target) == ["room:R1", "room:R1"])
        #expect(try await !opens(key))
    }

    @Test("It opens nothing once its thing is gone or elsewhere, and never the next one of its name")
    func vouchedFor() async throws {
        let (_, key) = try await make()
        try await change("UPDATE thing SET site = 'north' WHERE name = 'R1'")
        #expect(try await !opens(key))
        try await change("UPDATE thing SET site = 'main' WHERE name = 'R1'")
        #expect(try await opens(key))
        try await change("DELETE FROM thing WHERE name = 'R1'")
        #expect(try await !opens(key))
        house.clock.move(seconds: 1)
        try await put("R1")
        #expect(try await !opens(key))
        let (_, next) = try await make()
        #expect(try await opens(next))
        // A hub whose solutions do not offer the kind any more opens none.
        let closed = LinkDoor(database: house.database, kinds: [], uses: house.linkUses)
        let now = house.clock.now()
        #expect(await code { try await closed.caller(key: next, kind: Self.door, address: nil, at: now) } == .notFound)
    }

    @Test("Only those make one who have both rights at the site of the thing, and nobody of one that is not there")
    func rights() async throws {
        let both: PermissionSet = [.viewDevices, .viewSystem]
        for grants in [Grants(), Grants(everywhere: [.viewDevices]), Grants(sites: [try #require(Self.north): both])] {
            #expect(await code { try await make(grants: grants) } == .notFound)
        }
        try await make(grants: Grants(sites: [.main: both]))
        #expect(await code { try await make(of: "R2") } == .notFound)
        let query = [(name: "thing", value: "R1"), (name: "kind", value: Self.door.name)]
        #expect(try await listed(query, grants: Grants(sites: [.main: [.viewDevices]])).count == 1)
        let elsewhere = Grants(sites: [try #require(Self.north): .all])
        #expect(await code { try await listed(query, grants: elsewhere) } == .notFound)
        #expect(try await listed(grants: elsewhere).isEmpty)
    }

    @Test("What is somebody's own is shared, seen and revoked by nobody else, whatever their rights")
    func own() async throws {
        let (id, _) = try await make(Self.calendar, of: "anna")
        let (other, _) = try await make()
        #expect(await code { try await make(Self.calendar, of: "anna", as: "ben") } == .notFound)
        #expect(await code { try await call(.delete, "/api/links/{id}", id: id, as: "ben") } == .notFound)
        #expect(try await Set(listed()) == [id, other])
        #expect(try await listed(as: "ben") == [other])
        let query = [(name: "thing", value: "anna"), (name: "kind", value: Self.calendar.name)]
        #expect(try await listed(query) == [id])
        #expect(await code { try await listed(query, as: "ben") } == .notFound)
        _ = try await call(.delete, "/api/links/{id}", id: id)
    }

    @Test("The list is of one thing where kind says of which sort, and of several kinds at once")
    func lists() async throws {
        let made = try await [make().id, make(Self.week).id, make(Self.calendar, of: "anna").id]
        try await put("R2")
        try await make(of: "R2")
        func of(_ kinds: String, _ thing: String? = "R1") async throws -> Set<String> {
            Set(try await listed([("kind", kinds)] + (thing.map { [("thing", $0)] } ?? [])))
        }
        #expect(try await of("rooms.door") == [made[0]])
        #expect(try await of("rooms.door,rooms.week") == [made[0], made[1]])
        #expect(try await of("rooms.week,rooms.calendar", nil) == [made[1], made[2]])
        // A room is no person, even if one is called like it.
        #expect(await code { try await of("rooms.calendar") } == .notFound)
        for query in [
            [("thing", "R1")], [("kind", "rooms.none")], [("kind", ",")],
            [("thing", "no name"), ("kind", "rooms.door")],
        ] {
            #expect(await code { try await listed(query) } == .invalidParameter)
        }
    }

    @Test(
        "A kind of things takes a thing and nothing else",
        arguments: [
            #"{"kind":"rooms.door","purpose":"x"}"#, #"{"kind":"rooms.door","site":"main","purpose":"x"}"#,
            #"{"kind":"rooms.door","thing":"R1","site":"main","purpose":"x"}"#,
            #"{"kind":"rooms.door","thing":"R1","device":"R1","purpose":"x"}"#,
            #"{"kind":"rooms.door","thing":"not a name","purpose":"x"}"#,
            #"{"kind":"rooms.door","thing":7,"purpose":"x"}"#,
        ])
    func whole(_ body: String) async throws {
        do {
            _ = try await call(.post, "/api/links", body: body)
            Issue.record("\(body) was taken")
        } catch let refusal as Refusal {
            #expect(refusal.code.httpStatus == 400 && refusal.detail.hasSuffix("."))
        }
        #expect(try await listed().isEmpty)
    }

    @Test("A thing has twenty links of each kind that open something")
    func bounded() async throws {
        for _ in 0..<LinkTable.maximumPerSubject { try await make() }
        #expect(await code { try await make() } == .limitReached)
        try await make(Self.week)
        try await put("R2")
        try await make(of: "R2")
    }

    @Test("A row is of a device or of a thing, never of both, and a thing has a name")
    func oneSubject() async throws {
        _ = try await house.add("S1")
        try await make()
        for change in ["device = 'S1'", "thing = ''", "thing = '\(String(repeating: "x", count: 65))'"] {
            await #expect(throws: SQLFailure.self) { try await self.change("UPDATE link SET \(change)") }
        }
    }
}
