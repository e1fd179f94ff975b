import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing
import Trust

/// What somebody else does while a device is being let in.
@Suite struct DevicesMeanwhileTests {
    /// An admission behind a line that does something first, once: after the device was looked up, before it is judged.
    private func admission(
        _ house: DevicesHouse, whoseLineFirst work: @escaping @Sendable () async throws -> Void
    ) -> DeviceAdmission {
        DeviceAdmission(
            database: house.database, line: InterruptedLine(house.line, work), rights: house.rights,
            clock: house.clock, passwords: .trivial, trouble: { house.troubles.note($0) }
        ) { _, _, _ in throw Refusal(.notSignedIn, "no such token") }
    }

    private func isRefused(_ attempt: DeviceAttempt, by admission: DeviceAdmission) async -> Bool {
        guard case .refused(let refusal) = await admission.admit(attempt) else { return false }
        return refusal.code == .badCredentials
    }

    @Test func aDeviceThatIsAddedMeanwhileDoesNotWait() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        let slow = admission(house) { _ = try await house.add("SPOT1") }
        #expect(await isRefused(house.attempt("SPOT1", nil), by: slow))
        #expect(try await house.pendingCount() == 0)
    }

    /// Of two that offer a password for one name the first one has it: the other would be let in with what nobody offered.
    @Test func aNameThatIsTakenMeanwhileIsNotOfferedAnotherPassword() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        let slow = admission(house) { _ = await house.knock("SPOT1", "the first password") }
        #expect(await isRefused(house.attempt("SPOT1", "the other password"), by: slow))
        #expect(await house.knock("SPOT1", "the other password") == "bad_credentials")
        #expect(await house.knock("SPOT1", "the first password") == "pending SPOT1")
    }

    /// The watcher looks at those that it knows of: what changed before is found by looking again.
    @Test func aProgramThatLosesARightMeanwhileIsNotLetIn() async throws {
        let house = try await DevicesHouse()
        let asked = Mutex(0)
        let admission = DeviceAdmission(
            database: house.database, line: house.line, rights: house.rights, clock: house.clock,
            trouble: { house.troubles.note($0) }
        ) { _, transport, _ in
            let isFirst = asked.withLock { count in
                count += 1
                return count == 1
            }
            let grants = isFirst ? Grants(everywhere: .all) : Grants(everywhere: [.subscribeMQTT])
            return Caller(
                .token(account: "a", name: "anna", token: "t1"), grants: grants, address: transport.address)
        }
        let attempt = house.attempt("anna", DevicesHouse.token.text)
        #expect(await isRefused(attempt, by: admission))
        guard case .program(_, _, _, let grants) = await admission.admit(attempt) else {
            return #expect(Bool(false), "with what is left it comes in")
        }
        #expect(grants == TopicGrants(subscribe: ["#"]))
    }

    /// Those that were rejected are remembered until the watcher has looked: so many, and names that are made up fill no memory.
    @Test func waitingDevicesThatAreRememberedAreBounded() async throws {
        var limits = JoinLimits()
        limits.devices = 1
        let house = try await DevicesHouse(limits: limits)
        try await house.openJoin()
        func reject(_ name: String) async throws {
            let id = try house.id(name)
            try await house.write { try $0.reject(id, by: $1, in: $2) }
        }
        for name in ["A", "B"] {
            #expect(await house.knock(name, nil) == "pending \(name)")
            try await reject(name)
        }
        #expect(await house.knock("C", nil) == "limit_reached")
        #expect(await house.knock("B", nil) == "pending B", "who is remembered takes no more room")
    }
}
