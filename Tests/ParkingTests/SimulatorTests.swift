import HubModel
import HubTesting
import Parking
import SolutionKit
import Testing

/// Monday, 2026-11-23, midnight UTC.
private let monday = Timestamp(seconds: 1_795_392_000)
private let minute: Int64 = 60_000_000
private let day: Int64 = 86_400_000_000

/// The simulated car parks speak as the contract says, are always the same, and behave like a town's.
@Suite struct SimulatorTests {
    private func city(
        seed: UInt64 = 7, lots: Int = 1, spots: Int = 100, faulty: Double = 0, loss: Double = 0
    ) throws -> ParkingSimulator {
        try #require(
            ParkingSimulator(seed: seed, sizes: Array(repeating: spots, count: lots), faulty: faulty, loss: loss))
    }

    /// Each thing that is said in so many microseconds, with the lot as it is then.
    private func follow(
        _ lot: inout SimulatedLot, for span: Int64, from start: Timestamp = monday,
        _ body: (SimulatedLot.Report, SimulatedLot) -> Void
    ) {
        let end = start.advanced(byMicroseconds: span)
        while lot.nextInstant < end {
            if let report = lot.next() { body(report, lot) }
        }
    }

    /// All that is said in so many microseconds.
    private func reports(
        _ lot: inout SimulatedLot, for span: Int64, from start: Timestamp = monday
    ) -> [SimulatedLot.Report] {
        var found: [SimulatedLot.Report] = []
        follow(&lot, for: span, from: start) { report, _ in found.append(report) }
        return found
    }

    @Test func itSpeaksAsTheContractSays() throws {
        let city = try city(lots: 3)
        #expect(city.lotID(0) == "LOT001")
        #expect(city.spotID(lot: 0, spot: 0) == "SPOT00001")
        #expect(city.spotID(lot: 2, spot: 99) == "SPOT00300")
        #expect(city.controllerID(2) == "LOT003-controller")
        #expect(city.ledTopic(2) == "parkmate/led/command/LOT003")
        var lot = city.lot(1, from: monday, heartbeat: minute)
        let first = lot.next()
        let report = try #require(first)
        let message = city.message(report, ofLot: 1, stampedAt: monday)
        #expect(message.topic == "parkmate/spot/status")
        let id = city.spotID(lot: 1, spot: report.spot)
        let text = """
            {"spot_id":"\(id)","lot_id":"LOT002","occupied":\(report.isOccupied),"distance":\(report.distance),\
            "timestamp":"2026-11-23T00:00:00.000000Z"}
            """
        #expect(String(decoding: message.payload, as: UTF8.self) == text)
    }

    @Test func namesThatTheHubWouldRefuseAreRefused() {
        #expect(ParkingSimulator(seed: 1, sizes: [1], lotPrefix: "a b") == nil)
        #expect(ParkingSimulator(seed: 1, sizes: [1], spotPrefix: "") == nil)
        #expect(ParkingSimulator(seed: 1, sizes: [1], timeZone: "Nowhere/Town") == nil)
    }

    @Test func itIsAlwaysTheSame() throws {
        var one = try city(faulty: 0.3, loss: 0.05).lot(0, from: monday, heartbeat: 10 * minute)
        var same = try city(faulty: 0.3, loss: 0.05).lot(0, from: monday, heartbeat: 10 * minute)
        var other = try city(seed: 8, faulty: 0.3, loss: 0.05).lot(0, from: monday, heartbeat: 10 * minute)
        let said = reports(&one, for: day)
        var copy = one
        #expect(said == reports(&same, for: day))
        #expect(said != reports(&other, for: day))
        let next = monday.advanced(byMicroseconds: day)
        #expect(reports(&one, for: day, from: next) == reports(&copy, for: day, from: next))
        // A lot goes its own way, whatever the others do.
        let beside = try city(lots: 3, faulty: 0.3, loss: 0.05)
        var first = beside.lot(0, from: monday, heartbeat: 10 * minute)
        #expect(said == reports(&first, for: day))
        var second = beside.lot(1, from: monday, heartbeat: 10 * minute)
        #expect(said != reports(&second, for: day))
    }

    @Test func everySensorSpeaksInTimeAndInOrder() throws {
        var lot = try city(spots: 40).lot(0, from: monday, heartbeat: minute)
        var last = [Timestamp](repeating: monday, count: 40)
        var before = monday
        for report in reports(&lot, for: day / 4) {
            #expect(report.at >= before)
            #expect(report.at.microseconds(since: last[report.spot]) <= minute)
            (before, last[report.spot]) = (report.at, report.at)
        }
        #expect(last.allSatisfy { monday.advanced(byMicroseconds: day / 4).microseconds(since: $0) <= minute })
    }

    @Test func carsComeByTimeOfDayAndWeekday() throws {
        var lot = try city().lot(0, from: monday, heartbeat: day)
        var occupancy: [[Double]] = []
        for quarter in 0..<(14 * 24) {
            _ = reports(&lot, for: day / 24, from: monday.advanced(byMicroseconds: Int64(quarter) * day / 24))
            let occupied = (0..<100).filter { lot.isOccupied($0) }.count
            if quarter % 24 == 0 { occupancy.append([]) }
            occupancy[quarter / 24].append(Double(occupied) / 100)
        }
        let weekdays = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11]
        func mean(_ days: [Int], _ hour: Int) -> Double {
            days.map { occupancy[$0][hour] }.reduce(0, +) / Double(days.count)
        }
        #expect(mean(weekdays, 10) > 0.7)
        #expect(mean(weekdays, 3) < 0.2)
        #expect(mean(weekdays, 10) > mean(weekdays, 20) + 0.2)
        #expect(mean([5, 12], 13) > mean([6, 13], 13) + 0.1, "Saturday is busier than Sunday")
        #expect(mean([5, 12], 8) < mean(weekdays, 8) - 0.2, "nobody commutes on Saturday")
    }

    @Test func staysDependOnTheKind() throws {
        let city = try city(spots: 100)
        var lot = city.lot(0, from: monday, heartbeat: 28 * day)
        var arrivals: [Int: Timestamp] = [:]
        var stays: [String: [Double]] = [:]
        let kinds = String(decoding: city.csvList().utf8, as: UTF8.self).split(separator: "\n").dropFirst().map {
            String($0.split(separator: ",")[7])
        }
        for report in reports(&lot, for: 28 * day) where report.isChange {
            if report.isOccupied {
                arrivals[report.spot] = report.at
            } else if let arrived = arrivals.removeValue(forKey: report.spot) {
                let hours = Double(report.at.microseconds(since: arrived)) / 3_600e6
                stays[kinds[report.spot], default: []].append(hours)
            }
        }
        func median(_ kind: String) -> Double {
            let sorted = (stays[kind] ?? []).sorted()
            return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        }
        #expect(Set(stays.keys) == ["standard", "disabled", "ev", "family", "motorcycle"])
        #expect((1.3...1.9).contains(median("ev")))
        #expect((0.9...1.5).contains(median("disabled")))
        #expect((1.1...1.6).contains(median("family")))
        #expect((2.4...4.4).contains(median("motorcycle")))
        let standard = try #require(stays["standard"])
        let long = standard.filter { $0 > 6 }.count
        #expect((0.12...0.5).contains(Double(long) / Double(standard.count)), "some people work, most shop")
        #expect(standard.allSatisfy { (2.0 / 60 - 0.001...20.001).contains($0) })
    }

    @Test func distancesAreThoseOfTheContractWithNoise() throws {
        var lot = try city().lot(0, from: monday, heartbeat: 30 * minute)
        var (free, occupied): ([Double], [Double]) = ([], [])
        var wrong = 0
        follow(&lot, for: 2 * day) { report, lot in
            if report.isOccupied != lot.isOccupied(report.spot) { wrong += 1 }
            if report.isOccupied {
                occupied.append(Double(report.distance))
            } else {
                free.append(Double(report.distance))
            }
        }
        #expect(wrong == 0)
        func spread(_ values: [Double]) -> (mean: Double, deviation: Double) {
            let mean = values.reduce(0, +) / Double(values.count)
            let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            return (mean, variance.squareRoot())
        }
        #expect((199.5...200.5).contains(spread(free).mean))
        #expect((1.5...2.6).contains(spread(free).deviation))
        #expect((28.5...31.5).contains(spread(occupied).mean))
        #expect((4.0...7.0).contains(spread(occupied).deviation))
    }

    @Test func reportsGetLost() throws {
        var lot = try city(loss: 0.1).lot(0, from: monday, heartbeat: minute)
        let heard = reports(&lot, for: day / 4).count
        let share = Double(lot.lost) / Double(lot.lost + heard)
        #expect((0.09...0.11).contains(share))
    }

    @Test func sensorsFailInEveryWay() throws {
        let city = try city(spots: 400, faulty: 0.5)
        let faults = city.faults(ofLot: 0, from: monday)
        let healthy = faults.filter { $0 == .none }.count
        #expect((180...280).contains(healthy))
        var lot = city.lot(0, from: monday, heartbeat: 10 * minute)
        var heard = [Int](repeating: 0, count: 400)
        var wrong = [Int](repeating: 0, count: 400)
        var distances = [[Int64]](repeating: [], count: 400)
        follow(&lot, for: 10 * day) { report, lot in
            heard[report.spot] += 1
            if report.isOccupied != lot.isOccupied(report.spot) { wrong[report.spot] += 1 }
            distances[report.spot].append(report.distance)
        }
        var seen = Set<String>()
        for (spot, fault) in faults.enumerated() {
            switch fault {
            case .none:
                #expect(wrong[spot] == 0)
            case .stuck(let since) where since <= monday:
                #expect(Set(distances[spot]).count == 1)
                seen.insert("stuck")
            case .swapped:
                #expect(faults[spot ^ 1] == .swapped)
                #expect(wrong[spot] > 0)
                seen.insert("swapped")
            case .dirty(let since) where since <= monday:
                let mostly = distances[spot].filter { $0 > 190 }.count
                #expect(Double(mostly) < 0.25 * Double(heard[spot]), "its floor has come nearer")
                seen.insert("dirty")
            case .drifting(let since) where since <= monday:
                #expect((distances[spot].max() ?? 0) > 208)
                seen.insert("drifting")
            case .deaf:
                #expect(heard[spot] < 1_200, "of about 1,440 and more")
                seen.insert("deaf")
            case .dead(let since) where since <= monday:
                #expect(heard[spot] == 0)
                seen.insert("dead")
            case .stuck, .dirty, .drifting, .dead:
                break
            }
        }
        #expect(seen.count == 6)
    }

    @Test func driversPayForWhereTheyStandAndChangeNothing() throws {
        let city = try city(spots: 60, faulty: 0.5)
        func follow(paying: Bool) -> (reports: [SimulatedLot.Report], payments: [SimulatedLot.Payment]) {
            var lot = city.lot(0, from: monday, heartbeat: 10 * minute, paying: paying)
            let end = monday.advanced(byMicroseconds: day)
            var found: (reports: [SimulatedLot.Report], payments: [SimulatedLot.Payment]) = ([], [])
            while lot.nextInstant < end {
                while let payment = lot.payment(before: lot.nextInstant) {
                    if !lot.isOccupied(payment.spot) { Issue.record("\(payment) is for an empty spot") }
                    found.payments.append(payment)
                }
                if let report = lot.next() { found.reports.append(report) }
            }
            return found
        }
        let (reports, payments) = follow(paying: true)
        #expect(payments == follow(paying: true).payments)
        #expect(reports == follow(paying: false).reports)
        #expect(follow(paying: false).payments.isEmpty)
        #expect(payments.count > 100)
        #expect(zip(payments, payments.dropFirst()).allSatisfy { $0.at <= $1.at })
        #expect(payments.allSatisfy { $0.at >= monday && $0.arrivedAt < $0.at && $0.at < $0.leavesAt })
        #expect(payments.contains(where: \.isByApp) && !payments.allSatisfy(\.isByApp))
        let first = try #require(payments.first)
        let message = city.message(first, ofLot: 0, minor: 250, stampedAt: monday)
        #expect(message.topic == "parkmate/payment")
        let id = city.spotID(lot: 0, spot: first.spot)
        let text = """
            {"payment_id":"\(id)-\(String(monday.microseconds, radix: 36))","spot_id":"\(id)","lot_id":"LOT001",\
            "amount_minor":250,"method":"\(first.isByApp ? "app" : "card")","timestamp":"2026-11-23T00:00:00.000000Z"}
            """
        #expect(String(decoding: message.payload, as: UTF8.self) == text)
        #expect(try PaymentRequest(message.payload).spot?.text == id)
    }

    @Test func theListsNameEverySpotOnce() throws {
        let city = try #require(
            ParkingSimulator(
                seed: 1, sizes: [130, 130, 130], lotPrefix: "CITY-", spotPrefix: "C", timeZone: "Europe/Berlin"))
        let rows = city.csvList().split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.count == 391)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        #expect(Set(rows.dropFirst().map { $0[3] }).count == 390)
        #expect(Set(rows.dropFirst().map { $0[0] }) == ["CITY-001", "CITY-002", "CITY-003"])
        #expect(Set(rows.dropFirst().map { $0[5] }) == ["0", "1", "2"])
        // No two spots of a level lie at one place.
        let places = Set(rows.dropFirst().map { "\($0[0]) \($0[5]) \($0[8]) \($0[9])" })
        #expect(places.count == 390)
        let json = String(decoding: city.jsonList(), as: UTF8.self)
        // Not inside of #expect, which would print all of it.
        let beginsWell = json.hasPrefix(#"{"lots":[{"lot_id":"CITY-001","name":"Car park 1","#)
        let middle =
            #""time_zone":"Europe/Berlin","currency":"EUR","public":true,"plan":{"width":25,"height":48},"spots":["#
        let isWhole = json.contains(middle)
        let count = json.split(separator: #""spot_id""#).count
        #expect(beginsWell && isWhole && count == 391)
        let devices = city.devices(ofLot: 1)
        #expect(devices.controller == "CITY-002-controller")
        #expect(devices.spots.count == 130 && devices.spots[0] == "C00131")
    }

    @Test func lotsMayHaveDifferentSizes() throws {
        let city = try #require(ParkingSimulator(seed: 1, sizes: [20, 15, 10], spotDigits: 3))
        #expect(city.lots == 3 && city.spots == 45)
        #expect(city.spotID(lot: 1, spot: 0) == "SPOT021")
        #expect(city.spotID(lot: 2, spot: 9) == "SPOT045")
        #expect(city.lot(2, from: monday, heartbeat: minute).count == 10)
        #expect(ParkingSimulator(seed: 1, sizes: []) == nil)
    }

    @Test func timeRunsFaster() {
        let time = SimulatedTime(begin: monday, start: monday, speed: 100)
        let later = monday.advanced(bySeconds: 1_000)
        #expect(time.due(later) == monday.advanced(bySeconds: 10))
        #expect(time.span(ofSeconds: 60) == 6_000_000_000)
    }
}
