public import HubModel

/// Everything that the hub and its solutions declare, checked once at the start: the one list of permissions, of what the audit records,
/// of roles and of kinds of devices. `GET /api/catalogue` shows it to pages and programs.
public struct Catalogue: Sendable {
    /// A declaration, and the solution that made it; nil: the hub.
    public struct Entry<Name: DeclaredName>: Sendable {
        /// What is declared.
        public let declared: Declared<Name>
        /// The identifier of the solution.
        public let solution: String?
    }

    /// Who the solutions are.
    public let solutions: [SolutionManifest]
    /// What somebody may do, the hub's own first.
    public let permissions: [Entry<Permission>]
    /// What the audit records, the hub's own first.
    public let auditActions: [Entry<AuditAction>]
    /// The kinds of devices.
    public let kinds: [Entry<DeviceKind>]
    /// The kinds of links.
    public let links: [LinkDeclaration]
    /// How devices take commands, by kind.
    public let commands: [CommandForm]
    /// The roles, with what they may do.
    public let roles: RoleBook

    /// The catalogue of these solutions.
    /// - Parameter commands: how their devices take commands.
    /// - Throws: `CatalogueError` when two declare one name, or one names what nobody declares.
    public init(_ solutions: [SolutionManifest], commands: [CommandForm] = []) throws(CatalogueError) {
        self.solutions = solutions
        self.commands = commands
        permissions = try Catalogue.gather(Permission.ofHub, solutions) { $0.permissions }
        auditActions = try Catalogue.gather(AuditAction.ofHub, solutions) { $0.auditActions }
        kinds = try Catalogue.gather([], solutions) { $0.kinds }
        links = solutions.flatMap(\.links)
        roles = RoleBook(
            solutions.flatMap(\.grants), declared: solutions.flatMap { $0.permissions.map(\.name) })
        let known = PermissionSet(permissions.map(\.declared.name))
        for solution in solutions {
            guard known.contains(solution.needs) else { throw .undeclared(solution.needs.name, by: solution.id) }
            if let worker = solution.worker, !worker.hasPrefix("/\(solution.id)/") {
                throw .outside(worker, of: solution.id)
            }
            for grant in solution.grants where !known.isSuperset(of: grant.permissions) {
                throw .undeclared("a permission of the role \(grant.role)", by: solution.id)
            }
            for link in solution.links {
                for right in [link.needs, link.shows] where !known.contains(right) {
                    throw .undeclared(right.name, by: solution.id)
                }
                guard links.count(where: { $0.kind.name == link.kind.name }) == 1 else {
                    throw .duplicate(link.kind.name.name)
                }
            }
            let own = Set(solution.kinds.map(\.name))
            for link in solution.links {
                switch link.subject {
                case .device(let kind):
                    guard own.contains(kind) else { throw .undeclared(kind.name, by: solution.id) }
                case .thing(let thing):
                    // The audit tells by the noun what a link is of.
                    guard !["device", "site"].contains(thing.noun) else { throw .duplicate(thing.noun) }
                case .site: break
                }
            }
            for rights in solution.rights + solution.keylessRights where !own.contains(rights.kind) {
                throw .undeclared(rights.kind.name, by: solution.id)
            }
        }
        try check(commands)
    }

    /// Sees to it that routes need only what is declared: what is not, nobody could be given.
    /// - Throws: `CatalogueError`.
    public func check(_ routes: [Route]) throws(CatalogueError) {
        let permissions = Set(permissions.map(\.declared.name))
        let kinds = Set(kinds.map(\.declared.name))
        for route in routes {
            if let permission = route.access.permission, !permissions.contains(permission) {
                throw .undeclared(permission.name, by: "\(route.method.rawValue) \(route.path)")
            }
            if case .link(let kind, let place) = route.access {
                let name = "\(route.method.rawValue) \(route.path)"
                guard links.contains(where: { $0.kind.name == kind }) else { throw .undeclared(kind.name, by: name) }
                guard route.path.split(separator: "/").contains("{key}") == (place == .path) else {
                    throw .misplacedKey(name)
                }
            }
            if case .device(let kind) = route.access, !kinds.contains(kind) {
                throw .undeclared(kind.name, by: "\(route.method.rawValue) \(route.path)")
            }
        }
    }

    /// Sees to it that commands need only what is declared, and are for kinds that are.
    /// - Throws: `CatalogueError`, also where two forms are for one kind.
    public func check(_ forms: [CommandForm]) throws(CatalogueError) {
        let permissions = Set(permissions.map(\.declared.name))
        let kinds = Set(kinds.map(\.declared.name))
        var seen: Set<DeviceKind> = []
        for form in forms {
            let owner = "commands to devices of the kind \(form.kind.name)"
            guard kinds.contains(form.kind) else { throw .undeclared(form.kind.name, by: owner) }
            for permission in [form.see, form.give] where !permissions.contains(permission) {
                throw .undeclared(permission.name, by: owner)
            }
            guard seen.insert(form.kind).inserted else { throw .duplicate(form.kind.name) }
        }
    }

    private static func gather<Name>(
        _ ofHub: [Declared<Name>], _ solutions: [SolutionManifest], _ own: (SolutionManifest) -> [Declared<Name>]
    ) throws(CatalogueError) -> [Entry<Name>] {
        var entries = ofHub.map { Entry(declared: $0, solution: nil) }
        for solution in solutions {
            entries += own(solution).map { Entry(declared: $0, solution: solution.id) }
        }
        var seen: Set<Name> = []
        for entry in entries where !seen.insert(entry.declared.name).inserted {
            throw .duplicate(entry.declared.name.name)
        }
        return entries
    }
}

/// A mistake in what solutions declare.
public enum CatalogueError: Error, Hashable, Sendable {
    /// Two declare one name.
    case duplicate(String)
    /// A solution, or a route, needs what nobody declares.
    case undeclared(String, by: String)
    /// A solution's worker is no file of the folder of its pages.
    case outside(String, of: String)
    /// A route takes the key of a link in its path and has no `{key}` there, or takes it in a header field and has one.
    case misplacedKey(String)
}
