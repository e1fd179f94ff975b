import MQTTBroker
import MQTTCodec
import Testing

/// The ledger may answer from any thread, in any order; the core hears the answers in the order of the calls.
struct CommitOrderTests {
    @Test("answers come out in the order of the calls, once each")
    func order() {
        var order = CommitOrder()
        let numbers = (1...3).map { order.issue($0) }
        order.answer(numbers[2], [.committed, .committed, .failed])
        #expect(order.next() == nil)
        order.answer(numbers[0], [.failed])
        #expect(order.next() == [.failed])
        #expect(order.next() == nil)
        order.answer(numbers[0], [.committed])
        order.answer(numbers[1], [.committed, .refused(.notAuthorized)])
        order.answer(numbers[1], [.failed, .failed])
        #expect(order.next() == [.committed, .refused(.notAuthorized)])
        #expect(order.next() == [.committed, .committed, .failed])
        #expect(order.isEmpty)
        order.answer(numbers[2], [.failed])
        order.answer(99, [.failed])
        #expect(order.next() == nil)
    }

    @Test("too few outcomes count as failed, too many are left out")
    func wrongCount() {
        var order = CommitOrder()
        let few = order.issue(3)
        let many = order.issue(1)
        order.answer(few, [.committed])
        order.answer(many, [.committed, .committed])
        #expect(order.next() == [.committed, .failed, .failed])
        #expect(order.next() == [.committed])
    }
}
