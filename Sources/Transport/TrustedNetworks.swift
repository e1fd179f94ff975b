/// The proxies that are believed when they say on whose behalf they connect: addresses and networks.
public struct TrustedNetworks: Sendable, Hashable {
    private struct Network: Hashable {
        let prefix: IPAddress
        let length: Int
    }

    private let networks: [Network]

    /// Nobody is trusted.
    public static let none = TrustedNetworks(networks: [])

    private init(networks: [Network]) { self.networks = networks }

    /// From addresses (`192.0.2.7`, `2001:db8::1`) and networks (`10.0.0.0/8`, `fd00::/8`). Throws a failure that names
    /// the first entry that is neither; bits behind a prefix have to be zero, for they are mostly a slip.
    public init(_ entries: some Sequence<String>) throws(TrustedNetworksFailure) {
        var networks: [Network] = []
        for entry in entries {
            guard networks.count < TrustedNetworks.mostEntries, let network = TrustedNetworks.network(entry) else {
                throw TrustedNetworksFailure(entry: entry)
            }
            networks.append(network)
        }
        self.networks = networks
    }

    /// From one text, its entries separated by commas or white space.
    public init(list: String) throws(TrustedNetworksFailure) {
        try self.init(list.split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    /// Whether nobody is trusted.
    public var isEmpty: Bool { networks.isEmpty }

    /// Whether the address is one of them or lies in one of them.
    public func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.prefix.isIPv4 == address.isIPv4 && address.prefix($0.length) == $0.prefix }
    }

    /// Whose request it is that `peer` hands over: walks the `X-Forwarded-For` headers (in the order in which they
    /// came) from the right, where the nearest proxy wrote, for as long as the one who wrote is trusted.
    ///
    /// What somebody untrusted wrote is not looked at. Where a trusted proxy wrote something that is no address
    /// (`unknown`), or nothing, the answer is that proxy itself.
    public func forwardedAddress(peer: IPAddress, xForwardedFor headers: [String]) -> IPAddress {
        var current = peer
        guard !isEmpty, contains(current) else { return current }
        let hops = headers.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        for hop in hops.reversed().prefix(TrustedNetworks.mostHops) {
            guard contains(current), let before = TrustedNetworks.hop(hop) else { break }
            current = before
        }
        return current
    }

    private static func network(_ entry: String) -> Network? {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        guard parts.count == 2 else { return Network(prefix: address, length: address.bitWidth) }
        guard parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let length = Int(parts[1]), length <= address.bitWidth, address.prefix(length) == address
        else { return nil }
        return Network(prefix: address, length: length)
    }

    /// An address, with a port or without: some proxies write `192.0.2.1:50123` and `[2001:db8::1]:50123`.
    private static func hop(_ text: Substring) -> IPAddress? {
        let hop = text.trimming { $0 == " " || $0 == "\t" }
        if let address = IPAddress(hop) { return address }
        if hop.first == "[", let end = hop.firstIndex(of: "]") {
            return IPAddress(hop[hop.index(after: hop.startIndex)..<end])
        }
        guard let colon = hop.lastIndex(of: ":") else { return nil }
        return IPAddress(hop[..<colon])
    }

    /// Entries of one list.
    private static let mostEntries = 1_000
    /// Proxies one behind the other that are followed.
    private static let mostHops = 32
}

/// An entry of a list of proxies that is neither an address nor a network.
public struct TrustedNetworksFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// The entry.
    public let entry: String

    /// One line for a person.
    public var description: String {
        "\"\(entry.prefix(80))\" is neither an address nor a network such as 10.0.0.0/8"
    }
}

extension Substring {
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> Substring {
        var trimmed = self[...]
        while let first = trimmed.first, isTrimmed(first) { trimmed.removeFirst() }
        while let last = trimmed.last, isTrimmed(last) { trimmed.removeLast() }
        return trimmed
    }
}
