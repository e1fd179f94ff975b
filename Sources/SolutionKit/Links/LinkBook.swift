public import HubModel
public import SQL

/// The links, as a solution sees to them that has things of which links can be.
public protocol LinkBook: Sendable {
    /// Ends the links of a thing of the solution, in the transaction in which the thing is removed. They open nothing any more even without
    /// that; this way nobody is shown them as open, and they count against no bound of the site, nor of the next thing of the name.
    /// - Parameter kinds: the solution's kinds of links of such things: what the name means, the kind says.
    /// - Throws: `SQLFailure`.
    func end(of thing: String, kinds: [LinkKind], at instant: Timestamp, in transaction: Transaction) throws
}

/// Links of which there are none: for programs and tests without them.
public struct NoLinks: LinkBook {
    /// An empty book.
    public init() {}

    /// There is nothing to end.
    public func end(of thing: String, kinds: [LinkKind], at instant: Timestamp, in transaction: Transaction) throws {}
}
