import HubModel
import HubTesting
import SolutionKit
import Testing

@Suite struct CatalogueTests {
    private func manifest(
        _ id: String, kinds: [Declared<DeviceKind>] = [], rights: [TopicRights] = [],
        permissions: [Declared<Permission>] = [], actions: [Declared<AuditAction>] = [], grants: [RoleGrant] = [],
        features: Set<BrowserFeature> = [], worker: String? = nil, links: [LinkDeclaration] = [],
        needs: Permission = .viewSystem
    ) -> SolutionManifest {
        SolutionManifest(
            id: id, title: id, path: "/\(id)", kinds: kinds, topics: [], rights: rights, permissions: permissions,
            auditActions: actions, grants: grants, links: links, browserFeatures: features, worker: worker,
            needs: needs)
    }

    private static let fill = Permission("tanks.fill")
    private static let tank = DeviceKind("tank")

    @Test("What solutions declare comes after what the hub declares, with their names")
    func order() throws {
        let catalogue = try Catalogue([
            manifest("tanks", kinds: [Declared(Self.tank, "Tank")], permissions: [Declared(Self.fill, "Fill tanks")]),
            manifest("doors", actions: [Declared(AuditAction("door.open"), "Open a door")]),
        ])
        #expect(catalogue.permissions.count == Permission.ofHub.count + 1)
        #expect(catalogue.permissions.last?.solution == "tanks" && catalogue.permissions.first?.solution == nil)
        #expect(catalogue.auditActions.last?.declared.summary == "Open a door")
        #expect(catalogue.kinds.map(\.declared.name) == [Self.tank])
        #expect(catalogue.roles.permissions(of: .admin)?.contains(Self.fill) == true)
    }

    @Test("A name that two declare is refused, also one of the hub's")
    func duplicates() {
        let twice = [Declared(Self.fill, "Fill"), Declared(Self.fill, "Fill again")]
        #expect(throws: CatalogueError.duplicate("tanks.fill")) { try Catalogue([manifest("a", permissions: twice)]) }
        #expect(throws: CatalogueError.duplicate("audit.view")) {
            try Catalogue([manifest("a", permissions: [Declared(.viewAudit, "See")])])
        }
        #expect(throws: CatalogueError.duplicate("tank")) {
            try Catalogue([
                manifest("a", kinds: [Declared(Self.tank, "Tank")]),
                manifest("b", kinds: [Declared(Self.tank, "Tank")]),
            ])
        }
    }

    @Test("What nobody declares can be needed, granted or given topics by nobody")
    func undeclared() {
        #expect(throws: CatalogueError.self) { try Catalogue([manifest("a", needs: Self.fill)]) }
        #expect(throws: CatalogueError.self) {
            try Catalogue([manifest("a", grants: [RoleGrant(.staff, [Self.fill])])])
        }
        #expect(throws: CatalogueError.undeclared("tank", by: "a")) {
            try Catalogue([manifest("a", rights: [TopicRights(Self.tank, publish: ["t"], subscribe: [])])])
        }
        func link(_ needs: Permission, _ shows: Permission) -> [LinkDeclaration] {
            [LinkDeclaration(Declared(LinkKind("l"), "l"), .site, needs: needs, shows: shows, path: "/{key}")]
        }
        let device = ThingDeclaration("device") { _, _ in nil }
        #expect(throws: CatalogueError.duplicate("device")) {
            try Catalogue([
                manifest(
                    "a",
                    links: [
                        LinkDeclaration(
                            Declared(LinkKind("l"), "l"), .thing(device), needs: .viewSystem, shows: .viewSystem,
                            path: "/{key}")
                    ])
            ])
        }
        for links in [link(Self.fill, .viewSystem), link(.viewSystem, Self.fill)] {
            #expect(throws: CatalogueError.undeclared("tanks.fill", by: "a")) {
                try Catalogue([manifest("a", links: links)])
            }
        }
        #expect(throws: CatalogueError.self) {
            try Catalogue([manifest("a")], commands: [CommandForm(Self.tank, see: .viewSystem, give: .viewSystem)])
        }
    }

    @Test("A service worker is a file of the solution's own pages")
    func worker() throws {
        _ = try Catalogue([manifest("tanks", worker: "/tanks/worker.js")])
        for path in ["/worker.js", "/doors/worker.js", "tanks/worker.js", "/tanksx/worker.js"] {
            #expect(throws: CatalogueError.outside(path, of: "tanks")) {
                try Catalogue([manifest("tanks", worker: path)])
            }
        }
    }

    @Test("A route that needs what nobody declares is refused at the start")
    func routes() throws {
        let catalogue = try Catalogue([manifest("tanks", kinds: [Declared(Self.tank, "Tank")])])
        func check(_ access: RouteAccess) throws {
            try catalogue.check([
                Route(.get, "/api/x", access: access, summary: "x", answers: [.empty()]) { _ in .empty() }
            ])
        }
        for access in [RouteAccess.anyone, .signedIn, .hub(.viewAudit), .device(Self.tank)] { try check(access) }
        for access in [RouteAccess.site(Self.fill), .device(DeviceKind("door")), .link(LinkKind("door"))] {
            #expect(throws: CatalogueError.self) { try check(access) }
        }
    }

    @Test("A route takes the key of a link in its path where the path has it, and in a header field where it has not")
    func keyPlaces() throws {
        let kind = LinkKind("tanks.level")
        let catalogue = try Catalogue([
            manifest(
                "tanks",
                links: [
                    LinkDeclaration(
                        Declared(kind, "A level"), .site, needs: .viewSystem, shows: .viewSystem, path: "/{key}")
                ])
        ])
        func check(_ path: String, _ place: LinkKeyPlace) throws {
            try catalogue.check([
                Route(.get, path, access: .link(kind, key: place), summary: "x", answers: [.empty()]) { _ in .empty() }
            ])
        }
        try check("/api/levels/{key}/sheet", .path)
        try check("/api/levels/{id}", .header)
        for (path, place) in [("/api/levels", LinkKeyPlace.path), ("/api/levels/{key}", .header)] {
            #expect(throws: CatalogueError.misplacedKey("GET \(path)")) { try check(path, place) }
        }
    }

    @Test("The route shows all of it, and a page that has it is told so")
    func shown() async throws {
        let fill = DeclaredCommand(
            "fill", "Fill it",
            parameters: [
                CommandParameter("to", "Up to", .choice([.init("top", "The top"), .init("half", "Half")])),
                CommandParameter("litres", "Litres", .whole(1...9, standard: 3), only: .init("to", is: "half")),
            ])
        let catalogue = try Catalogue(
            [
                manifest("tanks", kinds: [Declared(Self.tank, "Tank")], features: [.geolocation, .camera]),
                manifest("doors"),
            ],
            commands: [
                CommandForm(
                    Self.tank, see: .viewSystem, give: .viewAudit, liveTopic: DeviceTopic("tanks/{id}/commands"),
                    commands: [fill], takesOthers: false)
            ])
        let answer = try await catalogue.route.handler(
            RouteRequest(
                path: [:], query: [], accept: nil, body: [], receivedAt: Timestamp(seconds: 0),
                caller: Caller(.anonymous), scope: .all, transport: RequestTransport()))
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains(#""kinds":[{"id":"tank","title":"Tank"}],"browser_features":["camera","geolocation"]"#))
        #expect(text.contains(#""kinds":[],"browser_features":[]"#))
        #expect(text.contains(#"{"id":"sign_in","summary":"Sign in"}"#))
        let form = try #require(try JSONTree(answer.body)["commands"]?.elements.first)
        #expect(
            try form
                == JSONTree(
                    Array(
                        #"""
                        {"kind":"tank","see":"system.view","give":"audit.view","live_topic":"tanks/{id}/commands","takes_others":false,
                        "commands":[{"id":"fill","summary":"Fill it","parameters":[
                        {"id":"to","summary":"Up to","choice":[{"id":"top","summary":"The top"},{"id":"half","summary":"Half"}]},
                        {"id":"litres","summary":"Litres","whole":{"minimum":1,"maximum":9,"standard":3},
                        "only":{"parameter":"to","is":"half"}}]}]}
                        """#.utf8)))
        #expect(answer.headers.contains { $0.name == "ETag" && $0.value.hasPrefix("\"") })
    }
}
