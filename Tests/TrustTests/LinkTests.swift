import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

@Suite("Links that open without an account")
struct LinkTests {
    private static let kind = LinkKind("spots.history")
    private static let other = LinkKind("spots.other")
    private static let ofSite = LinkKind("spots.of-site")
    private static let shown = LinkKind("spots.shown")

    private static let kinds =
        [kind, other].map {
            LinkDeclaration(
                Declared($0, "The past of a spot"), of: .parking, needs: .manageDevices, shows: .manageDevices,
                path: "/api/x/{key}.csv")
        } + [
            LinkDeclaration(
                Declared(ofSite, "All spots"), .site, needs: .manageDevices, shows: .manageDevices,
                path: "/api/y/{key}.csv"),
            LinkDeclaration(
                Declared(shown, "A spot"), of: .parking, needs: .manageDevices, shows: .viewDevices,
                path: "/api/x/{key}.csv"),
        ]

    /// A hub with the device `S1` at the site `main`.
    private func house() async throws -> DevicesHouse {
        let house = try await DevicesHouse()
        _ = try await house.add("S1")
        return house
    }

    private func call(
        _ house: DevicesHouse, _ method: Route.Method, _ path: String, _ grants: Grants = Grants(everywhere: .all),
        id: String = "", body: String = "", device: String? = nil, query: [(name: String, value: String)] = []
    ) async throws -> JSONTree? {
        let routes = LinkRoutes(
            services: WebServices(
                database: house.database, history: NotedHistory(), line: house.line, devices: UntouchedBooks(),
                commands: UntouchedBooks(), audit: house.audit, clock: house.clock),
            registry: DeviceRegistry(), kinds: Self.kinds, uses: house.linkUses
        ).all
        let route = try #require(routes.first { $0.method == method && $0.path == path })
        let caller = Caller(.person(account: "a", name: "anna", session: "s"), grants: grants)
        let response = try await route.answer(
            RouteRequest(
                path: ["id": id], query: query + (device.map { [(name: "device", value: $0)] } ?? []), accept: nil,
                body: Array(body.utf8), receivedAt: house.clock.now(), caller: caller,
                scope: try route.access.scope(for: caller), transport: RequestTransport()))
        try route.check(response)
        return response.body.isEmpty ? nil : try JSONTree(response.body)
    }

    private func make(
        _ house: DevicesHouse, _ grants: Grants = Grants(everywhere: .all), kind: LinkKind = kind, days: Int = 30
    ) async throws -> (id: String, key: String) {
        let made = try #require(
            try await call(
                house, .post, "/api/links", grants,
                body: #"{"kind":"\#(kind.name)","device":"S1","purpose":"for the sheet","days":\#(days)}"#))
        let (id, key) = (try #require(made["id"]?.text), try #require(made["key"]?.text))
        #expect(made["path"]?.text == "/api/x/\(key).csv")
        return (id, key)
    }

    private func links(_ house: DevicesHouse) async throws -> [JSONTree] {
        try await call(house, .get, "/api/links", device: "S1")?["links"]?.elements ?? []
    }

    private func code(_ work: () async throws -> some Any) async -> Refusal? {
        do {
            _ = try await work()
            return nil
        } catch { return error as? Refusal }
    }

    private func open(
        _ door: LinkDoor, _ house: DevicesHouse, _ key: String, kind: LinkKind = kind, from address: String = "1.2.3.4"
    ) async throws -> Caller {
        try await door.caller(key: key, kind: kind, address: address, at: house.clock.now())
    }

    @Test("Somebody whose link is revoked is told so as everybody else, at the next look as well, however often it is")
    func revokedMeanwhile() async throws {
        let house = try await house()
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        let (id, key) = try await make(house)
        func look() async throws -> Caller {
            try await door.caller(
                key: key, kind: Self.kind, address: "1.2.3.4", at: house.clock.now(), isUse: false)
        }
        let caller = try await open(door, house, key)
        #expect(try await look().identity == caller.identity)
        _ = try await call(house, .delete, "/api/links/{id}", id: id)
        // A look is no guess: it takes none of them, and is told the same when there are none left.
        for _ in 0..<25 { #expect(await code { try await look() } == RouteAccess.noSuchLink) }
        for _ in 0..<20 { #expect(await code { try await open(door, house, key) } == RouteAccess.noSuchLink) }
        #expect(await code { try await open(door, house, key) }?.code == .tooManyRequests)
        #expect(await code { try await look() } == RouteAccess.noSuchLink)
        // It was used once.
        #expect(try await links(house).first?["uses"]?.number == 1)
    }

    @Test("Only the hash of a key is kept; its bearer sees the one device at its site, and each use counts")
    func hashOnly() async throws {
        let house = try await house()
        let (id, key) = try await make(house)
        let row = try #require(try house.database.readBlocking { try $0.queryFirst("SELECT * FROM link") })
        #expect(try row.blob("hash") == SecretKey(key)?.hash)
        let kept = try house.database.readBlocking { reader in
            try reader.query("SELECT name FROM sqlite_master WHERE type = 'table'").map { try $0.text(0) }.flatMap {
                table in try reader.query("SELECT * FROM \(table)").map { "\($0)" }
            }
        }
        #expect(!kept.contains { $0.contains(key.dropFirst(4)) })
        #expect(!house.audit.entries.contains { "\($0)".contains(key.dropFirst(4)) })
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        let caller = try await open(door, house, key)
        guard case .link(let grant) = caller.identity else {
            Issue.record("\(caller)")
            return
        }
        #expect(grant.id == id && grant.device?.text == "S1" && grant.site == .main && caller.grants == Grants())
        #expect(try RouteAccess.link(Self.kind).scope(for: caller) == .sites([.main]))
        for access in [RouteAccess.signedIn, .hub(.viewDevices), .site(.viewDevices), .link(Self.other)] {
            #expect(throws: Refusal.self) { try access.scope(for: caller) }
        }
        for _ in 0..<4 { _ = try await open(door, house, key) }
        let link = try #require(try await links(house).first)
        #expect(link["uses"]?.number == 5 && link["last_used_at"]?.text == house.clock.now().description)
        #expect(link["key"] == nil && link["made_by"]?.text == "anna")
    }

    @Test("Unknown, misspelt, of another kind, expired and revoked keys are told the same, and count for nothing")
    func oneAnswer() async throws {
        let house = try await house()
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        let (revoked, of) = (try await make(house), try await make(house, kind: Self.other))
        _ = try await call(house, .delete, "/api/links/{id}", id: revoked.id)
        let expiring = try await make(house, days: 1)
        _ = try await open(door, house, expiring.key)
        house.clock.move(seconds: 86_400)
        var told: Set<Refusal> = []
        for key in [revoked.key, of.key, expiring.key, SecretKey(.link).text, SecretKey(.device).text, "", "mlk_"] {
            told.insert(try #require(await code { try await open(door, house, key) }))
        }
        #expect(told == [RouteAccess.noSuchLink])
        let listed = try await links(house)
        for (id, uses, isOpen) in [(revoked.id, 0.0, false), (of.id, 0, true), (expiring.id, 1, false)] {
            let link = try #require(listed.first { $0["id"]?.text == id })
            #expect(link["uses"]?.number == uses && link["open"] == .boolean(isOpen))
        }
        // A device that is removed takes its links with it, also from the next one of its name.
        let (id, last) = (try house.id("S1"), try await make(house))
        try await house.write { try $0.remove(id, by: $1, in: $2) }
        _ = try await house.add("S1")
        #expect(await code { try await open(door, house, last.key) } == RouteAccess.noSuchLink)
    }

    @Test("Who tries many keys is held back, and nobody else is")
    func guessing() async throws {
        let house = try await house()
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        let (_, key) = try await make(house)
        for _ in 0..<20 {
            #expect(await code { try await open(door, house, SecretKey(.link).text) }?.code == .notFound)
        }
        let held = await code { try await open(door, house, SecretKey(.link).text) }
        #expect(held?.code == .tooManyRequests && held?.retryAfterSeconds == 60)
        #expect(await code { try await open(door, house, "x", from: "1.2.3.5") }?.code == .notFound)
        // A key that opens something is no guess.
        _ = try await open(door, house, key)
    }

    @Test("Links are made, seen and revoked by whoever has the right at the site of the device, and by nobody else")
    func rights() async throws {
        let house = try await house()
        let north = try #require(SiteID("north"))
        try await house.write { try $0.addSite(north, title: "North", by: $1, in: $2) }
        let here = Grants(sites: [.main: [.manageDevices]])
        let (id, _) = try await make(house, here)
        let body = #"{"kind":"spots.history","device":"S1","purpose":"x"}"#
        for grants in [Grants(), Grants(everywhere: [.viewDevices]), Grants(sites: [north: .all])] {
            #expect(await code { try await call(house, .post, "/api/links", grants, body: body) }?.code == .notFound)
            #expect(await code { try await call(house, .get, "/api/links", grants, device: "S1") }?.code == .notFound)
            #expect(await code { try await call(house, .delete, "/api/links/{id}", grants, id: id) }?.code == .notFound)
        }
        #expect(try await call(house, .get, "/api/links", here, device: "S1")?["links"]?.elements.count == 1)
        _ = try await call(house, .delete, "/api/links/{id}", here, id: id)
        // Once more changes nothing, and is not written down again.
        _ = try await call(house, .delete, "/api/links/{id}", here, id: id)
        #expect(house.audit.entries.map(\.action.name).suffix(2) == ["link.make", "link.revoke"])
        // At another site it belongs to those there, and the links of before to those who made them.
        let device = try house.id("S1")
        try await house.write { _ = try $0.move(device, to: north, by: $1, in: $2) }
        #expect(await code { try await call(house, .get, "/api/links", here, device: "S1") }?.code == .notFound)
        #expect(
            try await call(house, .get, "/api/links", Grants(sites: [north: .all]), device: "S1")?["links"]?.elements
                .isEmpty == true)
    }

    @Test("A link shows nothing that its maker may not see there; to find and revoke one, that right is not needed")
    func shownToItsMaker() async throws {
        let house = try await house()
        let north = try #require(SiteID("north"))
        let body = #"{"kind":"spots.shown","device":"S1","purpose":"x"}"#
        let blind = Grants(sites: [.main: [.manageDevices], north: [.viewDevices]])
        #expect(await code { try await call(house, .post, "/api/links", blind, body: body) }?.code == .notFound)
        #expect(try await links(house).isEmpty && house.audit.entries.last?.action != .makeLink)
        let seeing = Grants(sites: [.main: [.manageDevices, .viewDevices]])
        let (id, _) = try await make(house, seeing, kind: Self.shown)
        let found = try await call(house, .get, "/api/links", blind, device: "S1")
        #expect(found?["links"]?.elements.map { $0["id"]?.text } == [id])
        _ = try await call(house, .delete, "/api/links/{id}", blind, id: id)
        #expect(try await links(house).first?["open"] == .boolean(false))
    }

    @Test("A device has twenty links that open something, the hub so many in all, and what is long over makes room")
    func bounded() async throws {
        let house = try await house()
        var first: String?
        for _ in 0..<LinkTable.maximumPerSubject {
            let id = try await make(house).id
            first = first ?? id
        }
        #expect(await code { try await make(house) }?.code == .limitReached)
        _ = try await call(house, .delete, "/api/links/{id}", id: try #require(first))
        _ = try await make(house)
        let device = try house.id("S1")
        func insert(_ table: LinkTable, after days: Int64) async throws {
            let now = house.clock.now().advanced(bySeconds: days * 86_400)
            let grant = LinkGrant(id: "link-of-some-length-\(days)", kind: Self.kind, device: device, site: .main)
            try await house.line.perform { line in
                try table.insert(
                    LinkRecord(
                        grant, purpose: "x", maker: "anna", createdAt: now, expiresAt: now.advanced(bySeconds: 60)),
                    SecretKey(.link), in: line.transaction())
            }
        }
        // Those of thirty days are over, and still in the list, where they give way; 91 days later they are not in it.
        #expect(await code { try await insert(LinkTable(limit: 1), after: 31) }?.code == .limitReached)
        try await insert(LinkTable(limit: 21), after: 31)
        try await insert(LinkTable(limit: 2), after: 122)
    }

    @Test(
        "At one site so many links are open, whatever they are of, and other sites have theirs; what is over makes room"
    )
    func boundedAtSite() async throws {
        let house = try await house()
        let (device, north) = (try house.id("S1"), try #require(SiteID("north")))
        let table = LinkTable(limitOfSite: 3)
        func insert(_ device: DeviceID?, at site: SiteID = .main, days: Int64 = 30) async throws -> String {
            let now = house.clock.now()
            let link = LinkRecord(
                LinkGrant(
                    id: String(SecretKey(.link).text.dropFirst(4)), kind: device == nil ? Self.ofSite : Self.kind,
                    device: device, site: site),
                purpose: "x", maker: "anna", createdAt: now, expiresAt: now.advanced(bySeconds: days * 86_400))
            try await house.line.perform { try table.insert(link, SecretKey(.link), in: $0.transaction()) }
            return link.grant.id
        }
        _ = try await insert(device)
        _ = try await insert(device, days: 1)
        let last = try await insert(nil)
        for device in [device, nil] {
            let refusal = await code { try await insert(device) }
            #expect(
                refusal
                    == Refusal(
                        .limitReached, "3 links of what is at the site main are open already: revoke one first."))
        }
        for _ in 0..<3 { _ = try await insert(nil, at: north) }
        #expect(await code { try await insert(nil, at: north) }?.code == .limitReached)
        // One that was revoked, and then one that has expired.
        _ = try await call(house, .delete, "/api/links/{id}", id: last)
        _ = try await insert(device)
        #expect(await code { try await insert(device) }?.code == .limitReached)
        house.clock.move(seconds: 86_400)
        _ = try await insert(device)
        #expect(await code { try await insert(device) }?.code == .limitReached)
    }

    @Test(
        "What is asked for must be whole",
        arguments: [
            #"{"device":"S1","purpose":"x"}"#, #"{"kind":"nothing","device":"S1","purpose":"x"}"#,
            #"{"kind":"spots.history","device":"S1","purpose":" "}"#, #"{"kind":"spots.history","device":"S1"}"#,
            #"{"kind":"spots.history","device":"S1","purpose":"x","days":0}"#,
            #"{"kind":"spots.history","device":"S1","purpose":"x","days":3661}"#,
            #"{"kind":"spots.history","device":"?","purpose":"x"}"#, #"[]"#,
        ])
    func badRequests(_ body: String) async throws {
        let house = try await house()
        #expect(await code { try await call(house, .post, "/api/links", body: body) }?.code.httpStatus == 400)
        #expect(try await links(house).isEmpty)
    }

    @Test("A link of a site is made by anyone who has the right there, and shows that site and no device")
    func ofSites() async throws {
        let house = try await house()
        let north = try #require(SiteID("north"))
        try await house.write { try $0.addSite(north, title: "North", by: $1, in: $2) }
        let body = #"{"kind":"spots.of-site","site":"north","purpose":"the board"}"#
        let grants = Grants(sites: [north: [.manageDevices]])
        for other in [Grants(), Grants(everywhere: [.viewDevices]), Grants(sites: [.main: .all])] {
            #expect(await code { try await call(house, .post, "/api/links", other, body: body) }?.code == .notFound)
        }
        let made = try #require(try await call(house, .post, "/api/links", grants, body: body))
        let key = try #require(made["key"]?.text)
        #expect(made["device"] == .null && made["site"]?.text == "north" && made["path"]?.text == "/api/y/\(key).csv")
        let door = LinkDoor(database: house.database, kinds: Self.kinds, uses: house.linkUses)
        let caller = try await open(door, house, key, kind: Self.ofSite)
        guard case .link(let grant) = caller.identity else {
            Issue.record("\(caller)")
            return
        }
        #expect(grant.device == nil)
        #expect(try RouteAccess.link(Self.ofSite).scope(for: caller) == .sites([north]))
        #expect(house.audit.entries.last?.target == "site:north")
        // Of a site as a whole there are twenty as well, and those of its devices are not among them.
        for _ in 1..<LinkTable.maximumPerSubject { _ = try await call(house, .post, "/api/links", grants, body: body) }
        #expect(await code { try await call(house, .post, "/api/links", grants, body: body) }?.code == .limitReached)
        _ = try await make(house)
    }

    @Test(
        "A kind of devices takes a device and a kind of sites a site, and neither takes both",
        arguments: [
            #"{"kind":"spots.history","site":"main","purpose":"x"}"#,
            #"{"kind":"spots.history","device":"S1","site":"main","purpose":"x"}"#,
            #"{"kind":"spots.of-site","device":"S1","purpose":"x"}"#,
            #"{"kind":"spots.of-site","device":"S1","site":"main","purpose":"x"}"#,
            #"{"kind":"spots.of-site","site":"no such name","purpose":"x"}"#,
        ])
    func subjects(_ body: String) async throws {
        let house = try await house()
        #expect(await code { try await call(house, .post, "/api/links", body: body) }?.code.httpStatus == 400)
    }

    @Test("The list comes in pages, in which nothing is twice or left out, and has only what one may revoke")
    func pages() async throws {
        let house = try await house()
        let north = try #require(SiteID("north"))
        try await house.write { try $0.addSite(north, title: "North", by: $1, in: $2) }
        _ = try await house.add("S2")
        var random = SeededRandom(9)
        var made: [(id: String, at: Timestamp, site: String)] = []
        for number in 0..<30 {
            // Several in one instant.
            if Bool.random(using: &random) { house.clock.move(seconds: 1) }
            let body =
                switch number % 3 {
                case 0: #"{"kind":"spots.of-site","site":"north","purpose":"x"}"#
                case 1: #"{"kind":"spots.of-site","site":"main","purpose":"x"}"#
                default: #"{"kind":"spots.other","device":"\#(number < 15 ? "S1" : "S2")","purpose":"x"}"#
                }
            let link = try #require(try await call(house, .post, "/api/links", body: body))
            made.append(
                (try #require(link["id"]?.text), house.clock.now(), number % 3 == 0 ? "north" : "main"))
        }
        made.sort { ($1.at, $0.id) < ($0.at, $1.id) }
        func walk(_ limit: Int, _ grants: Grants, _ more: [(name: String, value: String)] = []) async throws -> [String]
        {
            var (ids, after) = ([String](), String?.none)
            while true {
                let query = more + [("limit", "\(limit)")] + (after.map { [("after", $0)] } ?? [])
                let page = try #require(try await call(house, .get, "/api/links", grants, query: query))
                let rows = page["links"]?.elements.compactMap { $0["id"]?.text } ?? []
                #expect(rows.count <= limit && !rows.isEmpty)
                ids += rows
                after = page["next"]?.text
                if after == nil { return ids }
                #expect(rows.count == limit && after == rows.last)
            }
        }
        let everything = Grants(everywhere: .all)
        for limit in [1, 7, 10, 30, 500] { #expect(try await walk(limit, everything) == made.map(\.id)) }
        let there = Grants(sites: [north: [.manageDevices]])
        #expect(try await walk(4, there) == made.filter { $0.site == "north" }.map(\.id))
        #expect(try await walk(4, everything, [("site", "main")]) == made.filter { $0.site == "main" }.map(\.id))
        #expect(try await walk(2, everything, [("device", "S1"), ("site", "main")]).count == 5)
        for query in [("after", "no-such-link"), ("limit", "0"), ("limit", "501"), ("site", "?")] {
            #expect(await code { try await call(house, .get, "/api/links", query: [query]) }?.code == .invalidParameter)
        }
        for (site, grants) in [("nowhere", everything), ("main", there)] {
            let refusal = await code { try await call(house, .get, "/api/links", grants, query: [("site", site)]) }
            #expect(refusal?.code == .notFound)
        }
    }
}
