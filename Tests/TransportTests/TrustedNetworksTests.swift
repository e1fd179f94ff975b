import Testing
import Transport

struct TrustedNetworksTests {
    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    @Test(
        "networks and addresses, of both versions",
        arguments: [
            ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false), ("2001:db8::/65", "2001:db8::1", true),
            ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("::/0", "10.0.0.1", false), ("::1", "::1", true),
        ])
    func contains(network: String, peer: String, isIn: Bool) throws {
        let networks = try TrustedNetworks([network])
        let peer = try address(peer)
        #expect(networks.contains(peer) == isIn)
    }

    @Test(
        "what is neither is refused and named",
        arguments: [
            "localhost", "10.0.0.0/33", "10.0.0.1/8", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/-1", "1/2/3",
        ])
    func refused(entry: String) {
        let failure = #expect(throws: TrustedNetworksFailure.self) { try TrustedNetworks(["::1", entry]) }
        #expect(failure?.entry == entry)
    }

    @Test("a list as one text")
    func list() throws {
        let networks = try TrustedNetworks(list: " 127.0.0.1, ::1\t10.0.0.0/8 ,")
        for peer in ["127.0.0.1", "::1", "10.9.9.9"] {
            let peer = try address(peer)
            #expect(networks.contains(peer))
        }
        let none = try TrustedNetworks(list: "")
        #expect(none.isEmpty)
    }

    @Test(
        "X-Forwarded-For is walked from the right while the hops are trusted",
        arguments: [
            ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", ["6.6.6.6, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", ["6.6.6.6", "203.0.113.9,10.0.0.2 "], "203.0.113.9"),
            ("198.51.100.1", ["203.0.113.9"], "198.51.100.1"),
            ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", [""], "10.0.0.1"),
            ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
            ("10.0.0.1", ["10.0.0.3,10.0.0.2"], "10.0.0.3"),
            ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
            ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
            ("::ffff:10.0.0.1", ["2001:db8::2"], "2001:db8::2"),
        ])
    func forwarded(peer: String, headers: [String], expected: String) throws {
        let networks = try TrustedNetworks(["10.0.0.0/8"])
        let result = networks.forwardedAddress(peer: try address(peer), xForwardedFor: headers)
        #expect("\(result)" == expected)
    }

    @Test("what counts as one address: IPv4 itself, of IPv6 its network of 64 bits")
    func limitKey() throws {
        func key(_ text: String) throws -> IPAddress { try address(text).limitKey }
        let mapped = try (key("192.0.2.1"), key("::ffff:192.0.2.1"))
        #expect(mapped.0 == mapped.1)
        let neighbours = try (key("2001:db8::1"), key("2001:db8::ffff:1"), key("2001:db8:0:1::1"))
        #expect(neighbours.0 == neighbours.1)
        #expect(neighbours.0 != neighbours.2)
        let loopback = try ["127.9.9.9", "::1", "2001:db8::1"].map { try address($0).isLoopback }
        #expect(loopback == [true, true, false])
    }
}
