import Testing
import TimeSeries

/// How an answer says what is not in it.
@Suite struct GapsTests {
    private func list(_ gaps: (Range<Int64>, Damage.Reason)..., in whole: Range<Int64> = 0..<1_000) -> [Gap] {
        var found = Gaps(in: whole)
        for (range, reason) in gaps { found.add(range, reason) }
        return found.list
    }

    @Test func gapsOfOneReasonThatTouchAreOneWhateverTheirOrder() {
        let one = [Gap(0..<30, .missing)]
        #expect(list((0..<10, .missing), (10..<20, .missing), (20..<30, .missing)) == one)
        #expect(list((20..<30, .missing), (0..<10, .missing), (10..<20, .missing)) == one)
        #expect(list((0..<30, .missing), (5..<10, .missing)) == one)
        #expect(list((0..<10, .missing), (11..<20, .missing)).count == 2, "what lies between was read")
    }

    @Test func gapsOfTwoReasonsStayTwo() {
        let two = [Gap(0..<10, .missing), Gap(10..<20, .damaged)]
        #expect(list((0..<10, .missing), (10..<20, .damaged)) == two)
        #expect(list((10..<20, .damaged), (0..<10, .missing)) == two)
    }

    @Test func theyLieWithinWhatWasAskedFor() {
        #expect(
            list((0..<10, .missing), (90..<200, .damaged), in: 5..<100) == [
                Gap(5..<10, .missing), Gap(90..<100, .damaged),
            ])
        #expect(list((0..<10, .missing), in: 10..<20) == [])
    }

    @Test func ofVeryManyTheLastSaysTheRest() {
        var found = Gaps(in: 0..<10_000)
        for number in 0..<250 as Range<Int64> { found.add(number * 10..<number * 10 + 5, .missing) }
        #expect(found.list.count == Gaps.limit)
        #expect(found.list.last?.range == 990..<2_495)
    }
}
