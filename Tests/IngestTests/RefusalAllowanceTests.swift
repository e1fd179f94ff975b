import HubModel
import SolutionKit
import Testing

/// A flood of refusals does not become a flood of rows.
@Suite struct RefusalAllowanceTests {
    @Test("some at once, then one from time to time, which tells how many were left out") func oneDevice() throws {
        let device = try #require(DeviceID("a"))
        let start = Timestamp(seconds: 1_800_000_000)
        var allowance = RefusalAllowance()
        let first = (0..<1_000).map { allowance.take(device, at: start.advanced(byMicroseconds: $0)) }
        #expect(first.compactMap { $0 } == [0, 0, 0, 0, 0])
        let later = start.advanced(bySeconds: RefusalAllowance.interval)
        // A clock that is set back shuts nobody up.
        let instants = [later, later, later.advanced(bySeconds: 3_600), start.advanced(bySeconds: -86_400)]
        let taken = instants.map { allowance.take(device, at: $0) }
        #expect(taken == [995, nil, 1, 0])
    }

    @Test("all devices together have a bound as well") func allDevices() throws {
        let start = Timestamp(seconds: 1_800_000_000)
        var allowance = RefusalAllowance()
        let taken = try (0..<20_000).count { number in
            allowance.take(try #require(DeviceID("d\(number)")), at: start) != nil
        }
        #expect(taken == RefusalAllowance.perSecond)
        let next = allowance.take(try #require(DeviceID("x")), at: start.advanced(bySeconds: 1))
        #expect(next == 0)
    }
}
