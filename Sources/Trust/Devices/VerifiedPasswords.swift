internal import Credentials
internal import HubModel

/// Passwords of devices that were found right lately, so that a fleet which reconnects does not cost scrypt each time. Kept as HMACs under
/// a key that nobody else has and that ends with the process, together with the hash that they were compared with.
struct VerifiedPasswords: Sendable {
    private let key: [UInt8]
    private let capacity: Int
    private var digests: [DeviceID: [UInt8]] = [:]

    /// None yet.
    init(key: [UInt8], capacity: Int = 20_000) {
        self.key = key
        self.capacity = max(1, capacity)
    }

    /// How many are remembered.
    var count: Int { digests.count }

    /// Whether this password was found to belong to this hash.
    func contains(_ password: [UInt8], _ hash: PasswordHash, of device: DeviceID) -> Bool {
        guard let known = digests[device] else { return false }
        return Digest.areEqual(known, digest(password, hash))
    }

    /// Notes that it does.
    mutating func insert(_ password: [UInt8], _ hash: PasswordHash, of device: DeviceID) {
        if digests[device] == nil, digests.count >= capacity, let any = digests.keys.first { digests[any] = nil }
        digests[device] = digest(password, hash)
    }

    private func digest(_ password: [UInt8], _ hash: PasswordHash) -> [UInt8] {
        let text = Array(hash.text.utf8)
        // The length keeps the two parts apart.
        return Digest.keyed(Array("\(text.count):".utf8) + text + password, key: key)
    }
}
