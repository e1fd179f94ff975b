import Classrooms
import HubModel
import HubTesting
import SolutionKit
import Testing

/// People from a table.
@Suite struct PeopleImportTests {
    private static let path = "/api/admin/users/import"

    @Test("the preview says who would be added; the import adds them, and shows a password of each once")
    func living() async throws {
        let school = try await School(people: WaitingTests.people(["anna"]))
        let body = "username;role;site\r\nBert;staff;\r\nanna;staff;\r\ncleo;viewer;main\r\n"
        func outcomes(_ report: JSONTree) -> [String] {
            report["users"]?.elements.compactMap { $0["outcome"]?.text } ?? []
        }
        let shown = try await school.house.json(.post, Self.path + "/preview", body: body, as: .anybody)
        #expect(outcomes(shown) == ["added", "there", "added"] && shown["preview"]?.flag == true)
        let users = { try await school.house.json(.get, "/api/admin/users", as: .anybody)["users"]?.elements ?? [] }
        #expect(try await users().count == 1)
        let response = try await school.house.call(.post, Self.path, body: body, as: .anybody)
        #expect(response.headers.contains { $0.name == "Cache-Control" && $0.value == "no-store" })
        let done = try JSONTree(response.body)
        let passwords = done["users"]?.elements.map { $0["password"]?.text }
        #expect(outcomes(done) == ["added", "there", "added"])
        #expect(passwords?[0] != nil && passwords?[1] == nil && passwords?[2] != nil && passwords?[0] != passwords?[2])
        #expect(try await users().compactMap { $0["username"]?.text } == ["anna", "bert", "cleo"])
        let again = try await school.house.json(.post, Self.path, body: body, as: .anybody)
        #expect(outcomes(again) == ["there", "there", "there"])
        #expect(again["users"]?.elements.allSatisfy { $0["password"] == nil } == true)
    }

    @Test("a line that is wrong stops the import; so does who may not, and a file that is too long")
    func refused() async throws {
        let school = try await School()
        func code(_ body: String, as caller: Caller = .anybody) async throws -> RefusalCode? {
            try await school.house.refusal(.post, Self.path, body: body, as: caller)
        }
        for line in ["b c,staff", ",staff", "bert,king", "bert,", "anna,staff", "ANNA,viewer"] {
            #expect(try await code("username,role\nanna,staff\n\(line)\n") == .conflict, "\(line)")
        }
        #expect(try await code("username,role,site\nanna,staff,a/b\n") == .conflict)
        #expect(try await code("username,password\nanna,secret\n") == .invalidParameter)
        #expect(try await code("username,role\n") == .missingField)
        let many = (0...100).map { "p\($0),staff\n" }.joined()
        #expect(try await code("username,role\n" + many) == .tooLarge)
        #expect(try await code("username,role\nanna,staff\n", as: school.admin) == .forbidden)
        let shown = try await school.house.json(
            .post, Self.path + "/preview", body: "username,role\nanna,staff\nbert,king\n", as: .anybody)
        #expect(shown["users"]?.elements.last?["reason"]?.text?.hasPrefix("Line 3") == true)
        let users = try await school.house.json(.get, "/api/admin/users", as: .anybody)
        #expect(users["users"]?.elements.isEmpty == true)
    }
}
