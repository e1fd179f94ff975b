import Foundation
import HubModel
import Registry
import Synchronization
import Testing
import Trust

/// Which passwords are good enough.
struct PasswordRulesTests {
    private func isGood(_ password: String, for name: String = "anna") throws -> Bool {
        let name = try #require(AccountName(name))
        do {
            try PasswordRules.check(password, for: name)
            return true
        } catch {
            #expect(error.code == .weakPassword)
            #expect(!error.detail.contains(password) || password.isEmpty)
            return false
        }
    }

    @Test(arguments: [
        "a fine long password", "tr0ub4dor&3x", "ünïcødé wörds", "qpwoeiruty", String(repeating: "ab c", count: 64),
        "anna is in the garden",
    ])
    func good(_ password: String) throws {
        let good = try isGood(password)
        #expect(good)
    }

    @Test(arguments: [
        "", "ninechars", String(repeating: "ab c", count: 64) + "d", "password123", "PASSWORD123", "1234567890",
        "aaaaaaaaaaaa",
        "abababababab", "abcdefghijkl", "zyxwvutsrqpo", "9876543210", "annaanna12", "Anna2026!annA", "a\u{0}bcdefghijk",
        "line\nbreak here",
    ])
    func weak(_ password: String) throws {
        let good = try isGood(password)
        #expect(!good)
    }

    @Test(arguments: ["", "a b", "ä", "a/b", String(repeating: "a", count: 65)])
    func whatIsNoNameIsNone(_ text: String) {
        #expect(AccountName(text) == nil)
    }

    @Test func aNameIsWrittenSmall() {
        #expect(AccountName("Anna.B@example-1_x")?.text == "anna.b@example-1_x")
    }
}

/// The thread on which passwords are hashed.
struct PasswordWorkerTests {
    /// What was done, in order.
    private final class Order: Sendable {
        private let done = Mutex<[String]>([])
        var all: [String] { done.withLock { $0 } }
        func append(_ word: String) { done.withLock { $0.append(word) } }
    }

    @Test func itGivesWhatTheWorkGives() async throws {
        struct Failed: Error {}
        let worker = PasswordWorker(limit: 1, limitPerAddress: 1)
        let value = try await worker.run(at: .stranger(from: nil)) { 7 }
        #expect(value == 7)
        await #expect(throws: Failed.self) { try await worker.run(at: .stranger(from: nil)) { throw Failed() } }
    }

    /// One job holds the thread; the others wait in a line that is full for one address and then for all; then each address has its
    /// turn.
    @Test func theLineIsShortAndFair() async throws {
        let worker = PasswordWorker(limit: 3, limitPerAddress: 2)
        let (started, starting) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await worker.run(at: .stranger(from: "x")) {
                    starting.finish()
                    release.wait()
                }
            }
            for await _ in started {}
            // Each `run` takes its place before it waits; the next is sent when it has.
            for (address, place) in [("a", 1), ("a", 2), ("b", 3)] {
                group.addTask {
                    try await worker.run(at: .stranger(from: address)) { order.append("\(address)\(place)") }
                }
                while worker.waiting < place { try await Task.sleep(for: .milliseconds(5)) }
                if place == 2 {
                    let refused = await refusal { try await worker.run(at: .stranger(from: "a")) {} }
                    #expect(refused == .tooManyRequests)
                }
            }
            let full = await refusal { try await worker.run(at: .stranger(from: "c")) {} }
            #expect(full == .tooManyRequests)
            release.signal()
            try await group.waitForAll()
        }
        #expect(order.all == ["a1", "b3", "a2"])
    }

    /// The places of strangers are all taken: somebody who is known has one of their own, and their turn.
    @Test func thoseWhoAreKnownWaitForNoCrowdOfStrangers() async throws {
        let worker = PasswordWorker(limit: 4, limitPerAddress: 1, limitOfKnown: 3, limitPerKnown: 2)
        let (started, starting) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await worker.run(at: .stranger(from: "x")) {
                    starting.finish()
                    release.wait()
                }
            }
            for await _ in started {}
            let places: [PasswordWorker.Place] =
                (0..<4).map { .stranger(from: "\($0)") } + [.known("anna"), .known("anna"), .known("ben")]
            for (index, place) in places.enumerated() {
                group.addTask { try await worker.run(at: place) { order.append("\(index)") } }
                while worker.waiting < index + 1 { try await Task.sleep(for: .milliseconds(5)) }
                if index == 5 {
                    let third = await refusal { try await worker.run(at: .known("anna")) {} }
                    #expect(third == .tooManyRequests)
                }
            }
            for place in [PasswordWorker.Place.stranger(from: "4"), .known("carl")] {
                let full = await refusal { try await worker.run(at: place) {} }
                #expect(full == .tooManyRequests)
            }
            release.signal()
            try await group.waitForAll()
        }
        #expect(order.all == ["4", "0", "6", "1", "5", "2", "3"])
    }

    /// Whoever shares an address with somebody can take the places of those whose address is known, under as many names as are known there.
    @Test func thoseWhoShowedSomethingWaitForNobodyWhoDidNot() async throws {
        let worker = PasswordWorker(limit: 2, limitPerAddress: 2, limitOfKnown: 2, limitPerKnown: 2)
        let (started, starting) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await worker.run(at: .stranger(from: "x")) {
                    starting.finish()
                    release.wait()
                }
            }
            for await _ in started {}
            let places: [PasswordWorker.Place] =
                [.stranger(from: "a"), .stranger(from: "a"), .known("anna"), .known("anna")] + [
                    .shown("anna"), .shown("anna"),
                ]
            for (index, place) in places.enumerated() {
                group.addTask { try await worker.run(at: place) { order.append("\(index)") } }
                while worker.waiting < index + 1 { try await Task.sleep(for: .milliseconds(5)) }
            }
            for place in [PasswordWorker.Place.stranger(from: "b"), .known("ben"), .shown("anna")] {
                let full = await refusal { try await worker.run(at: place) {} }
                #expect(full == .tooManyRequests)
            }
            release.signal()
            try await group.waitForAll()
        }
        #expect(order.all == ["4", "2", "0", "5", "3", "1"])
    }

    /// Whoever is gone when its turn comes costs nothing.
    @Test func whatNobodyWaitsForIsNotDone() async throws {
        let worker = PasswordWorker(limit: 2, limitPerAddress: 2)
        let (started, starting) = AsyncStream.makeStream(of: Void.self)
        let release = DispatchSemaphore(value: 0)
        let order = Order()
        let first = Task {
            try await worker.run(at: .stranger(from: "x")) {
                starting.finish()
                release.wait()
            }
        }
        for await _ in started {}
        let gone = Task { try await worker.run(at: .stranger(from: "a")) { order.append("gone") } }
        while worker.waiting < 1 { try await Task.sleep(for: .milliseconds(5)) }
        gone.cancel()
        release.signal()
        try await first.value
        await #expect(throws: CancellationError.self) { try await gone.value }
        #expect(order.all.isEmpty)
    }
}
