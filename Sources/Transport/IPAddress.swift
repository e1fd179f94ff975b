internal import Foundation
public import NIOCore

/// An IPv4 or IPv6 address as a value. An IPv4 address written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// The bits, the first in the highest place; an IPv4 address stands in the first 32.
    let high: UInt64
    let low: UInt64
    /// Whether it is an IPv4 address.
    public let isIPv4: Bool

    /// From the form people write, without brackets and port; nil if it is none.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 45, let address = try? SocketAddress(ipAddress: String(text), port: 0) else {
            return nil
        }
        self.init(address)
    }

    /// The address of a peer; nil for a local socket.
    public init?(_ address: SocketAddress) {
        switch address {
        case .v4(let address):
            var value = address.address.sin_addr
            // Exactly the bytes of the local copy are read.
            self.init(bytes: withUnsafeBytes(of: &value) { Array($0) })
        case .v6(let address):
            var value = address.address.sin6_addr
            // Exactly the bytes of the local copy are read.
            self.init(bytes: withUnsafeBytes(of: &value) { Array($0) })
        case .unixDomainSocket: return nil
        }
    }

    /// From 4 or 16 bytes in network order; nil for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        let all = Array(bytes)
        let isMapped = all.count == 16 && all.prefix(10).allSatisfy { $0 == 0 } && all[10] == 0xFF && all[11] == 0xFF
        let significant = isMapped ? Array(all.suffix(4)) : all
        isIPv4 = significant.count == 4
        high = significant.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } << (isIPv4 ? 32 : 0)
        low = significant.dropFirst(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private init(high: UInt64, low: UInt64, isIPv4: Bool) {
        self.high = high
        self.low = low
        self.isIPv4 = isIPv4
    }

    /// The number of bits: 32 or 128.
    public var bitWidth: Int { isIPv4 ? 32 : 128 }

    /// The address with all but the first `length` bits zero.
    public func prefix(_ length: Int) -> IPAddress {
        let first = min(max(length, 0), 64)
        let second = min(max(length - 64, 0), 64)
        return IPAddress(
            high: high & IPAddress.mask(first), low: isIPv4 ? 0 : low & IPAddress.mask(second), isIPv4: isIPv4)
    }

    /// What counts as one address in a limit: the address itself, and of IPv6 the network of 64 bits in which a single
    /// host may choose its addresses freely.
    public var limitKey: IPAddress { isIPv4 ? self : prefix(64) }

    /// Whether it stands for this machine: 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv4 ? high >> 56 == 127 : high == 0 && low == 1 }

    /// The address as people write it.
    public var description: String {
        var packed = ByteBuffer()
        if isIPv4 {
            packed.writeInteger(UInt32(high >> 32))
        } else {
            packed.writeInteger(high)
            packed.writeInteger(low)
        }
        return (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress ?? ""
    }

    private static func mask(_ length: Int) -> UInt64 { length == 0 ? 0 : .max << (64 - length) }
}
