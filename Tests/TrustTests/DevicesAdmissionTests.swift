import Credentials
import HubModel
import HubTesting
import Registry
import SQL
import SolutionKit
import Testing
import Trust

@Suite struct DevicesAdmissionTests {
    @Test func aDeviceComesInWithItsKeyAndWithNothingElse() async throws {
        let house = try await DevicesHouse()
        let key = try await house.add("SPOT001")
        #expect(await house.knock("SPOT001", key.text) == "device SPOT001")
        #expect(await house.knock(nil, key.text, client: "SPOT001") == "device SPOT001")
        #expect(await house.knock("SPOT001", nil) == "bad_credentials")
        #expect(await house.knock("SPOT001", SecretKey(.device).text) == "bad_credentials")
        #expect(await house.knock("SPOT002", key.text) == "bad_credentials")
        #expect(await house.knock("SPOT/1", key.text) == "bad_credentials")
    }

    @Test func whatCannotBeLookedUpIsSaid() async throws {
        let house = try await DevicesHouse()
        let key = try await house.add("SPOT001")
        #expect(await house.knock("SPOT001", SecretKey(.device).text) == "bad_credentials")
        #expect(house.troubles.all.isEmpty)
        try await house.database.write { try $0.execute("ALTER TABLE device RENAME TO hidden") }
        let word = await house.knock("SPOT001", key.text)
        #expect(word == "internal_error")
        #expect(house.troubles.all.count == 1)
    }

    @Test func rotatingDisablingAndRemovingEndTheOldKeyAtOnce() async throws {
        let house = try await DevicesHouse()
        let old = try await house.add("SPOT001")
        let id = try house.id("SPOT001")
        let new = try await house.write { try $0.rotate(id, by: $1, in: $2).key }
        #expect(await house.knock("SPOT001", old.text) == "bad_credentials")
        #expect(await house.knock("SPOT001", new.text) == "device SPOT001")
        _ = try await house.write { try $0.setEnabled(false, id, by: $1, in: $2) }
        #expect(await house.knock("SPOT001", new.text) == "forbidden")
        // Whoever does not know the key does not learn that it is disabled.
        #expect(await house.knock("SPOT001", old.text) == "bad_credentials")
        _ = try await house.write { try $0.setEnabled(true, id, by: $1, in: $2) }
        #expect(await house.knock("SPOT001", new.text) == "device SPOT001")
        _ = try await house.write { try $0.revoke(id, by: $1, in: $2) }
        _ = try await house.write { try $0.setEnabled(true, id, by: $1, in: $2) }
        #expect(await house.knock("SPOT001", new.text) == "bad_credentials")
        try await house.write { try $0.remove(id, by: $1, in: $2) }
        #expect(await house.knock("SPOT001", new.text) == "bad_credentials")
        let again = try await house.add("SPOT001")
        #expect(await house.knock("SPOT001", again.text) == "device SPOT001")
    }

    /// The window is open for an hour at most, whatever the table says: the clock may have been set back since.
    @Test func aClockThatIsSetBackDoesNotOpenTheWindowAgain() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        house.clock.move(seconds: -86_400)
        #expect(await house.knock("stranger", "a long password") == "bad_credentials")
        house.clock.move(seconds: 86_400 + 601)
        #expect(await house.knock("stranger", "a long password") == "bad_credentials")
        // Once its time was over it is closed for good.
        try await house.admission.closeWindowIfOver()
        house.clock.move(seconds: -300)
        #expect(await house.knock("stranger", "a long password") == "bad_credentials")
        try await house.openJoin()
        try await house.admission.closeWindowIfOver()
        #expect(await house.knock("stranger", "a long password") == "pending stranger")
    }

    @Test func aSpellingOfANameMeansTheSameDevice() async throws {
        let house = try await DevicesHouse()
        let id = try house.id("07")
        let (device, key) = try await house.write { try $0.add(id, kind: .node, by: $1, in: $2) }
        #expect(device.id.text == "node_07")
        #expect(await house.knock("07", key.text) == "device node_07")
        try await house.openJoin()
        #expect(await house.knock("07", "another password of 20") == "bad_credentials")
    }

    @Test func unknownDevicesAreRefusedAndCountedUnlessTheWindowIsOpen() async throws {
        let house = try await DevicesHouse()
        #expect(await house.knock("stranger", "a long password") == "bad_credentials")
        #expect(house.admission.refusedUnknown == 1)
        try await house.openJoin()
        #expect(await house.knock("stranger", "a long password") == "pending stranger")
        // The name is held by whoever came with it first.
        #expect(await house.knock("stranger", "another long password") == "bad_credentials")
        #expect(await house.knock("quiet", nil) == "pending quiet")
        house.clock.move(seconds: 601)
        #expect(await house.knock("stranger", "a long password") == "pending stranger")
        #expect(await house.knock("quiet", nil, address: "10.0.0.2") == "bad_credentials")
        #expect(await house.knock("quiet", nil) == "pending quiet")
        #expect(await house.knock("late", nil) == "bad_credentials")
        #expect(house.admission.refusedUnknown == 3)
    }

    @Test func anApprovedDeviceKeepsThePasswordItOffered() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        let (id, short) = (try house.id("SPOT009"), try house.id("short"))
        #expect(await house.knock("SPOT009", "its own password") == "pending SPOT009")
        #expect(await house.knock("short", "elevenbytes") == "pending short")
        try await house.keep("spot/SPOT009/status", of: "SPOT009")
        let device = try await house.write { try $0.approve(id, credential: .offered, by: $1, in: $2).device }
        #expect(device.kind == .parking && device.credential == .password)
        #expect(await house.knock("SPOT009", "its own password") == "device SPOT009")
        #expect(await house.knock("SPOT009", "not its password") == "bad_credentials")
        await #expect(throws: Refusal.self) {
            _ = try await house.write {
                try $0.approve(short, kind: .parking, credential: .offered, by: $1, in: $2).device
            }
        }
    }

    @Test func guessingAPasswordIsSoonNotListenedToAndOthersNoticeNothing() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        for name in ["SPOT1", "SPOT2"] {
            #expect(await house.knock(name, "password of \(name)") == "pending \(name)")
            let id = try house.id(name)
            _ = try await house.write {
                try $0.approve(id, kind: .parking, credential: .offered, by: $1, in: $2).device
            }
        }
        for _ in 0..<6 {
            #expect(await house.knock("SPOT1", "a wrong password", address: "6.6.6.6") == "bad_credentials")
        }
        #expect(await house.knock("SPOT1", "a wrong password", address: "6.6.6.6") == "too_many_requests")
        #expect(await house.knock("SPOT1", "password of SPOT1", address: "6.6.6.7") == "device SPOT1")
        #expect(await house.knock("SPOT2", "password of SPOT2", address: "6.6.6.6") == "device SPOT2")
        // Its password was right before: the lock is not for the device.
        #expect(await house.knock("SPOT1", "password of SPOT1", address: "6.6.6.6") == "device SPOT1")
    }

    /// After a restart nobody remembers which passwords were right. A neighbour that guesses locks its address, but not for a device
    /// that was there last.
    @Test func theLockOfAnAddressDoesNotKeepOutADeviceThatIsKnownThere() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        for (name, address) in [("SPOT1", "10.0.0.1"), ("SPOT2", "10.0.0.2"), ("SPOT3", "10.0.0.3")] {
            #expect(await house.knock(name, "password of \(name)", address: address) == "pending \(name)")
            let id = try house.id(name)
            _ = try await house.write {
                try $0.approve(id, kind: .parking, credential: .offered, by: $1, in: $2).device
            }
            #expect(await house.knock(name, "password of \(name)", address: address) == "device \(name)")
        }
        let restarted = house.makeAdmission()
        func knock(_ name: String, _ password: String, from address: String) async -> String {
            switch await restarted.admit(house.attempt(name, password, address: address)) {
            case .device(let device, _): "device \(device)"
            case .refused(let refusal): refusal.code.rawValue
            default: "something else"
            }
        }
        for _ in 0..<67 {
            house.clock.move(seconds: 120)
            #expect(await knock("SPOT2", "a wrong password", from: "10.0.0.1") == "bad_credentials")
        }
        #expect(await knock("SPOT3", "password of SPOT3", from: "10.0.0.1") == "too_many_requests")
        #expect(await knock("SPOT1", "password of SPOT1", from: "10.0.0.1") == "device SPOT1")
        // To set the clock back opens nothing, and locks nobody for longer than the longest lock.
        house.clock.move(seconds: -86_400)
        #expect(await knock("SPOT3", "password of SPOT3", from: "10.0.0.1") == "too_many_requests")
        house.clock.move(seconds: 120)
        #expect(await knock("SPOT3", "password of SPOT3", from: "10.0.0.1") == "device SPOT3")
    }

    @Test func aCertificateCountsOnlyIfItsSerialNumberIsKnownAndItsNameIsTheDevices() async throws {
        let house = try await DevicesHouse()
        _ = try await house.add("SPOT001")
        _ = try await house.add("SPOT002")
        let certificate = DeviceCertificate(
            serial: "0A:0b", device: try house.id("SPOT001"), commonName: "SPOT001",
            notAfter: house.clock.now().advanced(bySeconds: 3_600), issuedAt: house.clock.now())
        try await house.write { try $0.recordCertificate(certificate, by: $1, in: $2) }
        func shown(_ name: String, _ serial: String = "0a0b", dns: [String] = []) -> DeviceAttempt.Certificate {
            DeviceAttempt.Certificate(commonName: name, dnsNames: dns, serial: serial)
        }
        #expect(await house.knock(nil, nil, certificate: shown("SPOT001")) == "device SPOT001")
        #expect(await house.knock(nil, nil, certificate: shown("x", dns: ["SPOT001"])) == "device SPOT001")
        #expect(await house.knock(nil, nil, certificate: shown("SPOT002")) == "bad_credentials")
        #expect(await house.knock(nil, nil, certificate: shown("SPOT001", "0c")) == "bad_credentials")
        #expect(await house.knock("SPOT002", nil, certificate: shown("SPOT001")) == "bad_credentials")
        // TLS looks at the certificate's own date by the machine's clock; the hub at what it has recorded.
        house.clock.move(seconds: 3_600)
        #expect(await house.knock(nil, nil, certificate: shown("SPOT001")) == "bad_credentials")
        house.clock.move(seconds: -1)
        #expect(await house.knock(nil, nil, certificate: shown("SPOT001")) == "device SPOT001")
        try await house.write { _ = try $0.revokeCertificate(serial: "a0b", by: $1, in: $2) }
        #expect(await house.knock(nil, nil, certificate: shown("SPOT001")) == "bad_credentials")
    }

    @Test func guessesAtOnceAreNoMoreThanGuessesInARow() async throws {
        // So much that all of them have passed the first look before the sixth is found wrong.
        let costs = try #require(PasswordHash.Parameters(logarithm: 13, blockSize: 8, parallelism: 1))
        let house = try await DevicesHouse(passwords: costs)
        try await house.openJoin()
        #expect(await house.knock("SPOT009", "its own password") == "pending SPOT009")
        let id = try house.id("SPOT009")
        _ = try await house.write { try $0.approve(id, kind: .parking, credential: .offered, by: $1, in: $2).device }
        let answers = await withTaskGroup(of: String.self) { group in
            for number in 0..<14 { group.addTask { await house.knock("SPOT009", "a wrong password \(number)") } }
            return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(answers == ["bad_credentials": 6, "too_many_requests": 8])
    }

    @Test func aProgramComesInWithATokenWhoseRightsHoldForTheWholeHub() async throws {
        let house = try await DevicesHouse()
        guard
            case .program("anna", "t1", "a", let grants) = await house.admission.admit(
                house.attempt("anna", DevicesHouse.token.text))
        else { return #expect(Bool(false)) }
        #expect(grants == TopicGrants(publish: ["#"], subscribe: ["#", "$SYS/#"]))
        #expect(await house.knock("anna", SecretKey(.personalToken).text) == "not_signed_in")
        let atOneSite = try await DevicesHouse(grants: Grants(sites: [.main: .all]))
        #expect(await atOneSite.knock("anna", DevicesHouse.token.text) == "forbidden")
    }

    @Test func whoShowsNothingComesInOnlyFromItsKindsNetwork() async throws {
        let keyless = KeylessDevices([Spots(), Boards()]) { $0 == "10.0.0.7" ? [.parking] : [] }
        let house = try await DevicesHouse(keyless: keyless)
        #expect(await house.knock(nil, nil, address: "10.0.0.7") == "keyless lot/status")
        #expect(await house.knock(nil, nil, address: "10.0.0.8") == "bad_credentials")
        #expect(await house.knock("SPOT1", nil, address: "10.0.0.7") == "bad_credentials")
        #expect(await house.knock(nil, "a password of some length", address: "10.0.0.7") == "bad_credentials")
        #expect(try await DevicesHouse().knock(nil, nil, address: "10.0.0.7") == "bad_credentials")
    }

    @Test func overHTTPADeviceIsACallerOfItsSite() async throws {
        let house = try await DevicesHouse()
        let key = try await house.add("SPOT001")
        let transport = RequestTransport(address: "10.0.0.9")
        let caller = try await house.admission.caller(
            name: "SPOT001", key: key.text, transport: transport, at: house.clock.now())
        #expect(caller.identity == .device(try house.id("SPOT001"), .parking, site: .main))
        #expect(caller.grants == Grants() && caller.address == "10.0.0.9")
        try await house.openJoin()
        for (name, key, code) in [("SPOT001", "wrong", RefusalCode.badCredentials), ("new", "x", .devicePending)] {
            let refusal = await #expect(throws: Refusal.self) {
                try await house.admission.caller(name: name, key: key, transport: transport, at: house.clock.now())
            }
            #expect(refusal?.code == code)
        }
    }

    @Test func whenADeviceConnectsItsTimeIsNotedAtMostOnceAMinute() async throws {
        let house = try await DevicesHouse()
        let key = try await house.add("SPOT001")
        let id = try house.id("SPOT001")
        func lastSeen() async throws -> Timestamp? {
            try await house.database.read { try DeviceRegistry().device(id, in: $0)?.lastSeen }
        }
        #expect(try await lastSeen() == nil)
        _ = await house.knock("SPOT001", key.text)
        let first = house.clock.now()
        #expect(try await lastSeen() == first)
        house.clock.move(seconds: 59)
        _ = await house.knock("SPOT001", key.text)
        #expect(try await lastSeen() == first)
        house.clock.move(seconds: 1)
        _ = await house.knock("SPOT001", key.text)
        #expect(try await lastSeen() == house.clock.now())
        // A clock that was set back must not leave it in the future.
        house.clock.move(seconds: -3_600)
        _ = await house.knock("SPOT001", key.text)
        #expect(try await lastSeen() == house.clock.now())
    }

    @Test func anotherSpellingIsOneOfItsOwnKindOnly() async throws {
        let house = try await DevicesHouse()
        let key = try await house.add("node_7")
        // Boards are called so too, spots are not.
        #expect(await house.knock("7", key.text) == "bad_credentials")
        #expect(await house.knock("node_7", key.text) == "device node_7")
    }

    @Test func wrongPasswordsAreForgottenAfterAWhile() async throws {
        let house = try await DevicesHouse()
        try await house.openJoin()
        #expect(await house.knock("SPOT009", "its own password") == "pending SPOT009")
        let id = try house.id("SPOT009")
        _ = try await house.write { try $0.approve(id, kind: .parking, credential: .offered, by: $1, in: $2).device }
        func guesses() async -> [String] {
            var answers: [String] = []
            for number in 0..<7 { answers.append(await house.knock("SPOT009", "a wrong password \(number)")) }
            return answers
        }
        let six = Array(repeating: "bad_credentials", count: 6) + ["too_many_requests"]
        #expect(await guesses() == six)
        house.clock.move(seconds: 900)
        #expect(await guesses().prefix(2) == ["bad_credentials", "too_many_requests"])
        house.clock.move(seconds: 901)
        #expect(await guesses() == six)
    }
}
