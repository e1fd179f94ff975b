import HubModel
import SolutionKit
import Testing

@Suite struct LivenessTests {
    private func second(_ second: Double) -> Timestamp {
        Timestamp(seconds: 1_763_683_200).advanced(byMicroseconds: Int64(second * 1e6))
    }

    @Test("A device that reports every ten seconds is unknown after thirty without a word")
    func silence() {
        var life = Liveness(firstHeardAt: second(0))
        #expect(life.staleAfter == 90_000_000)
        for report in 1...5 { _ = life.heard(at: second(Double(report) * 10)) }
        #expect(life.staleAfter == 30_000_000)
        #expect(!life.isOverdue(at: second(80)) && life.isOverdue(at: second(80.1)))
        #expect(life.passed(to: second(200)) && life.state == .unknown && life.since == second(80))
        #expect(life.heard(at: second(201)) && life.state == .online)
    }

    @Test("One that says goodbye is asleep and is waited for as long as it usually sleeps")
    func sleep() {
        var life = Liveness(firstHeardAt: second(0))
        for round in 0..<4 {
            let begin = Double(round) * 1_000
            _ = life.heard(at: second(begin))
            #expect(life.disconnected(at: second(begin + 1)) && life.state == .asleep)
        }
        #expect(life.expectedAt == second(4_000))
        #expect(!life.isOverdue(at: second(5_990)) && life.isOverdue(at: second(6_000)))
        #expect(life.left(at: second(3_500)) && life.state == .offline && !life.isOverdue(at: second(90_000)))
    }

    @Test("With a fixed limit the habits do not count: asleep or awake, five minutes are five minutes")
    func fixedLimit() {
        var life = Liveness(firstHeardAt: second(0), limit: .fixed(FixedSilence(seconds: 300)))
        for report in 1...9 { _ = life.heard(at: second(Double(report) * 10)) }
        #expect(life.staleAfter == 300_000_000 && life.interval.median == nil)
        #expect(!life.isOverdue(at: second(389.9)) && life.isOverdue(at: second(390)))
        #expect(life.deadline(at: second(100)) == second(390))
        #expect(life.disconnected(at: second(91)) && life.deadline(at: second(100)) == second(390))
        #expect(life.passed(to: second(1_000)) && life.state == .unknown && life.since == second(390))
        #expect(life.deadline(at: second(1_000)) == nil)
        #expect(life.heard(at: second(1_001)) && life.nap.median == nil)
    }

    @Test("What is kept as text is the same habit again")
    func text() {
        var usual = UsualInterval(.awake)
        for report in 1...7 {
            usual.note(second(Double(report * report)), after: second(Double((report - 1) * (report - 1))))
        }
        let again = UsualInterval(.awake, text: usual.text, median: usual.median)
        #expect(again.median == usual.median && again.staleAfter == usual.staleAfter && again.text == usual.text)
    }
}
