import HubModel
import Testing
import Trust

/// How many entries of one sort the audit takes of each account.
@Suite struct AuditAllowanceTests {
    private func second(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

    @Test func whatIsLeftOutIsToldOnceByTheNextEntry() {
        var allowance = AuditAllowance(perMinute: 3)
        for _ in 0..<3 { #expect(allowance.take("anna", at: second(0)) == 0) }
        for _ in 0..<4 { #expect(allowance.take("anna", at: second(0)) == nil) }
        #expect(allowance.take("ben", at: second(0)) == 0, "of each account")
        #expect(allowance.take("anna", at: second(20)) == 4)
        #expect(allowance.take("anna", at: second(40)) == 0)
        // What was taken and then not written counts as well.
        allowance.leaveOut(2, of: "anna")
        #expect(allowance.take("anna", at: second(60)) == 2)
        #expect(AuditAllowance.facts(leftOut: 2).map(\.value) == ["2"])
        #expect(AuditAllowance.facts(leftOut: 0).isEmpty)
    }

    @Test func accountsWhoseEntriesAreCountedAreBounded() {
        var allowance = AuditAllowance(perMinute: 60, capacity: 2)
        for account in ["anna", "ben", "carl"] { allowance.leaveOut(1, of: account) }
        allowance.leaveOut(1, of: "ben")
        #expect(allowance.take("carl", at: second(0)) == 0)
        #expect(allowance.take("anna", at: second(0)) == 1)
        #expect(allowance.take("ben", at: second(0)) == 2)
    }
}
