import HubModel
import Parking
import SolutionKit
import Testing

/// The simulated car parks as a fleet drives them: no socket, no clock.
@Suite struct SimulatedCarParksTests {
    private typealias Action = SimulatedAction<SimulatedParkingCount>
    private let monday = Timestamp(microseconds: 1_795_392_000_000_000)

    private func parks(
        spots: Int = 40, heartbeatSeconds: Double = 60, hourMinor: Int64? = nil, tokenFile: String? = nil
    ) throws -> SimulatedCarParks {
        let simulator = try #require(ParkingSimulator(seed: 7, sizes: [spots, spots]))
        return SimulatedCarParks(
            simulator, time: SimulatedTime(begin: monday, start: monday, speed: 60),
            heartbeatSeconds: heartbeatSeconds, hourMinor: hourMinor, tokenFile: tokenFile)
    }

    private func messages(_ actions: [Action], by sender: SimulatedSender = .itself) -> [SimulatedMessage] {
        actions.compactMap { action in
            guard case .publish(let message, sender) = action else { return nil }
            return message
        }
    }

    private func stamp(_ message: SimulatedMessage) throws -> Timestamp {
        let text = String(decoding: message.payload, as: UTF8.self)
        let stamp = try #require(text.split(separator: "\"timestamp\":\"").last).prefix(27)
        return try #require(Timestamp(iso8601: String(stamp)))
    }

    @Test("what is due within 20 ms goes out together, and nothing is stamped later than now")
    func together() throws {
        var lot = try parks(spots: 5_000).device(0, at: monday)
        var published = 0
        var now = monday
        for _ in 0..<50 {
            now = max(now, lot.nextDue)
            let said = messages(lot.take(.due, at: now))
            #expect(said.count <= 500)
            for message in said { #expect(try stamp(message) <= now) }
            published += said.count
            if said.count < 500 { #expect(lot.nextDue > now.advanced(byMicroseconds: 20_000)) }
        }
        #expect(published > 50)
    }

    @Test("a controller that was away does not make up for what is more than ten seconds old")
    func patience() throws {
        var lot = try parks().device(0, at: monday)
        let back = monday.advanced(bySeconds: 3_600)
        var actions: [Action] = []
        while lot.nextDue <= back { actions += lot.take(.due, at: back) }
        let oldest = back.advanced(bySeconds: -10)
        for message in messages(actions) { #expect(try stamp(message) >= oldest) }
        let left = actions.filter { $0 == .count(.leftOut) }.count
        #expect(left > 2_000 && messages(actions).count < 40)
    }

    @Test(
        "payments go out on the connection of the program that may take them, and on the controller's where there is none"
    )
    func payments() throws {
        for (tokenFile, sender) in [("token", SimulatedSender.program(0)), (nil, .itself)] {
            let parks = try parks(hourMinor: 250, tokenFile: tokenFile)
            #expect(parks.programs.count == (tokenFile == nil ? 0 : 1))
            var lot = parks.device(0, at: monday)
            var actions: [Action] = []
            while lot.nextDue < monday.advanced(bySeconds: 1_440) { actions += lot.take(.due, at: lot.nextDue) }
            let paid = messages(actions, by: sender).filter { $0.topic == "parkmate/payment" }
            #expect(paid.count > 20 && paid.count == actions.filter { $0 == .count(.payment) }.count)
            let other = messages(actions, by: tokenFile == nil ? .program(0) : .itself)
            #expect(!other.contains { $0.topic == "parkmate/payment" })
        }
    }

    @Test("commands to LEDs are counted by colour, and what names none is counted as other")
    func colors() throws {
        let parks = try parks()
        var lot = parks.device(1, at: monday)
        var tally = FleetTally<SimulatedParkingCount>()
        for text in [#"{"spot_id":"A","color":"red"}"#, #"{"color":"green"}"#, #"{"color":"red"}"#, "{}", "red"] {
            let message = SimulatedMessage(topic: "parkmate/led/command/LOT002", payload: Array(text.utf8))
            for case .count(let count, let number) in lot.take(.message(message), at: monday) {
                tally.note(count, by: number)
            }
        }
        #expect(
            parks.summary(tally)
                == "0 changes, 0 reports acknowledged, 0 failed, 0 lost on purpose, 0 left out, 5 LED commands (green 1, red 2, other 2)"
        )
        tally.note(.payment, by: 3)
        tally.noteConnected()
        #expect(parks.progress(tally, before: tally, seconds: 5).hasPrefix("1 of 2 lots connected, 0 changes"))
        #expect(parks.progress(tally, before: tally, seconds: 5).hasSuffix("other 2), 3 payments"))
    }

    @Test("each lot's controller is registered before the spots for which it speaks")
    func registrations() throws {
        let devices = try parks(spots: 2).devices
        #expect(
            devices.map(\.name) == [
                "LOT001-controller", "SPOT00001", "SPOT00002", "LOT002-controller", "SPOT00003", "SPOT00004",
            ])
        #expect(
            devices.map(\.controller) == [
                nil, "LOT001-controller", "LOT001-controller", nil, "LOT002-controller", "LOT002-controller",
            ])
    }
}
