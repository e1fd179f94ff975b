/// A command that devices of a kind understand, so that pages can offer it: its name, words for people, and what goes with it.
public struct DeclaredCommand: Hashable, Sendable {
    /// As devices get it (`CommandRequest.name`).
    public let name: String
    /// What people choose or press, such as `Open valve`.
    public let summary: String
    /// What is sent with it, in the order in which it is asked for.
    public let parameters: [CommandParameter]

    /// A command.
    public init(_ name: String, _ summary: String, parameters: [CommandParameter] = []) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
    }
}

/// A parameter of a declared command, as a form asks for it. It binds pages alone: a solution's `check` says what is refused.
public struct CommandParameter: Hashable, Sendable {
    /// What it may be.
    public enum Form: Hashable, Sendable {
        /// One of these words; a form begins with the first.
        case choice([Option])
        /// A whole number; a form begins with `standard`.
        case whole(ClosedRange<Int64>, standard: Int64)
    }

    /// A word of a choice.
    public struct Option: Hashable, Sendable {
        /// What is sent.
        public let value: String
        /// What people read.
        public let summary: String

        /// A word.
        public init(_ value: String, _ summary: String) {
            self.value = value
            self.summary = summary
        }
    }

    /// A choice that was made for another parameter.
    public struct Condition: Hashable, Sendable {
        /// The other parameter, one that is declared before.
        public let parameter: String
        /// What it has to be.
        public let value: String

        /// A condition.
        public init(_ parameter: String, is value: String) {
            self.parameter = parameter
            self.value = value
        }
    }

    /// The member of `params`.
    public let name: String
    /// What people read beside it.
    public let summary: String
    /// What it may be.
    public let form: Form
    /// When it is asked for and sent; nil: always.
    public let condition: Condition?

    /// A parameter.
    public init(_ name: String, _ summary: String, _ form: Form, only condition: Condition? = nil) {
        self.name = name
        self.summary = summary
        self.form = form
        self.condition = condition
    }
}
