/// A name that the hub or a solution declares once, such as a permission. It is told apart by its text alone: what it means is said by
/// its declaration (`Declared`), and what nobody declares means nothing.
public protocol DeclaredName: Hashable, Sendable, CustomStringConvertible {
    /// The name: 1 to 64 small letters, digits, `.`, `_` and `-`.
    var name: String { get }

    /// A name of which it is known that it keeps the rule.
    init(checked name: String)
}

extension DeclaredName {
    /// The name that a declaration writes down. Traps when it breaks the rule above.
    public init(_ name: StaticString) {
        let text = String(describing: name)
        precondition(Self.isWellFormed(text), "a declared name breaks the rule for names")
        self.init(checked: text)
    }

    /// The name that somebody gives or a table holds; nil if it breaks the rule. It need not be declared.
    public init?(named name: String) {
        guard Self.isWellFormed(name) else { return nil }
        self.init(checked: name)
    }

    /// The name.
    public var description: String { name }

    private static func isWellFormed(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// A declaration: a name, and what it means to people.
public struct Declared<Name: DeclaredName>: Hashable, Sendable {
    /// The name.
    public let name: Name
    /// What it means, in a few words that begin with a capital letter and end without a period.
    public let summary: String

    /// A declaration.
    public init(_ name: Name, _ summary: String) {
        self.name = name
        self.summary = summary
    }
}
