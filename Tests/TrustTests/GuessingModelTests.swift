import Credentials
import Foundation
import HubModel
import HubTesting
import Registry
import SQL
import Testing
import Trust

/// The guard against a model that keeps every failure and counts anew each time: random names, addresses, browsers (their own and copies),
/// passwords that are changed, and clocks.
struct GuessingModelTests {
    /// xorshift64*: the same numbers for the same seed everywhere.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    /// Failures of one key: all that count, oldest first, and until when nobody is listened to.
    private struct Track {
        var times: [Int64] = []
        var until: Int64 = .min

        /// As if the last were now, if the clock was set back.
        mutating func follow(_ now: Int64) {
            guard let last = times.last, last > now else { return }
            times = times.map { $0 - (last - now) }
            if until != .min { until -= last - now }
        }
    }

    private struct Model {
        let policy: GuessingPolicy
        var pairs: [String: Track] = [:]
        var addresses: [String: Track] = [:]
        var names: [String: Track] = [:]
        var signedIn: [String: Int64] = [:]
        /// Keys of browsers: whose, and until when.
        var browsers: [String: (name: String, until: Int64)] = [:]
        var owns: [String: Track] = [:]

        /// What the door says: seconds to wait, 0 for "not right", nil for "come in".
        mutating func attempt(
            _ name: String, _ group: String, showing keys: [String], isRight: Bool, at now: Int64
        ) -> Int64? {
            let pair = "\(name) \(group)"
            if let key = keys.first(where: { browsers[$0].map { $0.name == name && $0.until > now } ?? false }) {
                owns[key]?.follow(now)
                let until = owns[key]?.until ?? .min
                if until > now { return until - now }
                owns[key] = isRight ? nil : owns[key]
                guard !isRight else {
                    signedIn[pair] = now
                    return nil
                }
                fail(&owns[key, default: Track()], at: now)
                forget(at: now)
                return 0
            }
            pairs[pair]?.follow(now)
            addresses[group]?.follow(now)
            names[name]?.follow(now)
            let isKnown = signedIn[pair].map { $0 >= now - policy.knownSeconds } ?? false
            var tracks = [pairs[pair]]
            if !isKnown { tracks += [addresses[group], names[name]] }
            let wait = tracks.map { ($0?.until ?? .min) > now ? ($0?.until ?? now) - now : 0 }.max() ?? 0
            if wait > 0 { return wait }
            guard !isRight else {
                pairs[pair] = nil
                signedIn[pair] = now
                return nil
            }
            fail(&pairs[pair, default: Track()], at: now)
            fail(&addresses[group, default: Track()], limit: Int(policy.addressFailures), at: now)
            fail(&names[name, default: Track()], limit: Int(policy.nameFailures), at: now)
            forget(at: now)
            return 0
        }

        /// After somebody came in: the browser's key for them is another.
        mutating func came(_ name: String, showing keys: [String], given key: String, at now: Int64, seconds: Int64) {
            for key in keys where browsers[key]?.name == name { browsers[key] = nil }
            browsers[key] = (name, now + seconds)
            browsers = browsers.filter { $0.value.until > now }
        }

        mutating func forget(browsersOf name: String) { browsers = browsers.filter { $0.value.name != name } }

        private mutating func forget(at now: Int64) {
            for table in [\Model.pairs, \.addresses, \.names, \.owns] {
                self[keyPath: table] = self[keyPath: table].filter { ($0.value.times.last ?? now) >= now - 86_400 }
            }
        }

        private func fail(_ track: inout Track, at now: Int64) {
            if let last = track.times.last, now - last >= policy.pairMemorySeconds { track.times = [] }
            track.times.append(now)
            let beyond = track.times.count - Int(policy.pairFailures)
            guard beyond >= 0 else { return }
            let lock = (0..<beyond).reduce(policy.firstLockSeconds) { lock, _ in
                min(lock * 2, policy.longestLockSeconds)
            }
            track.until = max(track.until, now + lock)
        }

        private func fail(_ track: inout Track, limit: Int, at now: Int64) {
            let isOver = track.times.first.map { now - $0 >= policy.windowSeconds } ?? false
            if isOver || track.until != .min { track.times = [] }
            if track.until <= now { track.until = .min }
            track.times.append(now)
            if track.times.count >= limit { track.until = max(track.until, now + policy.longestLockSeconds) }
        }
    }

    private static let policy: GuessingPolicy = {
        var policy = GuessingPolicy()
        policy.addressFailures = 12
        policy.nameFailures = 8
        return policy
    }()

    /// Seconds for which each row locks.
    private func locks(_ house: PeopleHouse) async throws -> [[UInt8]: Int] {
        let (policy, now) = (GuessingModelTests.policy, house.clock.now())
        return try await house.database.read { reader in
            var locks: [[UInt8]: Int] = [:]
            for row in try reader.query("SELECT scope, key FROM sign_in_guard") {
                guard let scope = FailureCount.Scope(rawValue: try row.text(0)) else { continue }
                let key = try row.blob(1)
                locks[key] = policy.secondsLocked(try GuardTable.count(scope, key, in: reader), at: now)
            }
            return locks
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>) func theGuardIsWhatTheModelSays(_ seed: UInt64) async throws {
        let browserSeconds: Int64 = 3_000_000
        let house = try await PeopleHouse {
            $0.guessing = GuessingModelTests.policy
            $0.browserSeconds = browserSeconds
            $0.browsersPerAccount = 1_000
        }
        for name in ["anna", "ben"] { try await house.add(name) }
        var dice = Dice(state: seed &* 0x9E37_79B9_7F4A_7C15)
        var model = Model(policy: GuessingModelTests.policy)
        let places = [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.2", "192.0.2.2"), ("2001:db8:0:1::1", "v6"),
            ("2001:db8:0:1::2", "v6"),
        ]
        let steps: [Int64] = [0, 0, 0, 0, 0, 0, 1, 10, 29, 31, 300, 899, 900, 3_000, 86_400, 2_600_000]
        // What two browsers show, and every cookie that there ever was: somebody has copies.
        var browsers = ["", ""]
        var copies = [""]
        for step in 0..<250 {
            if dice.next() % 3 == 0 {
                let isBack = dice.next() % 6 == 0
                house.clock.move(seconds: (steps.randomElement(using: &dice) ?? 0) * (isBack ? -1 : 1))
            }
            let now = house.clock.now().microseconds / 1_000_000
            let name = ["anna", "anna", "ben", "nobody"].randomElement(using: &dice) ?? ""
            let (address, group) = places.randomElement(using: &dice) ?? places[0]
            let isRight = name != "nobody" && dice.next() % 8 == 0
            if dice.next() % 25 == 0, name != "nobody" {
                let isSignedOut = dice.next() % 2 == 0
                let hash = try PasswordHash(of: PeopleHouse.password, parameters: .trivial)
                try await house.shell { administration, caller, instant, transaction in
                    if isSignedOut {
                        try administration.endSessions(of: name, by: caller, at: instant, in: transaction)
                    } else {
                        try administration.setPassword(of: name, to: hash, by: caller, at: instant, in: transaction)
                    }
                }
                model.forget(browsersOf: name)
            }
            let browser = Int(dice.next() % 4)
            let shown = browser < 2 ? browsers[browser] : browser == 2 ? copies.randomElement(using: &dice) ?? "" : ""
            let keys = shown.split(separator: ".").map(String.init)
            let before = try await locks(house)
            let wanted = model.attempt(name, group, showing: keys, isRight: isRight, at: now)
            var came: Int64?
            do {
                let reply = try await house.signIn(
                    name, isRight ? PeopleHouse.password : "a wrong password", from: address, in: shown)
                let given = reply.browser.split(separator: ".").map(String.init)
                let key = try #require(given.first)
                #expect(!copies.contains { $0.contains(key) }, "seed \(seed), step \(step): a key of before")
                #expect(Set(given.dropFirst()).isSubset(of: keys))
                model.came(name, showing: keys, given: key, at: now, seconds: browserSeconds)
                if browser < 2 { browsers[browser] = reply.browser }
                copies.append(reply.browser)
            } catch let refusal as Refusal {
                came = Int64(refusal.code == .tooManyRequests ? refusal.retryAfterSeconds ?? -1 : 0)
            }
            try #require(came == wanted, "seed \(seed), step \(step): \(name) from \(address)")
            #expect(came ?? 0 <= 900)
            // Whatever was tried, no lock is shorter than it was; only who comes in forgets their own.
            let after = try await locks(house)
            let shortened = before.filter { (after[$0.key] ?? 0) < $0.value }
            #expect(shortened.isEmpty || came == nil, "seed \(seed), step \(step)")
        }
    }
}
