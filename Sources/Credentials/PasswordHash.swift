internal import Crypto
internal import CryptoExtras
internal import Foundation

/// What is kept of a password: scrypt (RFC 7914) over it, with the salt and the parameters beside it, so that they can be raised
/// later. As text: `$scrypt$ln=15,r=8,p=1$SALT$HASH`, salt and hash in Base64 without padding.
public struct PasswordHash: Hashable, Sendable {
    /// What a hash costs.
    public struct Parameters: Hashable, Sendable {
        /// The base-2 logarithm of N, 1...20; memory is 128·N·r bytes and at most 64 MiB.
        public let logarithm: Int
        /// r, 1...16.
        public let blockSize: Int
        /// p, 1...16: how often the work is done.
        public let parallelism: Int

        /// Parameters; nil when they are out of their ranges, so that a tampered row cannot cost more than is bearable.
        public init?(logarithm: Int, blockSize: Int, parallelism: Int) {
            guard (1...20).contains(logarithm), (1...16).contains(blockSize), (1...16).contains(parallelism),
                128 * (1 << logarithm) * blockSize <= 64 << 20
            else { return nil }
            self.logarithm = logarithm
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        private init(known logarithm: Int, _ blockSize: Int, _ parallelism: Int) {
            self.logarithm = logarithm
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// N = 2^15, r = 8, p = 1: 32 MiB and about 60 ms of one core of 2024.
        public static let standard = Parameters(known: 15, 8, 1)
        /// N = 2^4: next to nothing. For tests only.
        package static let trivial = Parameters(known: 4, 1, 1)

        /// How much work it is: N·r·p.
        var cost: Int { (1 << logarithm) * blockSize * parallelism }
    }

    /// What the hash cost.
    public let parameters: Parameters
    private let salt: [UInt8]
    private let hash: [UInt8]

    private static let saltLength = 16
    private static let hashLength = 32

    /// Hashes a password; takes as long as the parameters want, on the calling thread.
    /// - Throws: an error of the cryptographic library, when memory is short.
    public init(of password: String, parameters: Parameters = .standard) throws {
        let salt = RandomBytes.make(PasswordHash.saltLength)
        self.parameters = parameters
        self.salt = salt
        hash = try PasswordHash.derive(
            PasswordHash.bytes(of: password), salt: salt, length: PasswordHash.hashLength, parameters: parameters)
    }

    /// A hash that no password has, and that costs as much to compare with: for a name that nobody has.
    public static func unmatchable(parameters: Parameters = .standard) -> PasswordHash {
        PasswordHash(parameters, salt: RandomBytes.make(saltLength), hash: RandomBytes.make(hashLength))
    }

    private init(_ parameters: Parameters, salt: [UInt8], hash: [UInt8]) {
        self.parameters = parameters
        self.salt = salt
        self.hash = hash
    }

    /// Reads a stored hash; nil when it is not one, or wants more than the bounds of `Parameters` allow.
    public init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let parameters = PasswordHash.parameters(parts[2]),
            let salt = PasswordHash.decode(parts[3]), (8...64).contains(salt.count),
            let hash = PasswordHash.decode(parts[4]), (16...64).contains(hash.count)
        else { return nil }
        self.init(parameters, salt: salt, hash: hash)
    }

    /// The form in which it is stored.
    public var text: String {
        let (costs, encode) = (parameters, PasswordHash.encode)
        return
            "$scrypt$ln=\(costs.logarithm),r=\(costs.blockSize),p=\(costs.parallelism)$\(encode(salt))$\(encode(hash))"
    }

    /// Whether this is the password; takes as long as hashing it did, and no less for a wrong one.
    /// - Throws: an error of the cryptographic library, when memory is short.
    public func matches(_ password: String) throws -> Bool {
        let other = try PasswordHash.derive(
            PasswordHash.bytes(of: password), salt: salt, length: hash.count, parameters: parameters)
        return Digest.areEqual(hash, other)
    }

    /// Whether it cost less than it should by now.
    public func needsRehash(under current: Parameters) -> Bool { parameters.cost < current.cost }

    /// scrypt itself.
    /// - Throws: an error of the cryptographic library, when memory is short.
    package static func derive(
        _ password: [UInt8], salt: [UInt8], length: Int, parameters: Parameters
    ) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: password, salt: salt, outputByteCount: length, rounds: 1 << parameters.logarithm,
            blockSize: parameters.blockSize, parallelism: parameters.parallelism)
        return key.withUnsafeBytes { Array($0) }
    }

    /// The same password has the same bytes on every keyboard (Unicode NFKC, as NIST SP 800-63B advises).
    private static func bytes(of password: String) -> [UInt8] {
        Array(password.precomposedStringWithCompatibilityMapping.utf8)
    }

    private static func parameters(_ text: Substring) -> Parameters? {
        var values: [Int] = []
        for (field, name) in zip(text.split(separator: ",", omittingEmptySubsequences: false), ["ln=", "r=", "p="]) {
            guard field.hasPrefix(name), field.utf8.count <= 6, let value = Int(field.dropFirst(name.utf8.count)),
                String(value) == field.dropFirst(name.utf8.count)
            else { return nil }
            values.append(value)
        }
        guard values.count == 3, text.utf8.filter({ $0 == UInt8(ascii: ",") }).count == 2 else { return nil }
        return Parameters(logarithm: values[0], blockSize: values[1], parallelism: values[2])
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().filter { $0 != "=" }
    }

    private static func decode(_ text: Substring) -> [UInt8]? {
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: String(padded)).map { Array($0) }
    }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The parameters only: a hash can be guessed at, and never reaches a log.
    public var description: String {
        "scrypt(ln=\(parameters.logarithm),r=\(parameters.blockSize),p=\(parameters.parallelism))"
    }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
