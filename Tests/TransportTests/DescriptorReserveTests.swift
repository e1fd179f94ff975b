import Foundation
import Testing
import Transport

/// Descriptors that are held in reserve. Each test is a process of its own: how many it may have is what it is about.
@Suite struct DescriptorReserveTests {
    /// How many descriptors of `/dev/null` are open: of others the runtime opens and closes its own meanwhile.
    private static func held() -> Int {
        var null = stat()
        guard stat("/dev/null", &null) == 0 else { return -1 }
        return (0..<512 as Range<CInt>).count { descriptor in
            var found = stat()
            return fstat(descriptor, &found) == 0 && found.st_rdev == null.st_rdev
        }
    }

    /// From here on the process can open so many more descriptors.
    private static func leave(_ count: Int) -> Bool {
        let free = (0..<512).filter { fcntl($0, F_GETFD) < 0 }
        var limit = rlimit()
        guard count < free.count, getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return false
        }
        limit.rlim_cur = rlim_t(free[count])
        return setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    }

    @Test func `when it cannot have all it takes none, however often it is asked`() async {
        await #expect(processExitsWith: .success) {
            #expect(DescriptorReserveTests.leave(3))
            let before = DescriptorReserveTests.held()
            // Many more than are left: the runtime may close some of its own meanwhile.
            let reserve = DescriptorReserve(of: 40)
            for _ in 0..<3 {
                #expect(!reserve.refill())
                #expect(DescriptorReserveTests.held() == before)
            }
        }
    }

    @Test func `it holds what it is to hold, takes no more, and gives all of it back`() async {
        await #expect(processExitsWith: .success) {
            let before = DescriptorReserveTests.held()
            var reserve: DescriptorReserve? = DescriptorReserve(of: 2)
            #expect(DescriptorReserveTests.held() == before, "it begins with none")
            for _ in 0..<2 {
                #expect(reserve?.refill() == true)
                #expect(reserve?.refill() == true, "it is full")
                #expect(DescriptorReserveTests.held() == before + 2)
                reserve?.release()
                #expect(DescriptorReserveTests.held() == before)
            }
            #expect(reserve?.refill() == true)
            reserve = nil
            #expect(DescriptorReserveTests.held() == before, "it ends with none")
        }
    }
}
