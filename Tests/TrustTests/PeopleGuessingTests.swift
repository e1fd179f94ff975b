import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

/// What is done against guessing.
struct PeopleGuessingTests {
    private let policy = GuessingPolicy()
    private let start = Timestamp(seconds: 1_763_690_000)

    /// Seconds that a refusal asks to wait; 0: refused for the password only; nil: came in.
    private func attempt(
        _ house: PeopleHouse, _ name: String, _ password: String = "a wrong password",
        from address: String = "192.0.2.1"
    ) async throws -> Int? {
        do {
            _ = try await house.signIn(name, password, from: address)
            return nil
        } catch let refusal as Refusal {
            return refusal.code == .tooManyRequests ? refusal.retryAfterSeconds : 0
        }
    }

    @Test func aLockDoublesUpToAQuarterOfAnHour() {
        var count: FailureCount?
        var now = start
        var locks: [Int] = []
        for _ in 0..<12 {
            count = policy.failed(.pair, count, at: now)
            locks.append(policy.secondsLocked(count, at: now) ?? 0)
            now = now.advanced(bySeconds: 1_000)
        }
        #expect(locks == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900])
    }

    @Test func failuresAreForgottenAfterADay() {
        var count: FailureCount?
        for _ in 0..<5 { count = policy.failed(.pair, count, at: start) }
        let next = policy.failed(.pair, count, at: start.advanced(bySeconds: 86_400))
        #expect(next.failures == 1)
        #expect(policy.failed(.pair, count, at: start.advanced(bySeconds: 86_399)).failures == 6)
    }

    @Test func anAddressAndANameAreCountedInWindows() {
        for (scope, limit) in [(FailureCount.Scope.address, 100), (.name, 50)] {
            var count: FailureCount?
            for index in 1...limit {
                count = policy.failed(scope, count, at: start)
                #expect((policy.secondsLocked(count, at: start) == 900) == (index == limit))
            }
            let later = start.advanced(bySeconds: 900)
            #expect(policy.secondsLocked(count, at: later) == nil)
            #expect(policy.failed(scope, count, at: later).failures == 1)
        }
    }

    /// A clock that was years ahead must not lock anybody out for years, and to set it back opens nothing.
    @Test func aLockOfAClockThatWasWrongHoldsAsLongAsItWasMadeFor() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        house.clock.move(seconds: 100_000_000)
        for _ in 0..<5 { _ = try await attempt(house, "anna") }
        house.clock.move(seconds: -100_000_000)
        for (passed, wait) in [(0, 30), (10, 20), (19, 1), (1, 0)] {
            house.clock.move(seconds: Int64(passed))
            let waits = try await attempt(house, "anna")
            #expect(waits == wait)
        }
        let longer = try await attempt(house, "anna", PeopleHouse.password)
        #expect(longer == 60)
    }

    /// Somebody began to send before the lock, and ends after it: the time at which a request began is no time to judge by.
    @Test func aRequestThatBeganBeforeALockDoesNotUndoIt() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let begun = house.clock.now()
        house.clock.move(seconds: 3_600)
        for index in 0..<100 { _ = try await attempt(house, "name\(index)") }
        for _ in 0..<5 { _ = try await attempt(house, "anna", from: "192.0.2.2") }
        for (name, address, wait) in [("ben", "192.0.2.1", 900), ("anna", "192.0.2.2", 30)] {
            var asked: Int?
            do {
                _ = try await house.send(
                    .post, "/api/auth/login", ["username": name, "password": "a wrong password"],
                    from: address, receivedAt: begun)
            } catch let refusal as Refusal {
                asked = refusal.retryAfterSeconds
            }
            #expect(asked == wait)
            let still = try await attempt(house, name, from: address)
            #expect(still == wait)
        }
    }

    /// A person who is known somewhere is listened to while their name is locked for strangers; that they mistype there opens it for nobody.
    @Test func aFailureWhereSomebodyIsKnownDoesNotShortenTheLockOfTheirName() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        _ = try await house.signIn("anna", from: "198.51.100.7")
        for index in 0..<50 { _ = try await attempt(house, "anna", from: "203.0.113.\(index)") }
        let mistyped = try await attempt(house, "anna", from: "198.51.100.7")
        #expect(mistyped == 0)
        let stranger = try await attempt(house, "anna", from: "203.0.113.200")
        #expect(stranger == 900)
    }

    @Test(arguments: [("192.0.2.1", "192.0.2.1"), ("2001:db8:0:1::5", "2001:db8:0:1:ffff::9")])
    func theLockOfAnAddressDoesNotKeepOutWhoeverIsKnownThere(_ guesser: String, _ home: String) async throws {
        let house = try await PeopleHouse()
        for name in ["anna", "ben"] { try await house.add(name) }
        _ = try await house.signIn("anna", from: home)
        for index in 0..<100 { _ = try await attempt(house, "name\(index)", from: guesser) }
        let unknown = try await attempt(house, "ben", PeopleHouse.password, from: home)
        #expect(unknown == 900)
        let known = try await attempt(house, "anna", PeopleHouse.password, from: home)
        #expect(known == nil)
    }

    /// Whoever has an account could guess at others for ever otherwise.
    @Test func aSuccessForgetsOnlyOnesOwnFailures() async throws {
        let house = try await PeopleHouse()
        for name in ["mallory", "anna"] { try await house.add(name) }
        for index in 0..<99 { _ = try await attempt(house, "name\(index)") }
        let own = try await attempt(house, "mallory", PeopleHouse.password)
        #expect(own == nil)
        let last = try await attempt(house, "anna")
        #expect(last == 0)
        let locked = try await attempt(house, "anna", PeopleHouse.password)
        #expect(locked == 900)
    }

    /// What is true in the tables when it is judged counts, not what was there when hashing began.
    @Test func aPasswordThatChangesWhileItIsComparedDoesNotSignIn() async throws {
        let house = try await PeopleHouse()
        let account = try await house.add("anna")
        let people = try await house.people(whoseLineFirst: { [database = house.database] in
            let hash = try PasswordHash(of: "another long passphrase", parameters: .trivial)
            try await database.write { try AccountTable.set(hash, of: account.id, at: house.clock.now(), in: $0) }
        })
        let code = await refusal { _ = try await house.signIn("anna", through: people) }
        #expect(code == .badCredentials)
        let again = await refusal { _ = try await house.signIn("anna", "another long passphrase", through: people) }
        #expect(again == nil)
    }

    @Test(arguments: ["anna", "nobody", "not a name"]) func fiveFailuresLockWhoeverItIs(_ name: String) async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        try await house.add("ben")
        for _ in 0..<5 {
            let waits = try await attempt(house, name)
            #expect(waits == 0)
        }
        let locked = try await attempt(house, name, PeopleHouse.password)
        #expect(locked == 30)
        // Neither another name from there nor this one from elsewhere has to wait.
        let other = try await attempt(house, "ben", PeopleHouse.password)
        #expect(other == nil)
        let elsewhere = try await attempt(house, name, from: "192.0.2.2")
        #expect(elsewhere == 0)
        house.clock.move(seconds: 30)
        let again = try await attempt(house, name)
        #expect(again == 0)
        let longer = try await attempt(house, name)
        #expect(longer == 60)
    }

    @Test func theLockEndsAndTheRightPasswordForgetsIt() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        for _ in 0..<5 { _ = try await attempt(house, "anna") }
        house.clock.move(seconds: 31)
        let right = try await attempt(house, "anna", PeopleHouse.password)
        #expect(right == nil)
        for _ in 0..<4 {
            let waits = try await attempt(house, "anna")
            #expect(waits == 0)
        }
        let still = try await attempt(house, "anna", PeopleHouse.password)
        #expect(still == nil)
    }

    @Test func theAuditHearsOfEachLockOnce() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        for _ in 0..<50 { _ = try await attempt(house, "anna") }
        for _ in 0..<50 { _ = try await attempt(house, "hunter2hunter2") }
        #expect(house.count(.lockOut, .refused) == 2)
        #expect(house.count(.signIn, .refused) == 2)
        let targets = house.audit.entries.filter { $0.action == .lockOut }.map(\.target)
        #expect(targets == ["user:anna", nil])
        #expect(!house.audit.entries.contains { "\($0)".contains("hunter2") })
    }

    @Test func whatWasTypedAsANameIsNotKept() async throws {
        let house = try await PeopleHouse()
        _ = try await attempt(house, "hunter2hunter2")
        let keys = try await house.database.read { reader in
            try reader.query("SELECT key FROM sign_in_guard").map { try $0.blob(0) }
        }
        #expect(keys.count == 3)
        #expect(keys.allSatisfy { $0.count == 32 })
        #expect(!keys.contains(Digest.sha256("hunter2hunter2".utf8)))
    }

    @Test func anAddressIsLockedWhateverNamesItTries() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        for index in 0..<100 {
            let waits = try await attempt(house, "name\(index)")
            #expect(waits == 0)
        }
        let locked = try await attempt(house, "anna", PeopleHouse.password)
        #expect(locked == 900)
        let elsewhere = try await attempt(house, "anna", PeopleHouse.password, from: "192.0.2.2")
        #expect(elsewhere == nil)
    }

    @Test func aNameIsLockedForStrangersButNotWhereItsOwnerIsKnown() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let home = try await attempt(house, "anna", PeopleHouse.password, from: "198.51.100.7")
        #expect(home == nil)
        for index in 0..<50 { _ = try await attempt(house, "anna", from: "203.0.113.\(index)") }
        let stranger = try await attempt(house, "anna", PeopleHouse.password, from: "203.0.113.200")
        #expect(stranger == 900)
        let owner = try await attempt(house, "anna", PeopleHouse.password, from: "198.51.100.7")
        #expect(owner == nil)
    }

    /// All of them passed the first look before one had failed: in the line no more than five count.
    @Test func manyAttemptsAtOnceAreNoMoreThanTheLimit() async throws {
        let house = try await PeopleHouse {
            $0.waitingPasswords = 1_000
            $0.waitingPasswordsPerAddress = 1_000
        }
        try await house.add("anna")
        let outcomes = try await withThrowingTaskGroup(of: Int?.self) { group in
            for _ in 0..<40 { group.addTask { try await attempt(house, "anna") } }
            return try await group.reduce(into: [Int?]()) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 == 0 }.count == 5)
        #expect(outcomes.filter { $0 == 30 }.count == 35)
    }

    /// IPv6 gives each household 2^64 addresses.
    @Test func theAddressesOfOneNetworkAreOne() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        for index in 1...5 { _ = try await attempt(house, "anna", from: "2001:db8:0:1::\(index)") }
        let locked = try await attempt(house, "anna", from: "2001:db8:0:1:ffff::9")
        #expect(locked == 30)
        let neighbour = try await attempt(house, "anna", from: "2001:db8:0:2::1")
        #expect(neighbour == 0)
    }

    @Test func theTableIsBounded() async throws {
        let house = try await PeopleHouse()
        let start = start
        try await house.database.write { transaction in
            for index in 0..<200 {
                let at = start.advanced(bySeconds: Int64(index))
                let locked = index < 3 ? start.advanced(bySeconds: 900) : nil
                let count = FailureCount(failures: 1, windowStart: at, lastAt: at, lockedUntil: locked)
                try GuardTable.set(count, .pair, [UInt8(index)], in: transaction)
            }
            try GuardTable.prune(at: start.advanced(bySeconds: 300), limit: 100, in: transaction)
        }
        let rows = try await house.database.read { reader in
            try reader.query("SELECT key FROM sign_in_guard ORDER BY last_at").map { try $0.blob(0)[0] }
        }
        #expect(rows == [0, 1, 2] + (113..<200).map(UInt8.init))
        try await house.database.write { try GuardTable.prune(at: start.advanced(bySeconds: 90_000), in: $0) }
        let left = try await house.database.read { try $0.queryOne("SELECT COUNT(*) FROM sign_in_guard").integer(0) }
        #expect(left == 0)
    }

    @Test func guessingAtThePasswordOfAnOpenSessionIsGuessingToo() async throws {
        let house = try await PeopleHouse()
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        var codes: [RefusalCode?] = []
        for _ in 0..<6 {
            codes.append(
                await refusal {
                    _ = try await house.send(
                        .post, "/api/account/second-factor", ["password": "a wrong password"], as: token)
                })
        }
        #expect(codes == Array(repeating: .badCredentials, count: 5) + [.tooManyRequests])
    }

    /// As at the door: whoever asks on many connections at once guesses no more often.
    @Test func guessesAtOnceOfAnOpenSessionAreNoMoreThanTheLimit() async throws {
        let house = try await PeopleHouse {
            $0.waitingPasswords = 1_000
            $0.waitingPasswordsPerAddress = 1_000
        }
        try await house.add("anna")
        let token = try await house.signIn("anna").token
        // Five guesses are judged between the look and the word of one that is right.
        let people = try await house.people(whoseLineFirst: {
            for _ in 0..<5 {
                await #expect(throws: Refusal.self) {
                    try await house.send(
                        .post, "/api/account/second-factor", ["password": "a wrong password"], as: token)
                }
            }
        })
        let code = await refusal {
            _ = try await house.send(
                .post, "/api/account/second-factor", ["password": PeopleHouse.password], as: token, through: people)
        }
        #expect(code == .tooManyRequests)
    }
}
