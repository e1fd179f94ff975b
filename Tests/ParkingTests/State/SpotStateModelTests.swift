import HubModel
import HubTesting
import Parking
import Testing

/// Spot states against a model that remembers everything and thinks it over from the beginning each time.
@Suite struct SpotStateModelTests {
    /// What happens to a spot.
    private enum Happening {
        case report(Bool?, Double?, age: Int64)
        case override(Bool, seconds: Int64?)
        case clear
        case outOfService(Bool)
        case reserve(Bool)
        case wait
    }

    /// The rules of docs/parking-api.md, without any thought of speed.
    private struct Model {
        let settings: SensorSettings
        let stale: Int64
        /// In milliseconds: when it was observed and heard, and what it means.
        var heard: [(observed: Int64, received: Int64, flag: Bool?, distance: Double?)] = []
        var override: (occupied: Bool, until: Int64?)?
        var isOut = false
        var isReserved = false

        /// What the sensor says at an instant: all reports again, one after the other.
        func sensed(at now: Int64) -> Bool? {
            var believed: Bool?
            var since: Int64 = 0
            var waiting: (value: Bool, observed: Int64, received: Int64)?
            func ripen(_ at: Int64) {
                guard let change = waiting, at - change.received >= settings.debounceMilliseconds else { return }
                believed = change.value
                since = change.observed
                waiting = nil
            }
            for report in heard {
                ripen(report.received)
                let before = waiting?.value ?? believed
                let near = report.distance.flatMap { distance -> Bool? in
                    let half = settings.hysteresisCentimetres / 2
                    return distance < settings.thresholdCentimetres - half
                        ? true : distance > settings.thresholdCentimetres + half ? false : before
                }
                let said = settings.decides == .flag ? report.flag ?? near : near ?? report.flag
                guard let said else { continue }
                if believed == nil {
                    believed = said
                    since = report.observed
                } else if said == believed {
                    waiting = nil
                } else if let change = waiting {
                    if report.observed - change.observed >= settings.debounceMilliseconds {
                        believed = said
                        since = change.observed
                        waiting = nil
                    }
                } else if report.observed - since >= settings.debounceMilliseconds {
                    believed = said
                    since = report.observed
                } else {
                    waiting = (said, report.observed, report.received)
                }
            }
            ripen(now)
            return believed
        }

        func status(at now: Int64) -> SpotStatus {
            if isOut { return .outOfService }
            if let override, override.until.map({ now < $0 }) ?? true {
                return override.occupied ? .occupied : isReserved ? .reserved : .free
            }
            guard let sensed = sensed(at: now), let last = heard.last, now - last.received < stale * 1_000 else {
                return .unknown
            }
            return sensed ? .occupied : isReserved ? .reserved : .free
        }
    }

    @Test(arguments: 0..<300) func itIsAsTheModelSays(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let settings = SensorSettings(
            decides: Bool.random(using: &random) ? .flag : .distance,
            debounceMilliseconds: [0, 500, 2_000, 10_000].randomElement(using: &random) ?? 0)
        let stale: Int64 = [10, 30, 300].randomElement(using: &random) ?? 10
        var now: Int64 = 1_795_255_200_000
        var model = Model(settings: settings, stale: stale)
        var state = SpotState(kind: .standard, settings: settings, staleSeconds: stale, since: at(now))
        // What sessions would be made of what it says.
        var cars: [CarChange] = []
        func follow(_ change: CarChange?, at instant: Timestamp) {
            guard let change else { return }
            #expect(change.isThere != cars.last?.isThere ?? false, "a car comes once before it leaves")
            #expect(change.at <= instant && change.at >= cars.last?.at ?? change.at)
            cars.append(change)
        }
        for step in 0..<200 {
            now += Int64.random(in: 0...(Bool.random(using: &random) ? 1_500 : 40_000), using: &random)
            // Time is looked at when the state itself says so, as the line's tick does.
            while let deadline = state.nextDeadline, deadline <= at(now) {
                let before = state
                follow(state.settle(at: deadline).car, at: deadline)
                guard state != before else {
                    Issue.record("a deadline at which nothing happens")
                    return
                }
            }
            var cause: ChangeSource?
            switch happening(&random) {
            case .report(let flag, let distance, let age):
                let report = SpotReport(
                    isOccupied: flag, distanceCentimetres: distance, observedAt: at(now - age), receivedAt: at(now))
                let isLate = model.heard.last.map { now - age < $0.observed } ?? false
                // What is late is not told: the clock's own tests say what that is.
                if !isLate { state.take(report) }
                if !isLate { model.heard.append((min(now - age, now), now, flag, distance)) }
            case .override(let isOccupied, let seconds):
                let until = seconds.map { now + $0 * 1_000 }
                state.override = Override(isOccupied: isOccupied, until: until.map(at), by: "x", at: at(now))
                model.override = (isOccupied, until)
                cause = .override
            case .clear:
                state.override = nil
                model.override = nil
                cause = .override
            case .outOfService(let isOut):
                state.isOutOfService = isOut
                model.isOut = isOut
                cause = .owner
            case .reserve(let isReserved):
                state.isReserved = isReserved
                model.isReserved = isReserved
                cause = .reservation
            case .wait: break
            }
            let (before, since) = (state.status, state.statusSince)
            let changes = state.settle(at: at(now), after: cause)
            let change = changes.status
            follow(changes.car, at: at(now))
            #expect(state.car.isThere == cars.last?.isThere ?? false)
            // A person's word counts at once.
            if !state.isOutOfService, let word = state.override { #expect(state.car.isThere == word.isOccupied) }
            #expect(state.status == model.status(at: now), "step \(step) of \(seed)")
            #expect((change == nil) == (before == state.status))
            if let change {
                #expect(change.from == before && change.to == state.status)
                // History goes forward, and nothing began after now.
                #expect(change.at >= since && change.at <= at(now))
            }
            // What is shown without the line's help is never fresher than what the line would say.
            for later in [0, 5_000, stale * 1_000 + 1] where state.override == nil && !state.isOutOfService {
                var copy = state
                copy.candidate = nil
                let isSilent = copy.isSilent(at: at(now + later))
                _ = copy.settle(at: at(now + later))
                #expect(isSilent == (copy.status == .unknown))
            }
            // When nothing happens any more, money knows what people see.
            var quiet = state
            _ = quiet.settle(at: at(now + settings.debounceMilliseconds))
            switch quiet.status {
            case .occupied: #expect(quiet.car.isThere, "step \(step) of \(seed)")
            case .free, .reserved: #expect(!quiet.car.isThere, "step \(step) of \(seed)")
            case .unknown, .outOfService: break
            }
        }
    }

    /// Sessions of a sensor that nobody contradicts are the times for which it said the same for long enough, read off its reports.
    @Test(arguments: 0..<300) func carsAreWhatLasted(_ seed: UInt64) {
        var random = SeededRandom(1_000 + seed)
        let debounce: Int64 = [0, 500, 2_000, 10_000].randomElement(using: &random) ?? 0
        var now: Int64 = 1_795_255_200_000
        var state = SpotState(
            kind: .standard, settings: SensorSettings(debounceMilliseconds: debounce), staleSeconds: 86_400,
            since: at(now))
        var said: [(at: Int64, isOccupied: Bool)] = []
        var cars: [CarChange] = []
        func pass(to instant: Int64) {
            while let deadline = state.nextDeadline, deadline <= at(instant) {
                cars += [state.settle(at: deadline).car].compactMap { $0 }
            }
            now = instant
        }
        for _ in 0..<200 {
            pass(to: now + Int64.random(in: 1...(Bool.random(using: &random) ? 1_500 : 40_000), using: &random))
            said.append((now, Bool.random(using: &random)))
            state.take(
                SpotReport(
                    isOccupied: said.last?.isOccupied, distanceCentimetres: nil, observedAt: at(now),
                    receivedAt: at(now)))
            cars += [state.settle(at: at(now)).car].compactMap { $0 }
        }
        pass(to: now + debounce)
        var runs: [(from: Int64, isOccupied: Bool)] = []
        for report in said where report.isOccupied != runs.last?.isOccupied {
            runs.append((report.at, report.isOccupied))
        }
        let ends = runs.dropFirst().map(\.from) + [now]
        var expected: [CarChange] = []
        for (run, end) in zip(runs, ends) where end - run.from >= debounce {
            guard run.isOccupied != expected.last?.isThere ?? false else { continue }
            expected.append(CarChange(isThere: run.isOccupied, at: at(run.from)))
        }
        #expect(cars == expected)
    }

    private func at(_ milliseconds: Int64) -> Timestamp { Timestamp(microseconds: milliseconds * 1_000) }

    private func happening(_ random: inout SeededRandom) -> Happening {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: return .override(Bool.random(using: &random), seconds: Bool.random(using: &random) ? nil : 20)
        case 1: return .clear
        case 2: return .outOfService(Bool.random(using: &random))
        case 3, 4: return .reserve(Bool.random(using: &random))
        case 5, 6: return .wait
        default:
            let age: Int64 = [0, 0, 0, 100, 3_000, -60_000].randomElement(using: &random) ?? 0
            let distance = [30.0, 95, 101, 115, 129, 131, 200].randomElement(using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: return .report(Bool.random(using: &random), nil, age: age)
            case 1: return .report(nil, distance, age: age)
            default: return .report(Bool.random(using: &random), distance, age: age)
            }
        }
    }
}
