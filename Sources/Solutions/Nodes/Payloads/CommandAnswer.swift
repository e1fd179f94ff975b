internal import HubModel
internal import SolutionKit

extension CommandAnswer {
    /// The answer in a status message; nil when it is none.
    ///
    /// `command_id` always makes it one. A bare `id` or `command` may mean something else, so it counts only beside a word
    /// that answers use.
    /// - Throws: `value_out_of_range` when a word beside `command_id` says neither done nor failed.
    init?(_ said: Said) throws(Refusal) {
        let addressee: Addressee
        let ending: Outcome
        let word = said.statusWord ?? said.stateWord.flatMap { Outcome($0) == nil ? nil : $0 }
        let outcome = word.flatMap(Outcome.init)
        if let id = said.commandID {
            if word != nil, outcome == nil { throw Refusal(.valueOutOfRange, "status says neither done nor failed.") }
            addressee = .identifier(id)
            ending = outcome ?? (said.error.value == nil ? .done : .failed)
        } else if let outcome, let id = said.otherID {
            addressee = .identifier(id)
            ending = outcome
        } else if let outcome, let command = said.command {
            addressee = .name(command)
            ending = outcome
        } else {
            return nil
        }
        self.init(addressee, ending, result: said.result, error: said.error.value)
    }
}
