public import HubModel
public import SQL
public import SolutionKit
internal import Synchronization

/// The people of a hub, in memory, with the hub's rules: who may, names in use, roles and sites that exist, rights that the caller cannot
/// grant, the last admin. What is undone with its piece of a batch is undone here. It writes no audit and hashes nothing.
public final class FakePeople: PeopleBook {
    private struct State {
        var people: [String: Person] = [:]
        var passwords: [String: String] = [:]
        var made = 0
    }

    private let roles: RoleBook
    private let sites: Set<SiteID>?
    private let state = Mutex(State())

    /// A book.
    /// - Parameters:
    ///   - roles: those that exist.
    ///   - sites: those that exist; nil: all.
    ///   - people: who is there already.
    public init(roles: RoleBook = RoleBook(), sites: Set<SiteID>? = nil, people: [Person] = []) {
        self.roles = roles
        self.sites = sites
        state.withLock { state in
            for person in people { state.people[person.name] = person }
        }
    }

    /// What somebody signs in with; nil: there is no such person.
    public func password(of name: String) -> String? { state.withLock { $0.passwords[name] } }

    /// The password itself, or one that was made.
    /// - Throws: `Refusal`: `forbidden`, `invalid_id`, `weak_password` by its length alone.
    public func password(_ chosen: String?, for name: String, by caller: Caller) async throws -> HashedPassword {
        _ = try caller.scope(asking: .hub(.manageUsers))
        let name = name.lowercased()
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "._@-".utf8.contains(byte)
            }
        }
        guard isName, (1...64).contains(name.utf8.count) else {
            throw Refusal(.invalidIdentifier, "A user name is 1 to 64 letters, digits and the signs . _ @ -.")
        }
        guard (10...256).contains(chosen?.utf8.count ?? 10) else {
            throw Refusal(.weakPassword, "A password has 10 to 256 bytes.")
        }
        let number = state.withLock { state in
            state.made += 1
            return state.made
        }
        let text = chosen ?? "made-for-a-test-\(number)"
        return HashedPassword(for: name, hash: text, made: chosen == nil ? IssuedSecret(text) : nil)
    }

    /// Everybody, by name.
    /// - Throws: `Refusal`: `forbidden`.
    public func people(for caller: Caller, in reader: some SQLReading) throws -> [Person] {
        _ = try caller.scope(asking: .hub(.manageUsers))
        return state.withLock { $0.people.values.sorted { $0.name < $1.name } }
    }

    /// Somebody.
    /// - Throws: `Refusal`: `forbidden`, `not_found`.
    public func person(_ name: String, for caller: Caller, in reader: some SQLReading) throws -> Person {
        _ = try caller.scope(asking: .hub(.manageUsers))
        return try state.withLock { (state) throws(Refusal) in try FakePeople.person(name, in: state) }
    }

    /// Who somebody is, whoever asks.
    public func known(_ id: String, in reader: some SQLReading) throws -> KnownPerson? {
        state.withLock { state in
            state.people.values.first { $0.id == id }.map {
                KnownPerson(id: $0.id, name: $0.name, isEnabled: $0.isEnabled)
            }
        }
    }

    /// The same by name.
    public func known(named name: String, in reader: some SQLReading) throws -> KnownPerson? {
        state.withLock { state in
            state.people[name.lowercased()].map { KnownPerson(id: $0.id, name: $0.name, isEnabled: $0.isEnabled) }
        }
    }

    /// By the roles that exist.
    public func rights(of id: String, in reader: some SQLReading) throws -> PersonRights? {
        guard let person = state.withLock({ state in state.people.values.first { $0.id == id } }) else { return nil }
        var grants = Grants()
        for assignment in person.roles where person.isEnabled {
            let permissions = roles.permissions(of: assignment.role) ?? []
            if let site = assignment.site {
                grants.sites[site] = (grants.sites[site] ?? []).union(permissions)
            } else {
                grants.everywhere = grants.everywhere.union(permissions)
            }
        }
        return PersonRights(roles: person.roles, grants: grants)
    }

    /// Adds somebody.
    /// - Throws: `Refusal` as the hub does.
    public func add(
        with password: HashedPassword, roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        let now = line.now
        return try change(by: caller, &line) { state throws(Refusal) in
            try self.check(roles, by: caller)
            guard state.people[password.name] == nil else {
                throw Refusal(.conflict, "There is a user of this name already.")
            }
            state.made += 1
            let person = Person(
                id: "person-\(state.made)", name: password.name, roles: FakePeople.ordered(roles), createdAt: now)
            state.people[person.name] = person
            state.passwords[person.name] = password.hash
            return person
        }
    }

    /// Gives somebody exactly these roles.
    /// - Throws: `Refusal` as the hub does.
    public func setRoles(
        of name: String, to roles: [RoleAssignment], by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(by: caller, &line) { state throws(Refusal) in
            let known = try self.person(name, manageableBy: caller, in: state)
            try self.check(roles, by: caller)
            return try FakePeople.put(known.with(roles: FakePeople.ordered(roles)), in: &state)
        }
    }

    /// Gives somebody else another password.
    /// - Throws: `Refusal` as the hub does.
    public func setPassword(
        _ password: HashedPassword, by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(by: caller, &line) { state throws(Refusal) in
            let known = try self.person(password.name, manageableBy: caller, in: state)
            guard known.id != caller.account else {
                throw Refusal(.forbidden, "This is your own account: change it under /api/account.")
            }
            state.passwords[known.name] = password.hash
            return known
        }
    }

    /// Notes whether they may sign in.
    /// - Throws: `Refusal` as the hub does.
    public func setEnabled(
        _ isEnabled: Bool, _ name: String, by caller: Caller, in line: inout LineContext
    ) throws -> Person {
        try change(by: caller, &line) { state throws(Refusal) in
            let known = try self.person(name, manageableBy: caller, in: state)
            return try FakePeople.put(known.with(isEnabled: isEnabled), in: &state)
        }
    }

    /// Removes somebody.
    /// - Throws: `Refusal` as the hub does.
    public func remove(_ name: String, by caller: Caller, in line: inout LineContext) throws {
        try change(by: caller, &line) { state throws(Refusal) in
            let known = try self.person(name, manageableBy: caller, in: state)
            state.people[known.name] = nil
            state.passwords[known.name] = nil
            try FakePeople.checkAdminIsLeft(without: known, in: state)
        }
    }
}

extension FakePeople {
    private func change<Value: Sendable>(
        by caller: Caller, _ line: inout LineContext, _ work: (inout State) throws(Refusal) -> Value
    ) throws(Refusal) -> Value {
        _ = try caller.scope(asking: .hub(.manageUsers))
        let (before, value) = try state.withLock { (state) throws(Refusal) in
            let before = state
            do throws(Refusal) {
                return (before, try work(&state))
            } catch {
                state = before
                throw error
            }
        }
        line.ifUndone { self.state.withLock { $0 = before } }
        return value
    }

    private func check(_ assignments: [RoleAssignment], by caller: Caller) throws(Refusal) {
        for assignment in assignments {
            guard let permissions = roles.permissions(of: assignment.role) else {
                throw Refusal(.invalidParameter, "There is no such role.")
            }
            if let site = assignment.site, sites?.contains(site) == false {
                throw Refusal(.invalidParameter, "There is no site \(site).")
            }
            let given = assignment.site.map { Grants(sites: [$0: permissions]) } ?? Grants(everywhere: permissions)
            guard caller.covers(given) else {
                throw Refusal(.forbidden, "You cannot grant \(assignment.role): it allows more than you may do.")
            }
        }
    }

    private func person(_ name: String, manageableBy caller: Caller, in state: State) throws(Refusal) -> Person {
        let known = try FakePeople.person(name, in: state)
        guard known.id != caller.account || caller.isToken else { return known }
        for assignment in known.roles {
            let permissions = roles.permissions(of: assignment.role) ?? []
            let given = assignment.site.map { Grants(sites: [$0: permissions]) } ?? Grants(everywhere: permissions)
            guard caller.covers(given) else { throw Refusal(.forbidden, "This user may do more than you.") }
        }
        return known
    }

    private static func person(_ name: String, in state: State) throws(Refusal) -> Person {
        guard let known = state.people[name.lowercased()] else {
            throw Refusal(.notFound, "There is no user of this name.")
        }
        return known
    }

    private static func put(_ person: Person, in state: inout State) throws(Refusal) -> Person {
        let known = state.people.updateValue(person, forKey: person.name)
        try checkAdminIsLeft(without: known, in: state)
        return person
    }

    private static func checkAdminIsLeft(without known: Person?, in state: State) throws(Refusal) {
        guard known?.isActiveAdmin == true, !state.people.values.contains(where: \.isActiveAdmin) else { return }
        throw Refusal(.conflict, "This is the last admin who can sign in: make another one first.")
    }

    private static func ordered(_ roles: [RoleAssignment]) -> [RoleAssignment] {
        Set(roles).sorted { ($0.siteText, $0.role.text) < ($1.siteText, $1.role.text) }
    }
}

extension Person {
    fileprivate var isActiveAdmin: Bool { isEnabled && roles.contains(RoleAssignment(.admin)) }

    fileprivate func with(roles: [RoleAssignment]? = nil, isEnabled: Bool? = nil) -> Person {
        Person(
            id: id, name: name, roles: roles ?? self.roles, isEnabled: isEnabled ?? self.isEnabled,
            hasSecondFactor: hasSecondFactor, createdAt: createdAt, lastSignInAt: lastSignInAt)
    }
}

extension Caller {
    fileprivate var isToken: Bool {
        if case .token = identity { return true }
        return false
    }
}
