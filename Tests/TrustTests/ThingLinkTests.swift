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
    /// A person is known by their user name, which somebody else may have later.
    private static let person = ThingDeclaration("person") { name, reader in
        try reader.queryFirst("SELECT id FROM account WHERE name = $1", [.text(name)]).map { row in
            ThingDeclaration.Found(site: .main, since: Timestamp(microseconds: 0), owner: try row.text("id"))
        }
    }
    /// The rights for links of all kinds of this suite, and none over people.
    private static let staff = Grants(sites: [.main: [.viewDevices, .viewSystem]])

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
        try await put("R1")
        for name in ["anna", "ben"] { try await administer { try $0.add($1, named: name, at: $2) } }
    }

    /// Does something with people, as the shell does.
    private func administer<Value: Sendable>(
        _ work: @escaping @Sendable (PeopleAdministration, Transaction, Timestamp) throws -> Value
    ) async throws {
        let (administration, now) = (PeopleAdministration(roles: .ofTests, audit: house.audit), house.clock.now())
        _ = try await house.database.write { try work(administration, $0, now) }
    }

    /// Somebody as the gate knows them.
    private func caller(_ name: String, _ grants: Grants, isToken: Bool = false) async throws -> Caller {
        let row = try await house.database.read {
            try $0.queryFirst("SELECT id FROM account WHERE name = $1", [.text(name)])?.text("id")
        }
        let account = try #require(row)
        return Caller(
            isToken
                ? .token(account: account, name: name, token: "t")
                : .person(account: account, name: name, session: "s"),
            grants: grants)
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
        query: [(name: String, value: String)] = [], as name: String = "anna",
        grants: Grants = Grants(everywhere: .all), isToken: Bool = false
    ) async throws -> JSONTree? {
        let routes = LinkRoutes(
            services: WebServices(
                database: house.database, history: NotedHistory(), line: house.line, devices: UntouchedBooks(),
                commands: UntouchedBooks(), audit: house.audit, clock: house.clock),
            registry: DeviceRegistry(), kinds: Self.kinds, uses: house.linkUses
        ).all
        let route = try #require(routes.first { $0.method == method && $0.path == path })
        let caller = try await caller(name, grants, isToken: isToken)
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

    private func opens(_ key: String, _ kind: LinkKind = door, of thing: String = "R1") async throws -> Bool {
        do {
            let caller = try await opener.caller(
                key: key, kind: kind, address: nil, at: house.clock.now(), isUse: false)
            guard case .link(let grant) = caller.identity else { return false }
            return grant.thing == thing && grant.device == nil && grant.site == .main
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

    @Test(
        "What is somebody's own is shared by nobody else, and seen and revoked only by them and who manages people")
    func own() async throws {
        let (id, key) = try await make(Self.calendar, of: "anna", grants: Self.staff)
        let (other, _) = try await make()
        let query = [(name: "thing", value: "anna"), (name: "kind", value: Self.calendar.name)]
        // Not by whatever rights at its site or everywhere, without the one over people for the whole hub.
        let nearly = Grants(everywhere: [.viewDevices, .viewSystem, .manageDevices], sites: [.main: .all])
        for grants in [Self.staff, nearly] {
            #expect(await code { try await make(Self.calendar, of: "anna", as: "ben", grants: grants) } == .notFound)
            #expect(
                await code { try await call(.delete, "/api/links/{id}", id: id, as: "ben", grants: grants) }
                    == .notFound)
            #expect(try await listed(as: "ben", grants: grants) == [other])
            #expect(await code { try await listed(query, as: "ben", grants: grants) } == .notFound)
        }
        #expect(try await Set(listed(grants: Self.staff)) == [id, other])
        #expect(try await listed(query, grants: Self.staff) == [id])
        // Who manages people needs no right at its site, and makes none of it all the same.
        let manager = Grants(everywhere: [.manageUsers])
        #expect(try await listed(as: "ben", grants: manager) == [id])
        #expect(try await listed(query, as: "ben", grants: manager) == [id])
        #expect(try await listed([(name: "site", value: "main")], as: "ben", grants: manager) == [id])
        #expect(await code { try await make(Self.calendar, of: "anna", as: "ben") } == .notFound)
        #expect(await code { try await make(as: "ben", grants: manager) } == .notFound)
        #expect(
            await code { try await call(.delete, "/api/links/{id}", id: other, as: "ben", grants: manager) }
                == .notFound)
        #expect(try await opens(key, Self.calendar, of: "anna"))
        _ = try await call(.delete, "/api/links/{id}", id: id, as: "ben", grants: manager)
        #expect(try await !opens(key, Self.calendar, of: "anna"))
        let revoked = try #require(house.audit.entries.last)
        #expect(revoked.action == .revokeLink && revoked.target == "person:anna")
        let (again, _) = try await make(Self.calendar, of: "anna", grants: Self.staff)
        _ = try await call(.delete, "/api/links/{id}", id: again, grants: Self.staff)
    }

    @Test("A token sees and revokes its owner's with their right, and makes none")
    func tokens() async throws {
        let (id, _) = try await make(Self.calendar, of: "anna", grants: Self.staff)
        func ids(_ name: String, _ grants: Grants) async throws -> [String] {
            let found = try await call(.get, "/api/links", as: name, grants: grants, isToken: true)
            return found?["links"]?.elements.compactMap { $0["id"]?.text } ?? []
        }
        #expect(try await ids("anna", Self.staff) == [id])
        #expect(try await ids("ben", Self.staff).isEmpty)
        #expect(try await ids("anna", Grants()).isEmpty)
        let body = #"{"kind":"rooms.calendar","thing":"anna","purpose":"x"}"#
        #expect(
            await code { try await call(.post, "/api/links", body: body, grants: Self.staff, isToken: true) }
                == .forbidden)
        _ = try await call(.delete, "/api/links/{id}", id: id, grants: Self.staff, isToken: true)
    }

    @Test("What is somebody's own opens only while they may sign in")
    func disabled() async throws {
        let (id, key) = try await make(Self.calendar, of: "anna")
        let (_, room) = try await make()
        try await administer { try $0.disable("anna", by: .shell, at: $2, in: $1) }
        #expect(try await !opens(key, Self.calendar, of: "anna"))
        let refused = await code {
            try await opener.caller(key: key, kind: Self.calendar, address: nil, at: house.clock.now())
        }
        #expect(refused == .notFound)
        #expect(await code { try await make(Self.calendar, of: "anna") } == .notFound)
        // A link of what is the site's is not its maker's: it stays, and so do those of other people.
        #expect(try await opens(room))
        let (_, bens) = try await make(Self.calendar, of: "ben", as: "ben")
        #expect(try await opens(bens, Self.calendar, of: "ben"))
        #expect(try await listed(as: "ben", grants: Grants(everywhere: [.manageUsers])).contains(id))
        try await administer { try $0.enable("anna", by: .shell, at: $2, in: $1) }
        #expect(try await opens(key, Self.calendar, of: "anna"))
    }

    @Test("It ends for good with its owner's account, also when somebody else takes the name")
    func removed() async throws {
        let (id, key) = try await make(Self.calendar, of: "anna")
        let (room, roomKey) = try await make()
        try await administer { try $0.remove("anna", by: .shell, at: $2, in: $1) }
        #expect(try await !opens(key, Self.calendar, of: "anna"))
        try await administer { try $0.add($1, named: "anna", at: $2) }
        #expect(try await !opens(key, Self.calendar, of: "anna"))
        #expect(try await listed() == [room])
        #expect(try await opens(roomKey))
        #expect(await code { try await call(.delete, "/api/links/{id}", id: id) } == .notFound)
        let (_, next) = try await make(Self.calendar, of: "anna")
        #expect(try await opens(next, Self.calendar, of: "anna"))
    }

    @Test("It opens nothing when its thing becomes somebody else's")
    func handedOn() async throws {
        let (_, key) = try await make(Self.calendar, of: "anna")
        try await change("UPDATE account SET name = 'carla' WHERE name = 'anna'")
        try await change("UPDATE account SET name = 'anna' WHERE name = 'ben'")
        #expect(try await !opens(key, Self.calendar, of: "anna"))
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

    @Test("The links of a thing that is gone are shown as ended and count no more; those of another kind or name go on")
    func ended() async throws {
        for _ in 0..<LinkTable.maximumPerSubject { try await make() }
        let (week, calendar) = (try await make(Self.week), try await make(Self.calendar, of: "anna"))
        try await put("R2")
        let other = try await make(of: "R2")
        house.clock.move(seconds: 1)
        try await house.line.perform { line in
            try LinkTable().end(of: "R1", kinds: [Self.door], at: line.now, in: line.transaction())
        }
        func open() async throws -> Set<String> {
            let found = try await call(.get, "/api/links", query: [(name: "limit", value: "500")])
            let links = found?["links"]?.elements ?? []
            for link in links where link["open"] == .boolean(false) {
                #expect(link["revoked_at"]?.text == house.clock.now().description)
            }
            return Set(links.filter { $0["open"] == .boolean(true) }.compactMap { $0["id"]?.text })
        }
        #expect(try await open() == [week.id, calendar.id, other.id])
        // As many as ever for the next of its name; and they end once: what has ended keeps its time.
        for _ in 0..<LinkTable.maximumPerSubject { try await make() }
        #expect(await code { try await make() } == .limitReached)
        #expect(try await open().count == 3 + LinkTable.maximumPerSubject)
        let revoked = "SELECT COUNT(*) FROM link WHERE revoked_at = $1"
        let first = house.clock.now().microseconds
        house.clock.move(seconds: 1)
        try await house.line.perform { line in
            try LinkTable().end(of: "R1", kinds: [Self.door, Self.week], at: line.now, in: line.transaction())
        }
        let counts = try await house.database.read { reader in
            try [first, first + 1_000_000].map { try reader.queryOne(revoked, [.integer($0)]).integer(0) }
        }
        #expect(counts == [20, 21])
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

extension PeopleAdministration {
    /// Adds a viewer.
    fileprivate func add(_ transaction: Transaction, named name: String, at instant: Timestamp) throws {
        _ = try add(
            PeopleAdministration.name(name), password: PasswordHash(of: PeopleHouse.password, parameters: .trivial),
            roles: [RoleAssignment(.viewer)], by: .shell, at: instant, in: transaction)
    }
}
