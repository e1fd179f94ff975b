internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

extension PeopleAdministration {
    /// Ends all sign-ins but one; in no browser the account is known any more.
    func end(_ account: Account, but kept: String? = nil, in transaction: Transaction) throws {
        try TrustEpoch.advance(in: transaction)
        try AccountTable.nextGeneration(account.id, in: transaction)
        try SignInTable.endAll(of: account.id, but: kept, in: transaction)
        try KnownBrowserTable.forgetAll(of: account.id, in: transaction)
        if let kept { try SignInTable.keep(kept, of: account.id, in: transaction) }
    }

    /// Somebody who manages people grants nothing that they may not do themselves: otherwise managing people would allow everything.
    func check(_ assignments: [RoleAssignment], by caller: Caller, in transaction: Transaction) throws {
        guard assignments.count <= PeopleAdministration.roleLimit else {
            throw Refusal(.limitReached, "A user has at most \(PeopleAdministration.roleLimit) roles.")
        }
        for assignment in assignments {
            guard let permissions = roles.permissions(of: assignment.role) else {
                let known = roles.names.map(\.text).joined(separator: ", ")
                throw Refusal(.invalidParameter, "There is no such role. There are: \(known).")
            }
            if let site = assignment.site, try !SiteRegistry().exists(site, in: transaction) {
                throw Refusal(.invalidParameter, "There is no site \(site).")
            }
            let given =
                assignment.site.map { Grants(sites: [$0: permissions]) } ?? Grants(everywhere: permissions)
            guard caller.covers(given) else {
                throw Refusal(
                    .forbidden, "You cannot grant \(assignment.role): it allows more than you may do.")
            }
        }
    }

    /// Nor takes over the account of somebody who may do more. A person may do to their own account what they may do to any; a token is
    /// not its owner, and one that may do less would become all that its owner is. That somebody is disabled makes them no less.
    func check(authority caller: Caller, over account: Account) throws(Refusal) {
        if case .person(account.id, _, _) = caller.identity { return }
        guard caller.covers(account.roleGrants(roles)) else {
            throw Refusal(.forbidden, "This user may do more than you.")
        }
    }

    /// - Parameter account: as it was before.
    func checkAdminIsLeft(without account: Account, in transaction: Transaction) throws {
        guard account.isActiveAdmin, try AccountTable.activeAdmins(in: transaction) == 0 else { return }
        throw Refusal(.conflict, "This is the last admin who can sign in: make another one first.")
    }

    func current(_ id: String, in transaction: Transaction) throws -> Account {
        guard let account = try AccountTable.account(id, in: transaction) else {
            throw Refusal(.notFound, "There is no user of this name.")
        }
        return account
    }

    func record(
        _ action: AuditAction, _ name: AccountName, _ facts: [(name: String, value: String)] = [],
        outcome: AuditOutcome = .done, by caller: Caller, at instant: Timestamp, in transaction: Transaction
    ) throws {
        let entry = AuditEntry(caller, action, target: "user:\(name)", outcome: outcome, facts: facts)
        try audit.record(entry, at: instant, in: transaction)
    }

    static func facts(_ assignment: RoleAssignment) -> [(name: String, value: String)] {
        [("role", assignment.role.text), ("site", assignment.siteText)]
    }
}
