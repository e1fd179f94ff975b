public import HubModel

/// What a device says of a command that it was given.
public struct CommandAnswer: Sendable {
    /// Which command is meant.
    public enum Addressee: Sendable, Hashable {
        /// The one with this identifier.
        case identifier(String)
        /// The oldest open one of this name that is not in the hub's queue.
        case name(String)
    }

    /// How it ended.
    public enum Outcome: Sendable, Hashable {
        case done, failed

        /// The words that devices use; nil for any other.
        public init?(_ word: String) {
            switch word {
            case "done", "ok", "success", "executed", "acknowledged": self = .done
            case "failed", "error", "rejected": self = .failed
            default: return nil
            }
        }
    }

    /// Which command is meant.
    public let addressee: Addressee
    /// How it ended.
    public let outcome: Outcome
    /// What came of it: JSON as text; nil: nothing was said.
    public let result: String?
    /// Why it failed; nil: nothing was said, or it did not fail.
    public let error: String?

    /// The longest error kept, in bytes.
    public static let maximumErrorBytes = 1_024
    /// The longest result kept, in bytes of JSON.
    public static let maximumResultBytes = 16_384

    /// An answer; what is said of an error counts only where the command failed.
    public init(_ addressee: Addressee, _ outcome: Outcome, result: String?, error: String?) {
        self.addressee = addressee
        self.outcome = outcome
        self.result = result
        self.error = outcome == .failed ? error : nil
    }

    /// Reads the body `{"status":"done"|"failed","result":…,"error":…}`; the other words for an outcome are taken too, and other members are
    /// ignored.
    /// - Parameter id: the command that the address names.
    /// - Throws: `malformed_json`, `wrong_type`, `missing_field`, `duplicate_key`, `value_out_of_range`, `too_large`.
    public init(to id: String, _ bytes: [UInt8]) throws(Refusal) {
        let members = try JSONMembers(bytes)
        let word = try members.optionalText("status", maximumBytes: 64)
        var result = try members.reader("result")
        var error = try members.reader("error")
        guard let word else { throw Refusal(.missingField, "status is missing: done or failed.") }
        guard let outcome = Outcome(word.lowercased()) else {
            throw Refusal(.valueOutOfRange, "status is done or failed.")
        }
        self.init(.identifier(id), outcome, result: try result?.commandResult(), error: try error?.commandError())
    }
}

extension JSONReader {
    /// Reads what came of a command: any JSON; nil for null.
    public mutating func commandResult() throws(Refusal) -> String? {
        if try null() { return nil }
        let json = try rawValue()
        guard json.count <= CommandAnswer.maximumResultBytes else {
            throw Refusal(.tooLarge, "A result is larger than \(CommandAnswer.maximumResultBytes) bytes.")
        }
        return String(decoding: json, as: UTF8.self)
    }

    /// Reads why a command failed: a text or any JSON; nil for null and false.
    public mutating func commandError() throws(Refusal) -> String? {
        let longest = CommandAnswer.maximumErrorBytes
        switch try peek() {
        case .string:
            let text = try string()
            guard text.utf8.count <= longest else {
                throw Refusal(.valueOutOfRange, "An error is longer than \(longest) bytes.")
            }
            guard !text.utf8.contains(0) else { throw Refusal(.valueOutOfRange, "An error holds U+0000.") }
            return text
        case .null:
            _ = try null()
            return nil
        case .boolean: return try boolean() ? "true" : nil
        case .object, .array, .number:
            let json = try rawValue()
            guard json.count <= longest else {
                throw Refusal(.valueOutOfRange, "An error is longer than \(longest) bytes.")
            }
            return String(decoding: json, as: UTF8.self)
        }
    }
}
