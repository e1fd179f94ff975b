internal import HubModel

/// What a node says of a command that it was given.
struct CommandAnswer: Sendable {
    /// Which command is meant.
    enum Addressee: Sendable, Hashable {
        /// The one with this identifier.
        case identifier(String)
        /// The oldest open one of this name.
        case name(String)
    }

    /// How it ended.
    enum Outcome: Sendable {
        case done, failed

        /// The words that nodes use; nil for any other.
        init?(_ word: String) {
            switch word {
            case "done", "ok", "success", "executed", "acknowledged": self = .done
            case "failed", "error", "rejected": self = .failed
            default: return nil
            }
        }
    }

    let addressee: Addressee
    let outcome: Outcome
    /// JSON as text.
    let result: String?
    let error: String?

    /// The answer in a status message; nil when it is none.
    ///
    /// `command_id` always makes it one. A bare `id` or `command` may mean something else, so it counts only beside a word
    /// that answers use.
    /// - Throws: `value_out_of_range` when a word beside `command_id` says neither done nor failed.
    init?(_ said: Said) throws(Refusal) {
        let word = said.statusWord ?? said.stateWord.flatMap { Outcome($0) == nil ? nil : $0 }
        let outcome = word.flatMap(Outcome.init)
        if let id = said.commandID {
            if word != nil, outcome == nil { throw Refusal(.valueOutOfRange, "status says neither done nor failed") }
            addressee = .identifier(id)
            self.outcome = outcome ?? (said.error.value == nil ? .done : .failed)
        } else if let outcome, let id = said.otherID {
            addressee = .identifier(id)
            self.outcome = outcome
        } else if let outcome, let command = said.command {
            addressee = .name(command)
            self.outcome = outcome
        } else {
            return nil
        }
        result = said.result
        error = self.outcome == .failed ? said.error.value : nil
    }
}
