import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// What people and their programs tried in vain, as the gate tells it the audit.
struct RefusalAuditTests {
    let house: PeopleHouse
    let gate: Gatekeeper

    init() async throws {
        house = try await PeopleHouse()
        let people = house.people
        gate = Gatekeeper(
            people: people,
            devices: DeviceAdmission(
                database: house.database, line: house.line, rights: DeviceRights([Spots()]), clock: house.clock,
                passwords: .trivial
            ) { token, transport, instant in
                try await people.caller(bearer: token, transport: transport, at: instant)
            }, links: LinkDoor(database: house.database, kinds: [], uses: LinkUses(line: house.line)),
            rates: GateRates(perAddress: .unlimited, perAccount: .unlimited, perDevice: .unlimited)
        ) { _ in }
    }

    private static func route(_ method: Route.Method, _ path: String, _ access: RouteAccess) -> Route {
        Route(method, path, access: access, summary: "", answers: [.empty()]) { _ in
            throw Refusal(.notFound, "nothing is asked here")
        }
    }

    private static let people = route(.post, "/api/users", .hub(.manageUsers))
    private let ben = Caller(.person(account: "b", name: "ben", session: "s"), address: "192.0.2.1")

    private func refuse(_ caller: Caller, _ route: Route, _ code: RefusalCode) async {
        await gate.note(
            RefusedRequest(
                caller: caller, route: route, path: route.path, code: code, receivedAt: house.clock.now()))
    }

    private var told: [AuditEntry] { house.audit.entries.filter { $0.action == .request } }

    @Test func itSaysWhoWantedWhatFromWhere() async throws {
        await refuse(ben, RefusalAuditTests.people, .forbidden)
        let entry = try #require(told.first)
        #expect(entry.caller == ben && entry.outcome == .refused && entry.target == "/api/users")
        #expect(
            entry.facts.map { "\($0.name)=\($0.value)" } == ["method=POST", "route=/api/users", "code=forbidden"])
    }

    @Test func onlyWhatSomebodyWantedToChangeOrTheAuditIsWorthIt() async throws {
        let device = try #require(DeviceID("SPOT001"))
        let (get, lots) = (RouteAccess.hub(.manageUsers), RouteAccess.site(.manageParking))
        for (caller, method, access, code, isTold) in [
            (ben, .get, get, .forbidden, false), (ben, .get, .hub(.viewAudit), .forbidden, true),
            (ben, .delete, get, .conflict, true), (ben, .get, get, .conflict, false),
            (ben, .post, .site(.manageDevices), .conflict, true), (ben, .post, .hub(.manageSettings), .conflict, true),
            (ben, .post, lots, .conflict, false), (ben, .post, lots, .forbidden, true),
            (ben, .post, get, .notFound, false), (ben, .post, get, .malformedJSON, false),
            (Caller(.token(account: "b", name: "ben", token: "t")), .post, .signedIn, .forbidden, true),
            (Caller(.anonymous), .post, get, .forbidden, false),
            (Caller(.device(device, .parking, site: .main)), .post, lots, .forbidden, false),
        ] as [(Caller, Route.Method, RouteAccess, RefusalCode, Bool)] {
            let before = told.count
            await refuse(caller, RefusalAuditTests.route(method, "/api/x", access), code)
            #expect(told.count == before + (isTold ? 1 : 0), "\(caller.identity) \(method) \(access) \(code)")
        }
    }

    @Test func nobodyFillsTheAudit() async throws {
        for _ in 0..<100 { await refuse(ben, RefusalAuditTests.people, .forbidden) }
        #expect(told.count == 10)
        // Others are heard all the same.
        await refuse(
            Caller(.person(account: "c", name: "carl", session: "s")), RefusalAuditTests.people, .forbidden)
        #expect(told.count == 11)
        house.clock.move(seconds: 6)
        await refuse(ben, RefusalAuditTests.people, .forbidden)
        #expect(told.count == 12)
        #expect(told.last?.facts.last.map { "\($0.name)=\($0.value)" } == "left_out=90")
    }

    @Test func whatCouldNotBeWrittenIsToldOfByTheNext() async throws {
        house.audit.refuses(true)
        for _ in 0..<3 { await refuse(ben, RefusalAuditTests.people, .forbidden) }
        house.audit.refuses(false)
        #expect(told.isEmpty)
        await refuse(ben, RefusalAuditTests.people, .forbidden)
        #expect(told.last?.facts.last.map { "\($0.name)=\($0.value)" } == "left_out=3")
        await refuse(ben, RefusalAuditTests.people, .forbidden)
        #expect(told.last?.facts.last?.name == "code")
    }
}
