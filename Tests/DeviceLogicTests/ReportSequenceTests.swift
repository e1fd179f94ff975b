import DeviceLogic
import Testing

/// What the receiver of numbered reports makes of them.
@Suite struct ReportSequenceTests {
    @Test("reports in order are the next ones, and what is missing is counted")
    func order() {
        var sequence = ReportSequence()
        #expect(sequence.take(boot: 7, number: 3) == .next(missing: 0))
        #expect(sequence.take(boot: 7, number: 4) == .next(missing: 0))
        #expect(sequence.take(boot: 7, number: 8) == .next(missing: 3))
        #expect(sequence.take(boot: 7, number: 8) == .again)
        #expect(sequence.take(boot: 7, number: 6) == .late)
        #expect(sequence.take(boot: 7, number: 6) == .repeated)
        #expect(sequence.take(boot: 7, number: 4) == .repeated)
        #expect(sequence.take(boot: 7, number: 200) == .next(missing: 191))
        #expect(sequence.take(boot: 7, number: 137) == .late)
        #expect(sequence.take(boot: 7, number: 136) == .tooOld)
    }

    @Test("a new life is the present, and what an earlier one still has to say is late")
    func lives() {
        var sequence = ReportSequence()
        _ = sequence.take(boot: 1, number: 10)
        #expect(sequence.take(boot: 2, number: 0) == .next(missing: 0))
        #expect(sequence.take(boot: 1, number: 11) == .late)
        #expect(sequence.take(boot: 1, number: 11) == .repeated)
        #expect(sequence.take(boot: 1, number: 9) == .late)
        #expect(sequence.take(boot: 2, number: 1) == .next(missing: 0))
        for boot in UInt32(3)...6 { #expect(sequence.take(boot: boot, number: 0) == .next(missing: 0)) }
        #expect(sequence.count == ReportSequence.lives && sequence[0].boot == 6 && sequence[3].boot == 3)
    }

    @Test("the ends of the numbers are numbers like others")
    func ends() {
        var sequence = ReportSequence()
        #expect(sequence.take(boot: .max, number: 0) == .next(missing: 0))
        #expect(sequence.take(boot: .max, number: .max) == .next(missing: .max - 1))
        #expect(sequence.take(boot: .max, number: .max) == .again)
        #expect(sequence.take(boot: .max, number: .max - 63) == .late)
        #expect(sequence.take(boot: .max, number: 0) == .tooOld)
    }

    /// The model keeps all numbers that came.
    @Test("whatever comes in whatever order: the verdict is that of a model", arguments: 0..<20)
    func model(seed: Int) {
        var chance = Chance(seed: UInt64(seed))
        var sequence = ReportSequence()
        var came: Set<UInt32> = []
        for _ in 0..<500 {
            let newest = came.max() ?? 0
            let number = UInt32(max(0, Int64(newest) + Int64.random(in: -70..<20, using: &chance)))
            let expected: ReportSequence.Verdict =
                if came.isEmpty {
                    .next(missing: 0)
                } else if number > newest {
                    .next(missing: number - newest - 1)
                } else if newest - number >= 64 {
                    .tooOld
                } else if !came.contains(number) {
                    .late
                } else {
                    number == newest ? .again : .repeated
                }
            #expect(sequence.take(boot: 1, number: number) == expected)
            // What is kept says as much.
            var kept = ReportSequence()
            for index in 0..<sequence.count { kept.restore(sequence[index]) }
            sequence = kept
            if expected != .tooOld { came.insert(number) }
        }
    }
}
