import Credentials
import Testing

@Suite struct SecretKeyTests {
    private let purpose = SecretKey.Purpose("mxy_")

    @Test("a key that is shown is known by its purpose and its hash")
    func shown() throws {
        let key = SecretKey(purpose)
        let shown = try #require(SecretKey(key.text))
        #expect(shown.purpose == purpose && shown.matches(key.hash))
        #expect(key.text.hasPrefix("mxy_") && key.text.utf8.count == 47)
        #expect("\(key)" == "mxy_…")
    }

    @Test("another purpose is another key, even with the same letters")
    func otherPurpose() throws {
        let key = SecretKey(purpose)
        let other = try #require(SecretKey("mxz_" + key.text.dropFirst(4)))
        #expect(other.purpose != purpose && !other.matches(key.hash))
    }

    @Test(
        "what does not look like a key is none",
        arguments: ["", "mxy_", "mxy", "xyz_", "MXY_", "m1y_", "mxyz", "mxy-", "_mxy", "mxyz_"])
    func none(_ beginning: String) {
        let letters = String(repeating: "A", count: 43)
        #expect(SecretKey("mxy_" + letters) != nil)
        #expect(SecretKey(beginning) == nil)
        if beginning != "mxy_" { #expect(SecretKey(beginning + letters) == nil) }
        #expect(SecretKey("mxy_" + letters + "A") == nil && SecretKey("mxy_" + letters.dropLast() + "=") == nil)
    }
}
