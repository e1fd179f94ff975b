/// A handler, and whether it has read what it keeps in memory. Lines hold their handlers in these, so that no handler has to ask in each of
/// its methods.
public struct LoadedHandler {
    private let handler: any MessageHandler
    private var isLoaded = false

    /// A handler that has read nothing yet.
    public init(_ handler: any MessageHandler) {
        self.handler = handler
    }

    /// The handler with its memory, read now if it is not there.
    /// - Throws: what `load` throws; nothing of it remains then.
    public mutating func ready(in line: inout LineContext) throws -> any MessageHandler {
        if !isLoaded {
            try line.perform { try handler.load(in: &$0) }
            isLoaded = true
        }
        return handler
    }

    /// The handler with its memory; nil while it has none.
    public var ifReady: (any MessageHandler)? { isLoaded ? handler : nil }

    /// The handler, for what needs no memory: what it stands for, and what it writes at the end of a batch.
    public var unready: any MessageHandler { handler }

    /// The batch was committed.
    public func batchCommitted() { handler.batchCommitted() }

    /// The handler drops its memory.
    public mutating func forget() {
        isLoaded = false
        handler.forget()
    }
}
