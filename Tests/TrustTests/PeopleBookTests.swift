import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// People as routes of solutions look after them. What is refused is the same on the stage for solutions (`FakePeople`).
@Suite struct PeopleBookTests {
    private struct Undone: Error {}

    private let admin = Caller(
        .person(account: "a", name: "anna", session: "s"), grants: Grants(everywhere: .all), address: "192.0.2.7")
    private let manager = Caller(
        .person(account: "m", name: "mia", session: "s"), grants: Grants(everywhere: [.manageUsers, .viewSystem]))

    @discardableResult
    private func add(
        _ name: String, _ roles: [RoleAssignment] = [RoleAssignment(.viewer)], password: String? = PeopleHouse.password,
        by caller: Caller? = nil, in book: any PeopleBook, _ line: DirectLine
    ) async throws -> Person {
        let caller = caller ?? admin
        let hashed = try await book.password(password, for: name, by: caller)
        return try await line.perform { try book.add(with: hashed, roles: roles, by: caller, in: &$0) }
    }

    @Test("somebody whom a solution adds signs in, with another password then, and no more when disabled or removed")
    func living() async throws {
        let house = try await PeopleHouse()
        let (book, line, admin) = (house.people, house.line, admin)
        let ben = try await add("Ben", [RoleAssignment(.operate, at: .main)], in: book, line)
        #expect(ben.name == "ben" && ben.isEnabled && ben.lastSignInAt == nil && ben.createdAt == house.clock.now())
        #expect(ben.roles == [RoleAssignment(.operate, at: .main)])
        _ = try await house.signIn("ben")
        let made = try await book.password(nil, for: "ben", by: admin)
        let secret = try #require(made.made)
        try await line.perform { _ = try book.setPassword(made, by: admin, in: &$0) }
        #expect(await refusal { _ = try await house.signIn("ben") } == .badCredentials)
        _ = try await house.signIn("ben", secret.text)
        let seen = try await house.database.read { try book.people(for: admin, in: $0) }
        #expect(seen.map(\.name) == ["ben"] && seen.first?.lastSignInAt != nil && seen.first?.id == ben.id)
        let off = try await line.perform { try book.setEnabled(false, "BEN", by: admin, in: &$0) }
        #expect(!off.isEnabled)
        #expect(await refusal { _ = try await house.signIn("ben", secret.text) } == .badCredentials)
        try await line.perform { _ = try book.setEnabled(true, "ben", by: admin, in: &$0) }
        _ = try await house.signIn("ben", secret.text)
        let staff = try await line.perform {
            try book.setRoles(of: "ben", to: [RoleAssignment(.staff)], by: admin, in: &$0)
        }
        #expect(staff.roles == [RoleAssignment(.staff)])
        try await line.perform { try book.remove("ben", by: admin, in: &$0) }
        #expect(await refusal { _ = try await house.signIn("ben", secret.text) } == .badCredentials)
        for (action, count) in [
            (AuditAction.addUser, 1), (.changePassword, 1), (.disableUser, 1), (.enableUser, 1), (.removeUser, 1),
        ] { #expect(house.count(action) == count, "\(action)") }
        let told = "\(house.audit.entries)"
        #expect(!told.contains(secret.text) && !told.contains(PeopleHouse.password) && !told.contains(made.hash))
    }

    @Test("what is undone with the rest of a change leaves nobody, and nobody's password changed")
    func undone() async throws {
        let house = try await PeopleHouse()
        let (book, line, admin) = (house.people, house.line, admin)
        let first = try await book.password(PeopleHouse.password, for: "ben", by: admin)
        await #expect(throws: Undone.self) {
            try await line.perform { line in
                _ = try book.add(with: first, roles: [], by: admin, in: &line)
                throw Undone()
            }
        }
        #expect(try await house.database.read { try book.people(for: admin, in: $0) }.isEmpty)
        try await add("ben", in: book, line)
        let second = try await book.password("another long passphrase", for: "ben", by: admin)
        await #expect(throws: Undone.self) {
            try await line.perform { line in
                _ = try book.setPassword(second, by: admin, in: &line)
                throw Undone()
            }
        }
        _ = try await house.signIn("ben")
    }

    @Test("a password is for the name for which it was checked, and only a hash of the hub's own is stored")
    func hashes() async throws {
        let house = try await PeopleHouse()
        let (book, line, admin) = (house.people, house.line, admin)
        try await add("ben", in: book, line)
        let carla = try await book.password("another long passphrase", for: "carla", by: admin)
        #expect(
            await refusal { try await line.perform { _ = try book.setPassword(carla, by: admin, in: &$0) } }
                == .notFound)
        let foreign = try await FakePeople().password(PeopleHouse.password, for: "dora", by: admin)
        #expect(
            await refusal {
                try await line.perform { _ = try book.add(with: foreign, roles: [], by: admin, in: &$0) }
            } == .internalFailure)
        #expect(try await house.database.read { try AccountTable.count(in: $0) } == 1)
    }

    @Test("a hub that has as many people as it may adds nobody")
    func limit() async throws {
        let house = try await PeopleHouse()
        let (book, line, admin) = (house.people, house.line, admin)
        let hash = try await book.password(PeopleHouse.password, for: "p0", by: admin).hash
        try await line.perform { line in
            for number in 0..<PeopleAdministration.accountLimit {
                let password = HashedPassword(for: "p\(number)", hash: hash, made: nil)
                _ = try book.add(with: password, roles: [], by: admin, in: &line)
            }
        }
        #expect(await refusal { try await add("ben", in: book, line) } == .limitReached)
    }

    @Test("a route that catches what is refused and goes on leaves nothing of it behind")
    func caught() async throws {
        let house = try await PeopleHouse()
        let (book, line, admin) = (house.people, house.line, admin)
        try await add("anna", [RoleAssignment(.admin)], in: book, line)
        let refused = try await line.perform { line in
            var refused = 0
            do { _ = try book.setRoles(of: "anna", to: [], by: admin, in: &line) } catch is Refusal { refused += 1 }
            do { _ = try book.setEnabled(false, "anna", by: admin, in: &line) } catch is Refusal { refused += 1 }
            do { try book.remove("anna", by: admin, in: &line) } catch is Refusal { refused += 1 }
            return refused
        }
        #expect(refused == 3, "the last admin stays one")
        let anna = try await house.database.read { try book.person("anna", for: admin, in: $0) }
        #expect(anna.roles == [RoleAssignment(.admin)] && anna.isEnabled)
        _ = try await house.signIn("anna")
    }

    enum Which: CaseIterable { case hub, stage }

    @Test(
        "who somebody is stays known to a solution while there is somebody of the identifier", arguments: Which.allCases
    )
    func known(_ which: Which) async throws {
        let house = try await PeopleHouse()
        let book: any PeopleBook = which == .hub ? house.people : FakePeople(roles: .ofTests)
        let (line, admin, database) = (house.line, admin, house.database)
        let ben = try await add("Ben", in: book, line)
        func known() async throws -> KnownPerson? { try await database.read { try book.known(ben.id, in: $0) } }
        #expect(try await known() == KnownPerson(id: ben.id, name: "ben", isEnabled: true))
        #expect(try await database.read { try book.known("ben", in: $0) } == nil)
        try await line.perform { _ = try book.setEnabled(false, "ben", by: admin, in: &$0) }
        #expect(try await known() == KnownPerson(id: ben.id, name: "ben", isEnabled: false))
        try await line.perform { _ = try book.setEnabled(true, "ben", by: admin, in: &$0) }
        #expect(try await known()?.isEnabled == true)
        try await line.perform { try book.remove("ben", by: admin, in: &$0) }
        let next = try await add("Ben", in: book, line)
        #expect(try await known() == nil && next.id != ben.id)
        #expect(try await database.read { try NoPeople().known(next.id, in: $0) } == nil)
    }

    @Test("the book itself refuses what may not be, on the hub and on the stage alike", arguments: Which.allCases)
    func refusals(_ which: Which) async throws {
        let house = try await PeopleHouse()
        let book: any PeopleBook = which == .hub ? house.people : FakePeople(roles: .ofTests, sites: [.main])
        let (line, admin, manager, database) = (house.line, admin, manager, house.database)
        let anna = try await add("anna", [RoleAssignment(.admin)], in: book, line)
        try await add("ben", in: book, line)
        let later = try await book.password(PeopleHouse.password, for: "ben", by: admin)

        func all(_ caller: Caller, of name: String = "ben") async -> [RefusalCode?] {
            [
                await refusal { _ = try await book.password(PeopleHouse.password, for: "zoe", by: caller) },
                await refusal { _ = try await database.read { try book.people(for: caller, in: $0) } },
                await refusal { _ = try await database.read { try book.person(name, for: caller, in: $0) } },
                await refusal {
                    _ = try await line.perform { try book.setRoles(of: name, to: [], by: caller, in: &$0) }
                },
                await refusal {
                    let password = HashedPassword(for: name, hash: later.hash, made: nil)
                    _ = try await line.perform { try book.setPassword(password, by: caller, in: &$0) }
                },
                await refusal { _ = try await line.perform { try book.setEnabled(false, name, by: caller, in: &$0) } },
                await refusal { try await line.perform { try book.remove(name, by: caller, in: &$0) } },
            ]
        }
        let onlyHere = Caller(
            .person(account: "o", name: "otto", session: "s"), grants: Grants(sites: [.main: .all]))
        for (caller, code) in [
            (Caller(.anonymous), RefusalCode.notSignedIn), (onlyHere, .forbidden),
            (
                Caller(.person(account: "o", name: "otto", session: "s"), grants: Grants(everywhere: [.viewSystem])),
                .forbidden
            ),
        ] {
            #expect(await all(caller) == Array(repeating: code, count: 7), "\(caller)")
        }
        // The right to manage people is none to be more than one is, nor to take from somebody who is more.
        let over = await all(manager, of: "anna")
        #expect(over == [nil, nil, nil, .forbidden, .forbidden, .forbidden, .forbidden])
        for role in [RoleAssignment(.admin), RoleAssignment(.operate, at: .main)] {
            #expect(await refusal { try await add("zoe", [role], by: manager, in: book, line) } == .forbidden)
        }
        // One's own password is changed elsewhere, with a token too.
        for identity in [
            Caller.Identity.person(account: anna.id, name: "anna", session: "s"),
            .token(account: anna.id, name: "anna", token: "t"),
        ] {
            #expect(await all(Caller(identity, grants: Grants(everywhere: .all)), of: "anna")[4] == .forbidden)
        }
        // The last admin stays.
        let last = await all(admin, of: "anna")
        #expect([last[3], last[5], last[6]] == [.conflict, .conflict, .conflict])
        for (name, roles, password, code) in [
            ("BEN", [RoleAssignment(.viewer)], PeopleHouse.password, RefusalCode.conflict),
            ("a b", [], PeopleHouse.password, .invalidIdentifier), ("", [], PeopleHouse.password, .invalidIdentifier),
            ("zoe", [], "short", .weakPassword), ("zoe", [], String(repeating: "ab1_", count: 65), .weakPassword),
            ("zoe", [RoleAssignment(try #require(RoleName("king")))], PeopleHouse.password, .invalidParameter),
            ("zoe", [RoleAssignment(.viewer, at: SiteID("nowhere"))], PeopleHouse.password, .invalidParameter),
        ] {
            let refused = await refusal { try await add(name, roles, password: password, in: book, line) }
            #expect(refused == code, "\(name)")
        }
        let seen = try await database.read { try book.people(for: admin, in: $0) }
        #expect(seen.map(\.name) == ["anna", "ben"] && seen.allSatisfy { $0.isEnabled })
        #expect(await all(admin) == Array(repeating: nil, count: 7))
        #expect(await all(admin)[2] == .notFound, "it was removed")
        // A name that is free again is somebody else's.
        let next = try await add("ben", in: book, line)
        #expect(next.id != anna.id && next.roles == [RoleAssignment(.viewer)])
    }
}
