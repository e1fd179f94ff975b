internal import Credentials
internal import HubModel

/// Codes that the hub printed at its start, in memory: whoever reads its output is its owner. Each works once.
struct OneTimeCodes: Sendable {
    /// Codes for signing in that may be open at a time.
    private static let limit = 16
    private static let holdsSeconds: Int64 = 86_400

    private struct Open {
        let hash: [UInt8]
        let account: String
        let until: Timestamp
    }

    private var setUp: [UInt8]?
    private var open: [Open] = []

    /// Makes the code for the first admin; an earlier one is void.
    mutating func makeSetUp() -> SecretKey {
        let code = SecretKey(.oneTimeCode)
        setUp = code.hash
        return code
    }

    /// Whether this is the code for the first admin.
    func isSetUp(_ text: String) -> Bool {
        guard let setUp, let code = SecretKey(text) else { return false }
        return code.matches(setUp)
    }

    /// The first admin is there.
    mutating func endSetUp() {
        setUp = nil
    }

    /// Makes a code with which somebody signs in; of too many, the oldest is void.
    mutating func make(for account: String, at instant: Timestamp) -> SecretKey {
        let code = SecretKey(.oneTimeCode)
        open.append(
            Open(hash: code.hash, account: account, until: instant.advanced(bySeconds: OneTimeCodes.holdsSeconds)))
        if open.count > OneTimeCodes.limit { open.removeFirst() }
        return code
    }

    /// Takes a code: whose it was.
    mutating func take(_ text: String, at instant: Timestamp) -> String? {
        guard let code = SecretKey(text), let index = open.firstIndex(where: { code.matches($0.hash) }) else {
            return nil
        }
        let found = open.remove(at: index)
        return instant < found.until ? found.account : nil
    }
}
