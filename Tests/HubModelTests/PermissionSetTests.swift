import HubModel
import Testing

@Suite struct PermissionSetTests {
    private let some: PermissionSet = [.viewNodes, .viewDevices]

    @Test("All permissions hold also those that nobody has declared yet")
    func all() {
        #expect(PermissionSet.all.contains(Permission("tomorrow.view")) && !PermissionSet.all.isEmpty)
        #expect(PermissionSet.all.union(some) == .all && some.union(.all) == .all)
        #expect(PermissionSet.all.intersection(some) == some && some.intersection(.all) == some)
        #expect(PermissionSet.all.isSuperset(of: some) && PermissionSet.all.isSuperset(of: .all))
    }

    @Test("Some permissions are never all of them")
    func someOfThem() {
        #expect(!some.isSuperset(of: .all) && some.isSuperset(of: [.viewNodes]) && some.isSuperset(of: []))
        #expect(!some.isSuperset(of: [.viewNodes, .viewAudit]))
        #expect(some.intersection([.viewNodes, .viewAudit]) == [.viewNodes])
    }

    @Test("A name that breaks the rule is none, and one that nobody declares is one")
    func names() {
        for name in ["", "Nodes.view", "nodes view", "n\u{E9}", String(repeating: "a", count: 65)] {
            #expect(Permission(named: name) == nil)
        }
        #expect(Permission(named: "nodes.view") == .viewNodes)
        #expect(DeviceKind(named: "sensor_2")?.name == "sensor_2")
    }

    @Test("An admin has what is declared, in the order of the declarations")
    func listed() {
        let book = RoleBook([RoleGrant(.staff, [.viewNodes])], declared: [.viewNodes, .commandNodes])
        let admin = book.permissions(of: .admin) ?? []
        #expect(book.listed(admin) == Permission.ofHub.map(\.name) + [.viewNodes, .commandNodes])
        #expect(book.listed(book.permissions(of: .staff) ?? []) == [.viewSystem, .viewDevices, .viewNodes])
        #expect(book.listed(.all) == book.permissions)
    }

    @Test("A role that begins with a solution says what it is, a built-in one keeps its words")
    func summaries() throws {
        let janitor = try #require(RoleName("janitor"))
        let book = RoleBook([
            RoleGrant(janitor, [.viewNodes], summary: "Has the keys"),
            RoleGrant(.viewer, [.viewNodes], summary: "Other"),
        ])
        #expect(book.summary(of: janitor) == "Has the keys" && book.summary(of: .viewer) == "Looks")
        #expect(book.names.last == janitor)
    }
}
