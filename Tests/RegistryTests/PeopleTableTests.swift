import Credentials
import HubModel
import Registry
import SQL
import Testing

/// What the tables of people keep by themselves.
struct PeopleTableTests {
    private let now = Timestamp(seconds: 1_763_690_000)

    private func opened() async throws -> Database {
        let database = try Database.open(DatabaseConfiguration(.memory))
        try await database.migrate([RegistryTables.migrations], at: 0)
        return database
    }

    private func add(_ name: String, _ id: String, in database: Database) async throws -> PasswordHash {
        let name = try #require(AccountName(name))
        let hash = try PasswordHash(of: "a fine long password", parameters: .trivial)
        let now = now
        let isAdded = try await database.write {
            try AccountTable.insert(id, name: name, password: hash, at: now, in: $0)
        }
        #expect(isAdded)
        return hash
    }

    @Test func aNameIsThereOnceAndInSmallLetters() async throws {
        let database = try await opened()
        let hash = try await add("anna", "account-0000000001", in: database)
        let (name, now) = (try #require(AccountName("ANNA")), now)
        let isAdded = try await database.write {
            try AccountTable.insert("account-0000000002", name: name, password: hash, at: now, in: $0)
        }
        #expect(!isAdded)
        await #expect(throws: SQLFailure.self) {
            try await database.write {
                try $0.execute("UPDATE account SET name = 'Anna' WHERE id = 'account-0000000001'")
            }
        }
    }

    @Test func withAnAccountGoesAllThatIsItsOwn() async throws {
        let database = try await opened()
        let id = "account-0000000001"
        _ = try await add("anna", id, in: database)
        let now = now
        let signIn = SignIn(
            id: "sign-in-0000000001", account: id, generation: 1, createdAt: now, lastUsedAt: now,
            expiresAt: now.advanced(bySeconds: 60), address: "192.0.2.1", userAgent: nil, step: 1, openedAt: now,
            issued: 1)
        let token = PersonalToken(
            id: "token-0000000000001", account: id, name: "x", scopes: [.viewNodes, .viewAudit], createdAt: now,
            expiresAt: now.advanced(bySeconds: 60), lastUsedAt: nil)
        let factor = OneTimePassword()
        try await database.write { transaction in
            try AccountTable.set([RoleAssignment(.admin), RoleAssignment(.viewer, at: .main)], of: id, in: transaction)
            try SignInTable.insert(signIn, refreshHash: [1], in: transaction)
            try PersonalTokenTable.insert(token, hash: [2], in: transaction)
            try SecondFactorTable.propose(factor, for: id, in: transaction)
            try SecondFactorTable.confirm(id, step: 7, codes: [RecoveryCode()], in: transaction)
            try GuardTable.know("192.0.2.1", of: id, at: now, in: transaction)
            try KnownBrowserTable.know(
                Array(repeating: 7, count: 32), of: id, generation: 1, at: now, until: now.advanced(bySeconds: 60),
                in: transaction)
        }
        let (stored, found, account) = try await database.read { reader in
            (
                try PersonalTokenTable.token(hash: [2], in: reader),
                try SignInTable.signIn(refreshHash: [1], in: reader)?.signIn,
                try AccountTable.account(id, in: reader)
            )
        }
        #expect(stored == token)
        #expect(found == signIn)
        #expect(account?.roles == [RoleAssignment(.admin), RoleAssignment(.viewer, at: .main)])
        #expect(account?.hasSecondFactor == true)
        try await database.write { try AccountTable.delete(id, in: $0) }
        let left = try await database.read { reader in
            try [
                "account", "account_role", "sign_in", "refresh_token", "personal_token", "recovery_code",
                "known_address", "known_browser",
            ].map { try reader.queryOne("SELECT COUNT(*) FROM \($0)").integer(0) }
        }
        #expect(left.allSatisfy { $0 == 0 })
    }

    @Test func aRehashDoesNotBringBackAnOldPassword() async throws {
        let database = try await opened()
        let id = "account-0000000001"
        let old = try await add("anna", id, in: database)
        let changed = try PasswordHash(of: "another fine password", parameters: .trivial)
        let rehashed = try PasswordHash(of: "a fine long password", parameters: .trivial)
        let now = now
        try await database.write { transaction in
            try AccountTable.set(changed, of: id, at: now, in: transaction)
            try AccountTable.rehash(id, from: old, to: rehashed, in: transaction)
        }
        let secrets = try await database.read { try AccountTable.secrets(id, in: $0) }
        #expect(secrets?.password == changed)
    }

    @Test func aSecretOfTheHubIsMadeOnce() async throws {
        let database = try await opened()
        let now = now
        let (first, second) = try await database.write { transaction in
            (
                try HubSecretTable.secret(named: "x", orElse: [1], at: now, in: transaction),
                try HubSecretTable.secret(named: "x", orElse: [2], at: now, in: transaction)
            )
        }
        #expect(first == [1])
        #expect(second == [1])
    }

    @Test func anAccountIsKnownAtItsLastTwentyAddresses() async throws {
        let database = try await opened()
        let id = "account-0000000001"
        _ = try await add("anna", id, in: database)
        let now = now
        try await database.write { transaction in
            for index in 0..<25 {
                try GuardTable.know(
                    "192.0.2.\(index)", of: id, at: now.advanced(bySeconds: Int64(index)), in: transaction)
            }
        }
        let known = try await database.read { reader in
            try (0..<25).filter { try GuardTable.isKnown("192.0.2.\($0)", to: id, since: now, in: reader) }
        }
        #expect(known == Array(5..<25))
    }
}
