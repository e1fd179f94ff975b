import LiveSocket
import NIOCore
import NIOWebSocket
import Testing

/// The whole life of a socket, without one: frames and times in, actions out.
@Suite struct StateMachineTests {
    typealias Machine = WebSocketStateMachine

    static let key: WebSocketMaskingKey = [1, 2, 3, 4]
    let begin = NIODeadline.uptimeNanoseconds(1_000)
    let limits = WebSocketLimits(
        maximumMessageBytes: 10, maximumFragments: 3, pingInterval: .seconds(20), pongTimeout: .seconds(10),
        closeTimeout: .seconds(5))

    func machine() -> Machine { Machine(limits: limits, now: begin) }

    func frame(_ opcode: WebSocketOpcode, _ bytes: [UInt8] = [], fin: Bool = true) -> WebSocketFrame {
        var content = ByteBuffer(bytes: bytes)
        content.webSocketMask(StateMachineTests.key)
        return WebSocketFrame(fin: fin, opcode: opcode, maskKey: StateMachineTests.key, data: content)
    }

    func closeCode(_ action: Machine.Action) -> UInt16? {
        if case .closeAndFinish(let close) = action { close.code?.rawValue } else { nil }
    }

    @Test func `a message in one frame is delivered`() {
        var machine = machine()
        let text = machine.receive(frame(.text, Array("grüß".utf8)), now: begin)
        #expect(text == .deliver(.text(ByteBuffer(string: "grüß"))))
        #expect(
            machine.receive(frame(.binary, [0, 255]), now: begin) == .deliver(.binary(ByteBuffer(bytes: [0, 255]))))
    }

    @Test func `fragments are joined, and control frames may stand between them`() {
        var machine = machine()
        // "é" cut in two: UTF-8 is judged by the whole message.
        #expect(machine.receive(frame(.text, [0xC3], fin: false), now: begin) == .nothing)
        #expect(machine.receive(frame(.ping, [7]), now: begin) == .pong(ByteBuffer(bytes: [7])))
        #expect(machine.receive(frame(.continuation, [], fin: false), now: begin) == .nothing)
        #expect(machine.receive(frame(.continuation, [0xA9]), now: begin) == .deliver(.text(ByteBuffer(string: "é"))))
        // And the next one begins anew.
        #expect(machine.receive(frame(.text, [0x61]), now: begin) == .deliver(.text(ByteBuffer(string: "a"))))
    }

    @Test func `too many frames a second close with 1008, whatever they are; a time of rest makes up for it`() {
        for opcode in [WebSocketOpcode.ping, .pong, .text] {
            let limits = WebSocketLimits(framesPerSecond: 10, frameBurst: 5)
            var machine = Machine(limits: limits, now: begin)
            for number in 0..<5 {
                #expect(closeCode(machine.receive(frame(opcode, [0x61]), now: begin)) == nil, "\(number)")
            }
            var now = begin
            for _ in 0..<50 {
                now = now + .milliseconds(100)
                #expect(closeCode(machine.receive(frame(opcode, [0x61]), now: now)) == nil)
            }
            now = now + .seconds(3_600)
            for _ in 0..<5 { #expect(closeCode(machine.receive(frame(opcode, [0x61]), now: now)) == nil) }
            #expect(closeCode(machine.receive(frame(opcode, [0x61]), now: now)) == 1008)
        }
        var unlimited = machine()
        for _ in 0..<10_000 { #expect(unlimited.receive(frame(.ping), now: begin) == .pong(ByteBuffer())) }
    }

    struct Sent: Sendable {
        let opcode: UInt8
        let bytes: [UInt8]
        var isFinal = true
    }

    struct Breach: Sendable {
        let frames: [Sent]
        let code: UInt16
    }

    static let breaches: [Breach] = [
        // A continuation of nothing, and a message within a message (section 5.4).
        Breach(frames: [Sent(opcode: 0, bytes: [1])], code: 1002),
        Breach(frames: [Sent(opcode: 1, bytes: [0x61], isFinal: false), Sent(opcode: 1, bytes: [0x61])], code: 1002),
        // Text that is no UTF-8, is cut off, or holds half of a surrogate pair (section 8.1).
        Breach(frames: [Sent(opcode: 1, bytes: [0xFF])], code: 1007),
        Breach(frames: [Sent(opcode: 1, bytes: [0xC3])], code: 1007),
        Breach(frames: [Sent(opcode: 1, bytes: [0xED, 0xA0, 0x80])], code: 1007),
        // Too large in one frame, too large in two, and too many.
        Breach(frames: [Sent(opcode: 2, bytes: [UInt8](repeating: 0, count: 11))], code: 1009),
        Breach(
            frames: [
                Sent(opcode: 2, bytes: [0, 0, 0, 0, 0, 0], isFinal: false), Sent(opcode: 0, bytes: [0, 0, 0, 0, 0]),
            ], code: 1009),
        Breach(
            frames: [
                Sent(opcode: 2, bytes: [], isFinal: false), Sent(opcode: 0, bytes: [], isFinal: false),
                Sent(opcode: 0, bytes: [], isFinal: false),
            ], code: 1008),
        // Kinds of frames that do not exist (section 5.2).
        Breach(frames: [Sent(opcode: 3, bytes: [])], code: 1002),
        Breach(frames: [Sent(opcode: 11, bytes: [])], code: 1002),
        // Close frames with half a code, with codes that never stand there, with a reason that is no UTF-8 (section
        // 7.4).
        Breach(frames: [Sent(opcode: 8, bytes: [3])], code: 1002),
        Breach(frames: [Sent(opcode: 8, bytes: [0x00, 0x00])], code: 1002),
        Breach(frames: [Sent(opcode: 8, bytes: [0x03, 0xEC])], code: 1002),
        Breach(frames: [Sent(opcode: 8, bytes: [0x03, 0xED])], code: 1002),
        Breach(frames: [Sent(opcode: 8, bytes: [0x03, 0xF7])], code: 1002),
        Breach(frames: [Sent(opcode: 8, bytes: [0x03, 0xE8, 0xFF])], code: 1007),
    ]

    @Test(arguments: breaches)
    func `a breach of the protocol closes with its code`(breach: Breach) throws {
        var machine = machine()
        var last = Machine.Action.nothing
        for sent in breach.frames {
            let opcode = try #require(WebSocketOpcode(encodedWebSocketOpcode: sent.opcode))
            last = machine.receive(frame(opcode, sent.bytes, fin: sent.isFinal), now: begin)
        }
        #expect(closeCode(last) == breach.code)
        #expect(!machine.isOpen)
        // What follows is not read any more.
        #expect(machine.receive(frame(.text, [0x61]), now: begin) == .nothing)
        #expect(machine.timeout(now: begin + .seconds(5)) == .drop)
    }

    @Test func `frames without a mask and with reserved bits are refused`() {
        var unmasked = machine()
        let bare = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: "a"))
        #expect(closeCode(unmasked.receive(bare, now: begin)) == 1002)
        var reserved = machine()
        var odd = frame(.text, [0x61])
        odd.rsv1 = true
        #expect(closeCode(reserved.receive(odd, now: begin)) == 1002)
    }

    @Test func `what the decoder refuses closes with its code`() {
        var large = machine()
        #expect(closeCode(large.undecodable(.invalidFrameLength, now: begin)) == 1009)
        var control = machine()
        #expect(closeCode(control.undecodable(.fragmentedControlFrame, now: begin)) == 1002)
        var long = machine()
        #expect(closeCode(long.undecodable(.multiByteControlFrameLength, now: begin)) == 1002)
    }

    @Test func `the peer's close is answered with its code, and ends the socket`() {
        var machine = machine()
        let close = frame(.connectionClose, [0x0F, 0xA0] + Array("bye".utf8))
        #expect(
            machine.receive(close, now: begin) == .answerAndDrop(WebSocketClose(WebSocketCloseCode(rawValue: 4000))))
        #expect(machine.close(WebSocketClose(.normal), now: begin) == .nothing)
        // A peer that does not even read the answer is not waited for.
        #expect(machine.nextDeadline == begin + .seconds(5))
        #expect(machine.peerEnded() == .drop)
        #expect(machine.nextDeadline == nil)
        var empty = self.machine()
        #expect(empty.receive(frame(.connectionClose), now: begin) == .answerAndDrop(WebSocketClose(nil)))
    }

    @Test func `our close waits for the peer's, and not for ever`() {
        var machine = machine()
        let close = WebSocketClose(.goingAway, "the server stops")
        #expect(machine.close(close, now: begin) == .close(close))
        #expect(machine.close(WebSocketClose(.normal), now: begin) == .nothing)
        // Data that was under way is dropped; the close frame is the end.
        #expect(machine.receive(frame(.text, [0x61]), now: begin) == .nothing)
        #expect(machine.receive(frame(.connectionClose, [0x03, 0xE9]), now: begin) == .drop)
        var silent = self.machine()
        _ = silent.close(close, now: begin)
        #expect(silent.nextDeadline == begin + .seconds(5))
        #expect(silent.timeout(now: begin + .seconds(4)) == .nothing)
        #expect(silent.timeout(now: begin + .seconds(5)) == .drop)
        #expect(silent.nextDeadline == nil)
    }

    @Test func `a silent peer is pinged, and closed when it does not answer`() {
        var machine = machine()
        #expect(machine.nextDeadline == begin + .seconds(20))
        #expect(machine.timeout(now: begin + .seconds(19)) == .nothing)
        #expect(machine.timeout(now: begin + .seconds(20)) == .ping(ByteBuffer()))
        #expect(machine.nextDeadline == begin + .seconds(30))
        #expect(machine.receive(frame(.pong), now: begin + .seconds(21)) == .nothing)
        #expect(machine.nextDeadline == begin + .seconds(41))
        #expect(machine.timeout(now: begin + .seconds(30)) == .nothing)
        #expect(machine.timeout(now: begin + .seconds(41)) == .ping(ByteBuffer()))
        #expect(closeCode(machine.timeout(now: begin + .seconds(51))) == 1011)
        #expect(machine.timeout(now: begin + .seconds(56)) == .drop)
    }

    @Test func `the end of the transport ends everything`() {
        var machine = machine()
        #expect(machine.peerEnded() == .drop)
        #expect(!machine.isOpen)
        var lost = self.machine()
        lost.transportClosed()
        #expect(lost.timeout(now: begin + .hours(1)) == .nothing)
        #expect(lost.peerEnded() == .nothing)
    }
}
