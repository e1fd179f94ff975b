internal import Crypto

/// One-time passwords by the clock (RFC 6238) with HMAC-SHA-1, 30 seconds a step: what every authenticator app understands.
public struct OneTimePassword: Sendable {
    /// Seconds for which a code stands.
    public static let stepSeconds: Int64 = 30
    /// Digits of a code.
    public static let digits = 6

    /// The secret that the app shares, 20 bytes as RFC 4226 (section 4, R6) recommends.
    public let secret: [UInt8]

    /// A generator over a known secret.
    public init(secret: [UInt8]) {
        self.secret = secret
    }

    /// A generator over a new secret, from the system's source of randomness.
    public init() {
        secret = RandomBytes.make(20)
    }

    /// The step in which an instant lies, in seconds since 1970.
    public static func step(atSecond second: Int64) -> Int64 {
        second >= 0 ? second / stepSeconds : (second - stepSeconds + 1) / stepSeconds
    }

    /// The code of a step (RFC 4226, section 5.3), 1 to 9 digits.
    public func code(step: Int64, digits: Int = OneTimePassword.digits) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let code = Array(
            HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: secret)))
        let offset = Int(code[19] & 15)
        let number = code[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let modulus = (0..<digits).reduce(UInt32(1)) { power, _ in power * 10 }
        let text = String(number % modulus)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The step whose code this is, if it is that of the present step, the one before or the one after, and that step is later than
    /// the last one that was accepted: a code works once (RFC 6238, section 5.2).
    /// - Parameters:
    ///   - second: now, in seconds since 1970.
    ///   - last: the step that was accepted last; nil if none was.
    public func acceptedStep(of code: String, atSecond second: Int64, after last: Int64?) -> Int64? {
        let shown = Array(code.utf8)
        let now = OneTimePassword.step(atSecond: second)
        var accepted: Int64?
        // All three are computed and compared, whichever it is, so that the time it takes tells nothing.
        for step in now - 1...now + 1 {
            let isRight = Digest.areEqual(shown, Array(self.code(step: step).utf8))
            if isRight, accepted == nil, last.map({ step > $0 }) ?? true { accepted = step }
        }
        return accepted
    }

    /// The address that an authenticator app reads off a QR code (the Key Uri Format of Google Authenticator).
    /// - Parameters:
    ///   - issuer: whose codes these are; letters, digits and hyphens.
    ///   - account: the account's name, of the letters that an address needs no escape for, and `@`.
    public func address(issuer: String, account: String) -> String {
        "otpauth://totp/\(issuer):\(account)?secret=\(Base32.encode(secret))&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(OneTimePassword.digits)&period=\(OneTimePassword.stepSeconds)"
    }
}

extension OneTimePassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the secret.
    public var description: String { "one-time passwords" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
