internal import Credentials

/// What a browser shows of where it signed in before: a key for each person, the one of the last sign-in first. Persons who share a browser
/// do not push each other out; nor do so many fit in that the header grows too large for a request.
struct BrowserKeys: Sendable {
    /// Keys of one browser at most.
    static let limit = 8

    let keys: [SecretKey]

    /// Reads what a cookie holds; what is no key in it is left out.
    init(_ cookie: String?) {
        let parts = (cookie ?? "").split(separator: ".", maxSplits: BrowserKeys.limit)
        keys = parts.prefix(BrowserKeys.limit).compactMap { part in
            SecretKey(String(part)).flatMap { $0.purpose == .browser ? $0 : nil }
        }
    }

    /// - Parameters:
    ///   - key: of whoever has just come in.
    ///   - others: those that stay.
    init(_ key: SecretKey, before others: [SecretKey]) {
        keys = [key] + others.prefix(BrowserKeys.limit - 1)
    }

    /// As it is written into a cookie.
    var text: String { keys.map(\.text).joined(separator: ".") }
}
