import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// A right to manage people is no way to become somebody who may do more: not by a token of theirs, not by the page that they left open.
struct PeopleTakeoverTests {
    private func token(_ house: PeopleHouse, _ scopes: [Permission], as session: String) async throws -> String {
        try await house.send(
            .post, "/api/account/tokens",
            ["name": "a program", "scopes": scopes.map(\.name), "days": 1], as: session
        ).token
    }

    /// Everything that would make an account somebody else's, or take something from it.
    private static let takeovers: [(Route.Method, String, [String: [[String: String]]]?)] = [
        (.post, "/password", nil), (.post, "/second-factor/disable", nil), (.post, "/disable", nil),
        (.post, "/enable", nil), (.put, "/roles", ["roles": [["site": "*", "role": "viewer"]]]), (.delete, "", nil),
    ]

    @Test func aNarrowTokenDoesNotTakeOverItsOwner() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        let narrow = try await token(house, [.manageUsers], as: try await house.signIn("anna").token)
        for (method, path, body) in PeopleTakeoverTests.takeovers {
            let code = await refusal {
                _ = try await house.send(method, "/api/users/anna\(path)", body, as: narrow)
            }
            #expect(code == .forbidden, "\(method) \(path)")
        }
        _ = try await house.signIn("anna")
    }

    @Test func nobodyIsLessForBeingDisabled() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        let session = try await house.signIn("anna").token
        let narrow = try await token(house, [.manageUsers], as: session)
        _ = try await house.send(.post, "/api/users/ben/disable", as: session)
        for (method, path, body) in PeopleTakeoverTests.takeovers {
            let code = await refusal {
                _ = try await house.send(method, "/api/users/ben\(path)", body, as: narrow)
            }
            #expect(code == .forbidden, "\(method) \(path)")
        }
        _ = try await house.send(.post, "/api/users/ben/enable", as: session)
        _ = try await house.signIn("ben")
    }

    /// Not even a token of everything: its owner's password is changed with the present one.
    @Test func whatGuardsOnesOwnAccountIsNotChangedAmongTheUsers() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let session = try await house.signIn("anna").token
        let wide = try await token(house, RoleBook.ofTests.permissions, as: session)
        for shown in [session, wide] {
            for path in ["/password", "/second-factor/disable"] {
                let code = await refusal { _ = try await house.send(.post, "/api/users/anna\(path)", as: shown) }
                #expect(code == .forbidden, "\(path)")
            }
        }
        #expect(house.count(.changePassword) == 0)
        #expect(house.count(.disableSecondFactor) == 0)
        _ = try await house.signIn("anna")
    }

    /// A token of all rights is as good as its owner with everybody else.
    @Test func aTokenThatMayAsMuchManagesOthers() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        let wide = try await token(house, RoleBook.ofTests.permissions, as: try await house.signIn("anna").token)
        _ = try await house.send(.post, "/api/users/ben/password", ["password": "another long passphrase"], as: wide)
        _ = try await house.signIn("ben", "another long passphrase")
    }

    @Test func aSecondFactorThatThereIsNotIsNotTurnedOff() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben", .viewer)
        let session = try await house.signIn("anna").token
        let user = try await house.send(.post, "/api/users/ben/second-factor/disable", as: session)
        #expect(user.json["second_factor"] as? Bool == false)
        #expect(house.count(.disableSecondFactor) == 0)
    }
}
