import HubModel
import SolutionKit
import Synchronization

/// The answers that are being sent and may take long, so that those are ended whose reader may not see them any more: a right that was taken
/// away ends a moving picture as it ends a live socket. Routes need not think of it.
final class OpenAnswers: Sendable {
    /// What is sent to somebody.
    struct Answer: Sendable {
        /// To whom.
        let reader: Caller
        /// Looks once more whether who asked may ask.
        let check: @Sendable () async throws -> Void
        /// Ends it at once.
        let end: @Sendable () -> Void
    }

    private struct State {
        var next: UInt64 = 0
        var answers: [UInt64: Answer] = [:]
        var ended: Int64 = 0
    }

    private let state = Mutex(State())

    /// An answer begins.
    /// - Returns: the number for `end`.
    func begin(_ answer: Answer) -> UInt64 {
        state.withLock { state in
            state.next += 1
            state.answers[state.next] = answer
            return state.next
        }
    }

    /// An answer is over.
    func end(_ number: UInt64) {
        state.withLock { _ = $0.answers.removeValue(forKey: number) }
    }

    /// People and their programs who read something at present. They are looked at together with those who look on live (`RequestGate.unwelcome`).
    var people: Set<Caller> {
        state.withLock { Set($0.answers.values.map(\.reader).filter { $0.account != nil }) }
    }

    /// Ends the answers to these readers.
    func dismiss(_ readers: Set<Caller>) {
        guard !readers.isEmpty else { return }
        end { readers.contains($1.reader) }
    }

    /// Looks at devices and links, of which `unwelcome` knows nothing, and ends the answers to those that may not ask any more.
    func checkOthers() async {
        let others = state.withLock { $0.answers.filter { $0.value.reader.account == nil } }
        var over: Set<UInt64> = []
        for (number, answer) in others {
            do {
                try await answer.check()
            } catch let refusal as Refusal where OpenAnswers.endsAnswers(refusal.code) {
                over.insert(number)
            } catch {
                // It cannot be told at present; the next look may.
            }
        }
        end { number, _ in over.contains(number) }
    }

    private func end(where isOver: (UInt64, Answer) -> Bool) {
        let over = state.withLock { state in
            let over = state.answers.filter { isOver($0.key, $0.value) }
            // It takes a moment until its sender knows; the next look must not count it again.
            for number in over.keys { state.answers[number] = nil }
            state.ended += Int64(over.count)
            return over.values
        }
        for answer in over { answer.end() }
    }

    /// Whatever is refused ends an answer, also where the reason is a bound on guesses; only what the hub cannot tell at present does not.
    private static func endsAnswers(_ code: RefusalCode) -> Bool {
        switch code {
        case .overloaded, .storageUnavailable, .internalFailure, .stopping: false
        default: true
        }
    }
}

extension OpenAnswers: MetricsSource {
    func metrics() -> [MetricFamily] {
        let (count, ended) = state.withLock { ($0.answers.count, $0.ended) }
        return [
            MetricFamily(
                "martlet_http_open_answers", .gauge, help: "Large and streamed answers that are being sent.",
                value: Double(count)),
            MetricFamily(
                "martlet_http_answers_dismissed_total", .counter,
                help: "Answers that ended because their reader lost the right to see them.", value: Double(ended)),
        ]
    }
}
