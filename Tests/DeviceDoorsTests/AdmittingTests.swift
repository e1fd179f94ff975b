import Credentials
import DeviceDoors
import HubModel
import MQTTBroker
import MQTTCodec
import Registry
import SQL
import SolutionKit
import Synchronization
import Testing
import Trust

@Suite struct AdmittingTests {
    @Test func aSpotCannotReportForAnotherUnlessItIsItsController() async throws {
        try await AdmittingHub.run { hub in
            let first = try await hub.add("SPOT001")
            let second = try await hub.add("SPOT002", controller: "SPOT001")
            let one = try #require(try await hub.connect("SPOT001", first))
            let two = try #require(try await hub.connect("SPOT002", second))
            for retain in [false, true] {
                #expect(try hub.may(one, "spot/SPOT001/status", retain: retain) == .granted)
                #expect(try hub.may(one, "spot/SPOT002/status", retain: retain) == .granted)
                #expect(try hub.may(two, "spot/SPOT002/status", retain: retain) == .granted)
                #expect(try hub.may(two, "spot/SPOT001/status", retain: retain) == .refused)
                #expect(try hub.may(two, "spot/SPOT002/led", retain: retain) == .refused)
                #expect(try hub.may(one, "iot/broker/status", retain: retain) == .refused)
                #expect(try hub.may(one, "$SYS/x", retain: retain) == .refused)
            }
            let wanted = [
                ("spot/SPOT002/led", true), ("spot/SPOT001/led", false), ("spot/+/led", false), ("#", false),
                ("$SYS/#", false), ("iot/broker/status", true), ("iot/broker/#", false),
                ("$share/g/spot/SPOT002/led", true),
            ]
            for (filter, isGranted) in wanted {
                let refusal = hub.authorizer.refusalToSubscribe(two, filter: try TopicFilter(filter))
                #expect((refusal == nil) == isGranted, "\(filter)")
            }
            _ = try await hub.publish(one, "spot/SPOT002/status", "free")
            #expect(hub.heard.all == ["spot/SPOT002/status free device(SPOT001) 1000"])
        }
    }

    @Test func clientsWithoutRightsMayDoNothingUnlessTheHubIsOpen() async throws {
        let client = ConnectedClient(
            identifier: try MQTTString("c"), userName: nil, remoteAddress: "127.0.0.1:1", version: .v5_0)
        let topic = try TopicName("spot/x/status")
        let (closed, open) = (HubAuthorizer(), HubAuthorizer(isOpen: true))
        #expect(closed.publishing(client, to: topic, retain: false) == .refused)
        #expect(open.publishing(client, to: topic, retain: false) == .granted)
        #expect(open.publishing(client, to: try TopicName("iot/broker/stats"), retain: false) == .refused)
        #expect(closed.refusalToSubscribe(client, filter: try TopicFilter("a")) == .notAuthorized)
        #expect(open.refusalToSubscribe(client, filter: try TopicFilter("$SYS/#")) == nil)
    }

    @Test func whatAWaitingDeviceSendsIsKeptAndTakenInOnceItIsApproved() async throws {
        try await AdmittingHub.run { hub in
            #expect(try await hub.connect("SPOT009", "its own password") == nil)
            _ = try await hub.administer { try $0.openJoin(minutes: 5, by: $1, in: $2) }
            let waiting = try #require(try await hub.connect("SPOT009", "its own password"))
            #expect(try hub.may(waiting, "spot/SPOT009/status") == .setAside)
            #expect(try hub.may(waiting, "iot/broker/status") == .refused)
            #expect(hub.authorizer.refusalToSubscribe(waiting, filter: try TopicFilter("spot/SPOT009/led")) != nil)
            for (number, text) in ["one", "bad", "two"].enumerated() {
                let outcome = try await hub.publish(waiting, "spot/SPOT009/status", text, id: UInt64(number + 1))
                #expect(outcome == .committed)
            }
            // It may not say this once it is approved.
            _ = try await hub.publish(waiting, "spot/SPOT001/status", "lie", id: 4)
            let replay = AsideReplay(line: hub.line, admission: hub.admission)
            #expect(try await replay.run() == 0)
            #expect(hub.heard.all.isEmpty)
            let id = try #require(DeviceID("SPOT009"))
            let key = try await hub.administer { try $0.approve(id, credential: .offered, by: $1, in: $2).key }
            #expect(key == nil)
            // Nobody runs now what was approved: the process may end here. Whoever starts next hands over.
            #expect(try await hub.count("device_aside") == 4)
            let next = AsideReplay(line: hub.line, admission: hub.admission)
            async let both = (replay.run(), next.run())
            let (one, other) = try await both
            #expect(one + other == 2)
            #expect(
                hub.heard.all.filter { $0.contains("one") } == ["spot/SPOT009/status one device(SPOT009) 1000"])
            #expect(hub.heard.all.filter { $0.contains("two") } == ["spot/SPOT009/status two device(SPOT009) 3000"])
            #expect(try await hub.count("device_aside") == 0)
            // What it says on the connection of its waiting time is not kept any more.
            #expect(try await hub.publish(waiting, "spot/SPOT009/status", "three", id: 5) == .refused(.notAuthorized))
        }
    }

    @Test func theWatchEndsConnectionsAndHandsOver() async throws {
        try await AdmittingHub.run { hub in
            let ended = Mutex<[String]>([])
            let welcomes = Welcomes(database: hub.database, clock: hub.clock, trouble: { _ in }) { _ in
                Timestamp(microseconds: .max)
            }
            let watch = DeviceWatch(
                watcher: DeviceWatcher(admission: hub.admission, welcomes: welcomes),
                replay: AsideReplay(line: hub.line, admission: hub.admission),
                disconnect: { owner, endsSessions, _, _ in ended.withLock { $0.append("\(owner) \(endsSessions)") } },
                forget: { _ in }, trouble: { _ in })
            try await watch.step()
            _ = try await hub.administer { try $0.openJoin(minutes: 5, by: $1, in: $2) }
            let waiting = try #require(try await hub.connect("SPOT009", nil))
            _ = try await hub.publish(waiting, "spot/SPOT009/status", "one")
            let id = try #require(DeviceID("SPOT009"))
            _ = try await hub.administer { try $0.approve(id, credential: .new, by: $1, in: $2).device }
            try await watch.step(owesReplay: false)
            #expect(ended.withLock { $0.sorted() } == ["device:SPOT009 false", "pending:SPOT009 true"])
            #expect(hub.heard.all.count == 1)
            _ = try await hub.administer { try $0.rotate(id, by: $1, in: $2).device }
            ended.withLock { $0 = [] }
            try await watch.step(owesReplay: false)
            #expect(ended.withLock { $0 } == ["device:SPOT009 false"])
        }
    }

    @Test func sessionsOfAccountsThatAreNoMoreAreEnded() async throws {
        try await AdmittingHub.run { hub in
            let ended = Mutex<[String]>([])
            let welcomes = Welcomes(database: hub.database, clock: hub.clock, trouble: { _ in }) { _ in
                Timestamp(microseconds: .max)
            }
            let (admission, database) = (hub.admission, hub.database)
            let watch = DeviceWatch(
                watcher: DeviceWatcher(admission: hub.admission, welcomes: welcomes),
                replay: AsideReplay(line: hub.line, admission: hub.admission),
                endedAccounts: {
                    try await admission.ended(amongAccounts: try await StoredSessions.accounts(in: database))
                },
                disconnect: { owner, endsSessions, _, rights in
                    ended.withLock { $0.append("\(owner) \(endsSessions) \(rights == nil)") }
                },
                forget: { _ in }, trouble: { _ in })
            try await database.write { transaction in
                for (id, state) in [("active-----------", "active"), ("disabled---------", "disabled")] {
                    try transaction.execute(
                        """
                        INSERT INTO account (id, name, password, state, generation, created_at, password_changed_at)
                        VALUES ($1, $1, 'x', $2, 1, 0, 0)
                        """, [.text(id), .text(state)])
                }
                for owner in [
                    "account:active-----------", "account:disabled---------", "account:deleted", "device:x", "keyless",
                ] {
                    for client in ["a", "b"] {
                        try transaction.execute(
                            "INSERT INTO mqtt_session (client, expiry_interval, owner) VALUES ($1, 60, $2)",
                            [.text("\(owner)\u{1F}\(client)"), .text(owner)])
                    }
                }
            }
            let gone = ["account:deleted true true", "account:disabled--------- true true"]
            try await watch.step()
            #expect(ended.withLock { $0.sorted() } == gone)
            ended.withLock { $0 = [] }
            // Not looked for again until a right changes.
            #expect(try await !watch.step(owesReplay: false, owesAccounts: false))
            #expect(ended.withLock { $0.isEmpty })
            try await database.write { _ = try TrustEpoch.advance(in: $0) }
            #expect(try await watch.step(owesReplay: false, owesAccounts: false))
            #expect(ended.withLock { $0.sorted() } == gone)
        }
    }

    /// As a command over HTTP is: devices listen there. What devices say is not, nor what a program says in their place.
    @Test func whatAProgramTellsDevicesIsInTheAudit() async throws {
        try await AdmittingHub.run { hub in
            let key = try await hub.add("SPOT001")
            let device = try #require(try await hub.connect("SPOT001", key))
            let program = try #require(try await hub.connect("anna", AdmittingHub.token.text))
            func audited() async throws -> [String] {
                let rows = try await hub.database.read {
                    try AuditRegistry().oldest(AuditFilter(), after: 0, limit: 1_000, in: $0)
                }
                return rows.map { row in
                    guard case .readable(let record) = row else { return "damaged" }
                    return "\(record.identity) \(record.who) \(record.action) \(record.target ?? "") \(record.facts)"
                }
            }
            _ = try await hub.publish(device, "spot/SPOT001/status", "free", id: 1)
            _ = try await hub.publish(program, "spot/SPOT001/status", "free", id: 2)
            #expect(try await audited().isEmpty)
            _ = try await hub.publish(program, "spot/SPOT001/led", "secret", id: 3)
            #expect(
                try await audited() == [
                    "token anna command.send topic:spot/SPOT001/led "
                        + #"{"by_token":"t1","over":"mqtt","bytes":"6"}"#
                ])
            // Whoever repeats it does not fill the audit; the next entry tells of those that were left out.
            for number in UInt64(4)..<100 { _ = try await hub.publish(program, "spot/SPOT001/led", "on", id: number) }
            #expect(try await audited().count == 60)
            _ = try await hub.publish(program, "spot/SPOT001/led", "on", id: 2_000)
            #expect(try await audited().count == 61)
            #expect(try await audited().last?.contains(#""left_out":"37""#) == true)
        }
    }

    @Test func aSessionRemembersWhoseItIs() async throws {
        try await AdmittingHub.run { hub in
            let key = try await hub.add("SPOT001")
            let client = try #require(try await hub.connect("SPOT001", key, client: "board"))
            let opening = SessionOpening(client: client, isResumed: false, expiryInterval: 60, keepAlive: 0, at: 1)
            let ledger = hub.ledger
            let outcome = await withCheckedContinuation { continuation in
                ledger.commit([.session(.connected(opening))]) { continuation.resume(returning: $0) }
            }
            #expect(outcome == [.committed])
            let state = try StoredSessions.load(from: hub.database)
            #expect(state.sessions[client.session]?.owner == "device:SPOT001")
        }
    }

    @Test func whoIsNotThereStandsAsItWouldNow() async throws {
        try await AdmittingHub.run { hub in
            let key = try await hub.add("SPOT001")
            _ = try await hub.administer { try $0.openJoin(minutes: 5, by: $1, in: $2) }
            let device = try #require(try await hub.connect("SPOT001", key))
            let waiting = try #require(try await hub.connect("SPOT009", "its own password"))
            func rights(_ owner: String?, _ sessionOwner: String? = nil) async throws -> ClientRights? {
                let client = ConnectedClient(
                    identifier: device.identifier, userName: nil, remoteAddress: "127.0.0.1:5", version: .v5_0,
                    owner: owner, sessionOwner: sessionOwner)
                guard case .accepted(let accepted) = await hub.authenticator.standing(of: client) else { return nil }
                #expect(accepted.owner == owner)
                return accepted.rights
            }
            let (own, other) = (try TopicName("spot/SPOT001/status"), try TopicName("spot/SPOT002/status"))
            let now = try #require(try await rights(device.owner))
            #expect(now.mayPublish(to: own) && !now.mayPublish(to: other))
            let program = try #require(try await rights("token:t1", "account:a"))
            #expect(program.mayPublish(to: other))
            // Whose its will is has to be known when it is published.
            #expect(hub.admission.program("token:t1") != nil)
            for owner in ["token:t2", "device:SPOT003", "keyless", waiting.owner, nil] {
                #expect(try await rights(owner) == nil, "\(owner ?? "nobody")")
            }
            let id = try #require(DeviceID("SPOT001"))
            _ = try await hub.administer { try $0.setEnabled(false, id, by: $1, in: $2) }
            #expect(try await rights(device.owner) == nil)
        }
    }

    @Test func whoShowsAKeyWaitsForNoPasswords() {
        #expect(DeviceAdmission.passwordsWaiting <= BrokerLimits().concurrentAuthentications / 4)
    }

    @Test func nothingIsKeptForADeviceThatWaits() async throws {
        try await AdmittingHub.run { hub in
            _ = try await hub.administer { try $0.openJoin(minutes: 5, by: $1, in: $2) }
            let waiting = try #require(try await hub.connect("SPOT009", "its own password", client: "board"))
            #expect(waiting.rights?.sessionExpiry == 0)
        }
    }
}
