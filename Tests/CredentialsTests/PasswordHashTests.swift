import Credentials
import Testing

/// scrypt as RFC 7914, section 12, has it; and what is kept of a password.
struct PasswordHashTests {
    struct Vector: Sendable {
        let password: String
        let salt: String
        let logarithm: Int
        let blockSize: Int
        let parallelism: Int
        let key: String
    }

    // The fourth vector of the RFC wants 1 GiB, which the bounds refuse.
    @Test(arguments: [
        Vector(
            password: "", salt: "", logarithm: 4, blockSize: 1, parallelism: 1,
            key: """
                77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442\
                fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
                """),
        Vector(
            password: "password", salt: "NaCl", logarithm: 10, blockSize: 8, parallelism: 16,
            key: """
                fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162\
                2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                """),
        Vector(
            password: "pleaseletmein", salt: "SodiumChloride", logarithm: 14, blockSize: 8, parallelism: 1,
            key: """
                7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2\
                d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                """),
    ])
    func vectors(_ vector: Vector) throws {
        let parameters = try #require(
            PasswordHash.Parameters(
                logarithm: vector.logarithm, blockSize: vector.blockSize, parallelism: vector.parallelism))
        let key = try PasswordHash.derive(
            Array(vector.password.utf8), salt: Array(vector.salt.utf8), length: 64, parameters: parameters)
        #expect(key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == vector.key)
    }

    @Test func matchesItsPasswordAndNoOther() throws {
        let hash = try PasswordHash(of: "a long word", parameters: .trivial)
        let right = try hash.matches("a long word")
        let wrong = try hash.matches("a long worD")
        #expect(right)
        #expect(!wrong)
    }

    @Test func readsBackWhatItWrote() throws {
        let hash = try PasswordHash(of: "a long word", parameters: .trivial)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=1,p=1$"))
        let again = try #require(PasswordHash(text: hash.text))
        #expect(again == hash)
        let right = try again.matches("a long word")
        #expect(right)
    }

    @Test func twoHashesOfOnePasswordDiffer() throws {
        let one = try PasswordHash(of: "a long word", parameters: .trivial)
        let other = try PasswordHash(of: "a long word", parameters: .trivial)
        #expect(one.text != other.text)
    }

    /// É as one character, and as E with an accent after it.
    @Test func theSameTextInTwoSpellingsIsOnePassword() throws {
        let hash = try PasswordHash(of: "caf\u{E9} du port", parameters: .trivial)
        let right = try hash.matches("cafe\u{301} du port")
        #expect(right)
    }

    @Test func theStandardCostsMoreThanWhatCameBefore() throws {
        let hash = try PasswordHash(of: "a long word", parameters: .trivial)
        #expect(hash.needsRehash(under: .standard))
        #expect(!hash.needsRehash(under: .trivial))
        #expect(
            PasswordHash.Parameters.standard == PasswordHash.Parameters(logarithm: 15, blockSize: 8, parallelism: 1))
    }

    @Test func nobodyHasThePasswordOfNobody() throws {
        let matches = try PasswordHash.unmatchable(parameters: .trivial).matches("")
        #expect(!matches)
    }

    @Test(arguments: [
        "", "$scrypt$", "scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        // Too costly, too cheap, out of order, not written as a number is.
        "$scrypt$ln=21,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=20,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=0,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=1,p=17$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$r=1,ln=4,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=1,p=1,q=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=+4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        // Salt or hash too short, or no Base64.
        "$scrypt$ln=4,r=1,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAA", "$scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAA!$AAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$",
    ])
    func whatIsNoHashIsNotRead(_ text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    @Test func printsNothingOfTheHash() throws {
        let hash = try PasswordHash(of: "a long word", parameters: .trivial)
        var dumped = ""
        dump(hash, to: &dumped)
        let parts = hash.text.split(separator: "$")
        for text in ["\(hash)", String(reflecting: hash), dumped] {
            #expect(!text.contains(parts[2]))
            #expect(!text.contains(parts[3]))
        }
    }
}
