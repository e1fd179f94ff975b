import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

@Suite struct DevicesRoutesTests {
    /// Calls a route as the web would: with the caller's scope.
    private func call(
        _ house: DevicesHouse, _ method: Route.Method, _ path: String, _ grants: Grants = Grants(everywhere: .all),
        body: String = "", query: [(name: String, value: String)] = []
    ) async throws -> (status: Int, body: String) {
        let routes = DeviceRoutes(
            services: WebServices(
                database: house.database, history: NotedHistory(), line: house.line, devices: UntouchedBooks(),
                commands: UntouchedBooks(), audit: house.audit, clock: house.clock),
            administration: house.administration, refusedUnknown: { 7 }, isConnected: { $0.text == "S1" }
        ).all
        let levels = path.split(separator: "/").map(String.init)
        for route in routes where route.method == method {
            let pattern = route.path.split(separator: "/").map(String.init)
            guard pattern.count == levels.count, zip(pattern, levels).allSatisfy({ $0 == "{id}" || $0 == $1 }) else {
                continue
            }
            let caller = Caller(.person(account: "a", name: "anna", session: "s"), grants: grants)
            let parameters = pattern.firstIndex(of: "{id}").map { ["id": levels[$0]] } ?? [:]
            let response = try await route.answer(
                RouteRequest(
                    path: parameters, query: query, accept: nil, body: Array(body.utf8), receivedAt: house.clock.now(),
                    caller: caller, scope: try route.access.scope(for: caller), transport: RequestTransport()))
            #expect(route.answers.contains { $0.status == response.status })
            return (response.status, String(decoding: response.body, as: UTF8.self))
        }
        throw Refusal(.notFound, "no route \(path)")
    }

    private func code(_ work: () async throws -> (status: Int, body: String)) async -> String {
        do {
            let answer = try await work()
            return "\(answer.status)"
        } catch let refusal as Refusal {
            return refusal.code.rawValue
        } catch {
            return "\(error)"
        }
    }

    @Test func peopleOfOneSiteSeeAndChangeNothingOfAnother() async throws {
        let house = try await DevicesHouse()
        let north = try #require(SiteID("north"))
        try await house.write { try $0.addSite(north, title: "North", by: $1, in: $2) }
        _ = try await house.add("S1", site: north)
        _ = try await house.add("S2")
        let grants = Grants(sites: [north: [.viewDevices, .manageDevices, .manageSettings]])
        let list = try await call(house, .get, "/api/devices", grants).body
        #expect(list.contains("\"S1\"") && !list.contains("\"S2\"") && list.contains("\"active\":1"))
        #expect(
            try await call(house, .get, "/api/sites", grants).body == """
                {"sites":[{"id":"north","title":"North","devices":1}]}
                """)
        #expect(await code { try await call(house, .get, "/api/devices/S1", grants) } == "200")
        for (method, path, body) in [
            (Route.Method.get, "/api/devices/S2", ""), (.delete, "/api/devices/S2", ""),
            (.post, "/api/devices/S2/rotate", ""), (.post, "/api/devices/S2/disable", ""),
            (.put, "/api/devices/S2", #"{"site":"north"}"#), (.put, "/api/devices/S1", #"{"site":"main"}"#),
            (.put, "/api/devices/S1", #"{"controller":"S2"}"#), (.put, "/api/sites/main", #"{"title":"x"}"#),
            (.post, "/api/devices", #"{"id":"S3","kind":"parking","site":"main"}"#),
        ] {
            #expect(await code { try await call(house, method, path, grants, body: body) } == "not_found", "\(path)")
        }
        for (path, body) in [
            ("/api/join", #"{"minutes":5}"#), ("/api/devices/S9/approve", #"{"credential":"new"}"#),
            ("/api/devices/S9/reject", ""), ("/api/sites", #"{"id":"x","title":"x"}"#),
        ] {
            #expect(await code { try await call(house, .post, path, grants, body: body) } == "forbidden", "\(path)")
        }
        let kept = try await house.database.read { try DeviceRegistry().devices(DeviceFilter(), limit: 9, in: $0) }
        #expect(kept.map(\.site) == [north, .main] && kept.allSatisfy { $0.state == .active && $0.controller == nil })
    }

    @Test func aDeviceIsAddedChangedRotatedAndRemoved() async throws {
        let house = try await DevicesHouse()
        let added = try await call(house, .post, "/api/devices", body: #"{"id":"S1","kind":"parking"}"#)
        #expect(added.status == 201 && added.body.contains("\"key\":\"mdk_"))
        #expect(added.body.contains("\"last_seen\":null") && added.body.contains("\"connected\":true"))
        #expect(
            await code { try await call(house, .post, "/api/devices", body: #"{"id":"S1","kind":"parking"}"#) }
                == "conflict")
        #expect(
            await code { try await call(house, .post, "/api/devices", body: #"{"id":"M","kind":"module"}"#) }
                == "value_out_of_range")
        #expect(
            await code { try await call(house, .post, "/api/devices", body: #"{"id":"a b","kind":"parking"}"#) }
                == "invalid_id")
        #expect(await code { try await call(house, .post, "/api/devices", body: #"{"id":"S1"}"#) } == "missing_field")
        #expect(
            await code { try await call(house, .put, "/api/devices/S1", body: #"{"controller":"S1"}"#) }
                == "invalid_parameter")
        let rotated = try await call(house, .post, "/api/devices/S1/rotate").body
        #expect(rotated.contains("\"key\":\"mdk_"))
        #expect(!(try await call(house, .get, "/api/devices/S1").body.contains("mdk_")))
        #expect(try await call(house, .post, "/api/devices/S1/disable").body.contains("\"state\":\"disabled\""))
        #expect(await code { try await call(house, .delete, "/api/devices/S1") } == "204")
        #expect(await code { try await call(house, .get, "/api/devices/S1") } == "not_found")
        #expect(house.audit.entries.map(\.action) == [.addDevice, .rotateDevice, .disableDevice, .removeDevice])
        for entry in house.audit.entries {
            #expect(!"\(entry)".contains("mdk_"))
        }
    }

    @Test func pagesOfTheListHoldEveryDeviceOnceAlsoThoseThatWait() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        for name in ["a1", "b_1", "C1", "d1"] { _ = try await house.add(name) }
        for name in ["B1", "a2", "z"] { _ = await house.knock(name, nil) }
        var (names, after): ([String], String?) = ([], nil)
        repeat {
            let query = [("limit", "2")] + (after.map { [("after", $0)] } ?? [])
            let body = try await call(house, .get, "/api/devices", query: query.map { (name: $0.0, value: $0.1) }).body
            names += body.matches(of: /"id":"([^"]*)"/).map { String($0.1) }
            after = body.firstMatch(of: /"next":"([^"]*)"/).map { String($0.1) }
        } while after != nil && names.count < 20
        #expect(names == ["B1", "C1", "a1", "a2", "b_1", "d1", "z"])
        let waiting = try await call(house, .get, "/api/devices", query: [(name: "state", value: "pending")]).body
        #expect(waiting.contains("\"pending\":3") && waiting.contains("\"refused\":7") && !waiting.contains("\"a1\""))
        let found = try await call(house, .get, "/api/devices", query: [(name: "q", value: "b_")]).body
        #expect(found.contains("\"b_1\"") && !found.contains("\"B1\""))
        #expect(
            await code { try await call(house, .get, "/api/devices", query: [(name: "state", value: "removed")]) }
                == "invalid_parameter")
    }

    @Test func theWindowIsOpenedForMinutesAndWhatWaitsIsApproved() async throws {
        let house = try await DevicesHouse()
        #expect(
            await code { try await call(house, .post, "/api/join", body: #"{"minutes":61}"#) } == "value_out_of_range")
        #expect(await code { try await call(house, .post, "/api/join", body: #"{"minutes":5}"#) } == "200")
        #expect(await house.knock("S7", "a password of its own") == "pending S7")
        #expect(try await call(house, .get, "/api/devices/S7").body.contains("\"offers_password\":true"))
        #expect(
            await code { try await call(house, .post, "/api/devices/S7/approve", body: #"{"credential":"new"}"#) }
                == "missing_field")
        let approved = try await call(
            house, .post, "/api/devices/S7/approve", body: #"{"credential":"new","kind":"parking"}"#
        ).body
        #expect(approved.contains("\"key\":\"mdk_") && approved.contains("\"state\":\"active\""))
        #expect(await code { try await call(house, .delete, "/api/join") } == "204")
        #expect(await house.knock("S8", "a password of its own") == "bad_credentials")
    }

    @Test func whatCannotBeAuditedIsNotDone() async throws {
        let house = try await DevicesHouse()
        let administration = DeviceAdministration(rights: house.rights, audit: BrokenAudit())
        let (id, administrator) = (try house.id("S1"), house.administrator())
        await #expect(throws: BrokenAudit.Broken.self) {
            _ = try await house.line.perform {
                try administration.add(id, kind: .parking, by: administrator, in: $0.transaction()).device
            }
        }
        let devices = try await house.database.read { try DeviceRegistry().devices(DeviceFilter(), limit: 9, in: $0) }
        #expect(devices.isEmpty)
    }
}
