import Credentials
import Testing

/// RFC 6238, appendix B (the rows for SHA-1), and what a code is worth.
struct OneTimePasswordTests {
    private let factor = OneTimePassword(secret: Array("12345678901234567890".utf8))

    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func vectors(second: Int64, code: String) {
        #expect(factor.code(step: OneTimePassword.step(atSecond: second), digits: 8) == code)
    }

    @Test func oneStepBeforeAndAfterAreGood() {
        let second: Int64 = 1_234_567_890
        let step = OneTimePassword.step(atSecond: second)
        for offset: Int64 in -1...1 {
            let code = factor.code(step: step + offset)
            #expect(factor.acceptedStep(of: code, atSecond: second, after: nil) == step + offset)
        }
        for offset: Int64 in [-2, 2] {
            let code = factor.code(step: step + offset)
            #expect(factor.acceptedStep(of: code, atSecond: second, after: nil) == nil)
        }
    }

    @Test func aCodeWorksOnce() {
        let second: Int64 = 1_234_567_890
        let step = OneTimePassword.step(atSecond: second)
        let code = factor.code(step: step)
        #expect(factor.acceptedStep(of: code, atSecond: second, after: step - 1) == step)
        #expect(factor.acceptedStep(of: code, atSecond: second, after: step) == nil)
        #expect(factor.acceptedStep(of: code, atSecond: second, after: step + 1) == nil)
    }

    @Test(arguments: ["", "12345", "1234567", "abcdef", "-89005", "١٢٣٤٥٦"])
    func whatIsNoCodeIsNotAccepted(_ text: String) {
        #expect(factor.acceptedStep(of: text, atSecond: 1_234_567_890, after: nil) == nil)
    }

    @Test func theAddressIsAsAppsReadIt() {
        let expected =
            "otpauth://totp/Martlet:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Martlet&algorithm=SHA1&digits=6&period=30"
        #expect(factor.address(issuer: "Martlet", account: "anna") == expected)
        #expect(!"\(factor)".contains("GEZDGNBV"))
    }

    @Test func newSecretsDiffer() {
        #expect(OneTimePassword().secret.count == 20)
        #expect(OneTimePassword().secret != OneTimePassword().secret)
    }

    /// RFC 4648, section 10, without the padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ])
    func base32(plain: String, encoded: String) {
        #expect(Base32.encode(Array(plain.utf8)) == encoded)
        #expect(Base32.decode(encoded) == Array(plain.utf8))
        #expect(Base32.decode(encoded.lowercased()) == Array(plain.utf8))
    }

    @Test(arguments: ["A", "AAA", "MZ1Q", "MZ==", "MB", "M Y"])
    func whatIsNoBase32IsNotRead(_ text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func recoveryCodesAreReadAsTheyAreTyped() throws {
        let code = RecoveryCode()
        let typed = try #require(RecoveryCode(code.text.uppercased().replacing("-", with: " ")))
        #expect(typed.hash == code.hash)
        #expect(RecoveryCode().hash != code.hash)
        #expect(RecoveryCode(String(code.text.dropLast())) == nil)
        #expect(RecoveryCode("0000-0000-0000-0000") == nil)
        #expect(!"\(code)".contains(code.text))
    }
}
