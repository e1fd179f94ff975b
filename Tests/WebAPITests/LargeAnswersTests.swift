import HubModel
import SolutionKit
import Synchronization
import Testing

/// Answers that are large: how many are made at once.
@Suite(.timeLimit(.minutes(2))) struct LargeAnswersTests {
    private final class Order: Sendable {
        private let begun = Mutex<[Int]>([])
        var all: [Int] { begun.withLock { $0 } }
        func append(_ number: Int) { begun.withLock { $0.append(number) } }
    }

    private func refusal(_ work: () async throws -> Void) async -> RefusalCode? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? Refusal)?.code
        }
    }

    @Test func `so many are made at once, the others wait in order, and of more the next is refused`() async throws {
        let answers = LargeAnswers(atOnce: 2, waiting: 3)
        let order = Order()
        let holds = (0..<5).map { _ in AsyncStream.makeStream(of: Void.self) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            @Sendable func make(_ number: Int) async throws {
                try await answers.make {
                    order.append(number)
                    for await _ in holds[number].stream {}
                }
            }
            for number in 0..<2 {
                group.addTask { try await make(number) }
                while order.all.count <= number { await Task.yield() }
            }
            for number in 2..<4 {
                group.addTask { try await make(number) }
                while answers.waiting < number - 1 { await Task.yield() }
            }
            let impatient = Task { try await make(4) }
            while answers.waiting < 3 { await Task.yield() }
            #expect(await refusal { try await answers.make {} } == .overloaded)
            // Who is gone takes no place.
            impatient.cancel()
            await #expect(throws: CancellationError.self) { try await impatient.value }
            #expect(answers.waiting == 2)
            // Nor does one that was gone before it came.
            let late = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await make(4)
            }
            await #expect(throws: CancellationError.self) { try await late.value }
            #expect(answers.waiting == 2)
            #expect(order.all == [0, 1])
            for (hold, begun) in [(1, [0, 1, 2]), (2, [0, 1, 2, 3])] {
                holds[hold].continuation.finish()
                while order.all.count < begun.count { await Task.yield() }
                #expect(order.all == begun)
            }
            for hold in [0, 3] { holds[hold].continuation.finish() }
            try await group.waitForAll()
        }
        // Also what fails makes room.
        for _ in 0..<5 {
            #expect(await refusal { try await answers.make { throw Refusal(.conflict, "") } } == .conflict)
        }
        #expect(await refusal { try await answers.make {} } == nil)
    }
}
