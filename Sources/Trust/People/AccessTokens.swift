internal import HubModel
internal import JWTKit

/// What an access token says (RFC 7519).
struct AccessClaims: JWTPayload {
    static let issuer = "martlet"
    static let audience = "martlet/api"

    var iss = AccessClaims.issuer
    var aud = AccessClaims.audience
    /// The account.
    let sub: String
    /// When it ends, in seconds since 1970.
    let exp: Int64
    /// When it was made, in seconds since 1970.
    let iat: Int64
    /// Its own identifier.
    let jti: String
    /// The sign-in.
    let sid: String
    /// The account's generation.
    let gen: Int64

    /// Times are checked by `AccessTokens`, which has the hub's clock.
    func verify(using algorithm: some JWTAlgorithm) async throws {}
}

/// Makes and reads access tokens: JWT, HS256 and nothing else, with a key of the hub's own.
struct AccessTokens: Sendable {
    /// A token of ours has about 400 bytes.
    private static let maximumBytes = 2_048
    /// Seconds by which a token may be younger than now, when a clock was moved a little.
    private static let clockSkew: Int64 = 60
    private let keys: JWTKeyCollection

    /// - Parameter key: 32 random bytes.
    init(key: [UInt8]) async {
        keys = await JWTKeyCollection().add(hmac: HMACKey(from: key), digestAlgorithm: .sha256)
    }

    /// Makes a token.
    func make(
        account: String, signIn: String, generation: Int64, at instant: Timestamp, seconds: Int64
    ) async throws -> String {
        let now = instant.microseconds / 1_000_000
        return try await keys.sign(
            AccessClaims(
                sub: account, exp: now + seconds, iat: now, jti: Identifier.make(), sid: signIn, gen: generation))
    }

    /// What a token says; nil for one that is not ours, was changed, is for something else, or has expired; and for one from the future:
    /// the clock was set back, and it would hold until that time comes again.
    func read(_ token: String, at instant: Timestamp) async -> AccessClaims? {
        guard token.utf8.count <= AccessTokens.maximumBytes,
            token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy(AccessTokens.isCanonical),
            let header = try? DefaultJWTParser().parse(Array(token.utf8), as: AccessClaims.self).header,
            // The key knows its algorithm whatever the header says; a header that says another is no header of ours.
            header.alg == "HS256",
            let claims = try? await keys.verify(token, as: AccessClaims.self),
            claims.iss == AccessClaims.issuer, claims.aud == AccessClaims.audience
        else { return nil }
        let now = instant.microseconds / 1_000_000
        return claims.exp > now && claims.iat <= now + AccessTokens.clockSkew ? claims : nil
    }

    /// Whether this is how bytes are spelt in Base64 for addresses (RFC 7515, section 2): without padding, and with zeros in the bits of
    /// the last letter that stand for nothing (RFC 4648, section 3.5). A decoder that takes more would give one token many spellings.
    private static func isCanonical(_ part: Substring.UTF8View.SubSequence) -> Bool {
        let values = part.map(value)
        guard let last = values.last, !values.contains(nil) else { return part.isEmpty }
        switch values.count % 4 {
        case 0: return true
        case 2: return (last ?? 0) & 0b1111 == 0
        case 3: return (last ?? 0) & 0b11 == 0
        default: return false
        }
    }

    /// What a letter of that alphabet stands for.
    private static func value(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
