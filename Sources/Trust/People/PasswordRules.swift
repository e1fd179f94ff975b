internal import Credentials
public import HubModel
public import Registry

/// Which passwords are good enough: long ones that nobody would try first. No rule about digits and signs, as NIST SP 800-63B
/// (section 5.1.1.2) advises.
public enum PasswordRules {
    /// Bytes in UTF-8; above it a password costs more to read than it is worth.
    public static let lengths = 10...256

    /// Checks a password that somebody chose.
    /// - Throws: `weak_password` with what is wrong with it.
    public static func check(_ password: String, for name: AccountName) throws(Refusal) {
        guard password.utf8.count >= lengths.lowerBound else {
            throw Refusal(.weakPassword, "A password has at least \(lengths.lowerBound) characters.")
        }
        guard password.utf8.count <= lengths.upperBound else {
            throw Refusal(.weakPassword, "A password has at most \(lengths.upperBound) bytes.")
        }
        guard !password.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Refusal(.weakPassword, "A password has no control characters.")
        }
        let small = password.lowercased()
        guard !holdsLittleBeside(name.text, small) else {
            throw Refusal(.weakPassword, "A password is not the user name with a few characters more.")
        }
        guard !isCommon(small) else {
            throw Refusal(.weakPassword, "This password is one of those that are tried first.")
        }
        guard Set(small).count >= 4, !isRun(Array(small.utf8)) else {
            throw Refusal(
                .weakPassword, "A password is not a few characters again and again, and no row of the keyboard.")
        }
    }

    /// A password of 100 random bits, for somebody to change.
    public static func generate() -> String {
        let letters = Array(Base32.encode(RandomBytes.make(13)).lowercased().prefix(20))
        return stride(from: 0, to: 20, by: 5).map { String(letters[$0..<$0 + 5]) }.joined(separator: "-")
    }

    private static func holdsLittleBeside(_ name: String, _ password: String) -> Bool {
        guard name.utf8.count >= 3, password.contains(name) else { return password == name }
        let rest = password.split(separator: name, omittingEmptySubsequences: true).reduce(0) { $0 + $1.utf8.count }
        return rest < 6
    }

    /// Whether it is one of the common ones, or begins with one and has little behind it: a few characters behind the whole of one, or
    /// digits and signs behind the word in it. `password!!` and `summer2031` are tried as soon as `password123` and `summer2026`.
    private static func isCommon(_ password: String) -> Bool {
        if common.contains(where: { password.hasPrefix($0) && password.utf8.count < $0.utf8.count + 4 }) { return true }
        guard let end = password.lastIndex(where: \.isLetter) else { return false }
        return password.utf8.count - password[...end].utf8.count <= 8 && words.contains(String(password[...end]))
    }

    /// What is left of the common ones without the digits behind them, of four letters and more.
    private static let words = Set(
        common.compactMap { text in
            text.lastIndex(where: \.isLetter).map { String(text[...$0]) }.flatMap { $0.utf8.count < 4 ? nil : $0 }
        })

    /// Whether each character is the one after, or before, its neighbour: `abcdefghij`, `9876543210`.
    private static func isRun(_ bytes: [UInt8]) -> Bool {
        let steps = zip(bytes, bytes.dropFirst()).map { Int($1) - Int($0) }
        return steps.allSatisfy { $0 == 1 } || steps.allSatisfy { $0 == -1 }
    }

    /// Those of ten characters and more that are seen most in what was stolen elsewhere, and what guides and devices come with.
    private static let common: Set<String> = [
        "1234567890", "0123456789", "12345678910", "123456789a", "1234567891", "1q2w3e4r5t", "q1w2e3r4t5",
        "1qaz2wsx3edc",
        "qwertyuiop", "qwerty1234", "qwerty12345", "qwerty123456", "qwertzuiop", "azertyuiop", "asdfghjkl1",
        "asdfghjkl;",
        "zaq12wsxcde3", "1234qwerasdf", "qwe123qwe123", "abc123abc123", "abcd123456", "abc1234567", "a123456789",
        "password12", "password123", "password1234", "password12345", "passw0rd123", "p@ssw0rd123", "p@ssword123",
        "passwordpassword", "mypassword", "mypassword1", "changeme123", "changemenow", "changethis", "changeit123",
        "letmein123", "letmeinnow", "welcome123", "welcome1234", "welcome2024", "welcome2025", "welcome2026",
        "iloveyou12",
        "iloveyou123", "administrator", "administrator1", "admin12345", "admin123456", "adminadmin", "admin1234567",
        "rootrootroot", "superadmin", "superuser1", "raspberrypi", "raspberry1", "raspberry123", "mosquitto1",
        "sunshine123", "princess123", "football123", "baseball123", "superman123", "dragon1234", "monkey1234",
        "master1234", "secret1234", "secretsecret", "topsecret1", "testtesttest", "testing123", "test123456",
        "temporary1", "temppassword", "default123", "computer123", "internet123", "starwars123", "trustno1234",
        "martlet123", "martlet1234", "martletmartlet", "correcthorsebatterystaple", "thequickbrownfox", "1111111111",
        "0000000000", "summer2024", "summer2025", "summer2026", "winter2024", "winter2025", "winter2026",
    ]
}
