/// The side on which messages come out.
enum Watcher {
    /// A page: subscribed to the telemetry of all nodes, or to something else.
    static func webSocket(port: UInt16, topic: String = "nodes/+/telemetry") -> Socket {
        let socket = Socket(port: port)
        let request = [
            "GET /ws HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", "",
        ]
        socket.write(Array(request.joined(separator: "\r\n").utf8))
        expect("101", on: socket)
        let message = Array(#"{"type":"subscribe","id":1,"topics":["\#(topic)"],"recent":0}"#.utf8)
        // A masked text frame; the mask may be zero.
        socket.write([0x81, 0x80 | UInt8(message.count), 0, 0, 0, 0] + message)
        expect("subscribed", on: socket)
        socket.makeNonBlocking()
        return socket
    }

    /// An MQTT subscriber with QoS 0: the shortest way that there is.
    static func subscriber(port: UInt16, filter: String = "iot/node/+/telemetry") -> Socket {
        let socket = Socket(port: port)
        socket.write(MQTT.connect(client: "watcher", keepAlive: 600))
        socket.write(MQTT.subscribe(filter: filter))
        var buffer = [UInt8](repeating: 0, count: 64)
        var answer: [UInt8] = []
        while answer.count < 9 {
            let count = socket.read(into: &buffer)
            answer += buffer[..<count]
        }
        guard answer.starts(with: [0x20, 2, 0, 0, 0x90, 3]) else {
            fail("the subscription was answered with \(answer)")
        }
        socket.makeNonBlocking()
        return socket
    }

    private static func expect(_ text: String, on socket: Socket) {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while !String(decoding: answer, as: UTF8.self).contains(text) {
            let count = socket.read(into: &buffer)
            answer += buffer[..<count]
            if answer.count > 10_000_000 { fail("the server never said \(text)") }
        }
    }
}
