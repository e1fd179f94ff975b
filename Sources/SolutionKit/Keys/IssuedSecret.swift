/// A key or a password that the hub has just made: to be shown once to whom it belongs, in an answer that nobody keeps
/// (`Cache-Control: no-store`). It can be printed nowhere by accident, and the hub itself cannot show it again.
public struct IssuedSecret: Sendable {
    /// The secret itself. Write it into the answer, and never anywhere else: no table, no audit, no log.
    public let text: String

    /// A secret. Only implementations of a port create these.
    package init(_ text: String) {
        self.text = text
    }
}

extension IssuedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the secret.
    public var description: String { "(a secret)" }
    /// As `description`.
    public var debugDescription: String { description }
    /// Nothing to look into.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
