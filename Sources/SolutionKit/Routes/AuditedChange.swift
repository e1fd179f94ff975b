public import HubModel
internal import SQL

/// What a change gives to the route that asked for it, and what the audit keeps of it.
public struct AuditedChange<Value: Sendable>: Sendable {
    /// One entry of the audit, without who did it.
    private struct Note: Sendable {
        let action: AuditAction
        let target: String?
        let facts: [(name: String, value: String)]
    }

    /// What the change gives.
    public let value: Value
    private var notes: [Note] = []

    /// A change of which nothing is recorded, unless `note` says so.
    public init(_ value: Value) {
        self.value = value
    }

    /// A change of which one entry is recorded: `AuditEntry` says what each part is.
    public init(
        _ value: Value, _ action: AuditAction, of target: String?, facts: [(name: String, value: String)] = []
    ) {
        self.value = value
        note(action, of: target, facts: facts)
    }

    /// Records one entry more, behind those before.
    public mutating func note(
        _ action: AuditAction, of target: String?, facts: [(name: String, value: String)] = []
    ) {
        notes.append(Note(action: action, target: target, facts: facts))
    }

    /// Writes the entries.
    /// - Throws: what the audit throws.
    fileprivate func record(in audit: any AuditBook, by caller: Caller, _ line: inout LineContext) throws -> Value {
        for note in notes {
            try audit.record(
                AuditEntry(caller, note.action, target: note.target, facts: note.facts), at: line.now,
                in: try line.transaction())
        }
        return value
    }
}

extension AuditedChange where Value == Void {
    /// A change that gives nothing.
    public init(_ action: AuditAction, of target: String?, facts: [(name: String, value: String)] = []) {
        self.init((), action, of: target, facts: facts)
    }
}

extension WebServices {
    /// Changes something and records who did it, in one transaction: what the audit cannot take is undone, and what is not done is not
    /// recorded.
    /// - Throws: what the change or the audit throws; as `Line.perform`.
    @discardableResult
    public func change<Value: Sendable>(
        by caller: Caller, _ change: @escaping @Sendable (inout LineContext) throws -> AuditedChange<Value>
    ) async throws -> Value {
        let audit = audit
        return try await line.perform { line in try change(&line).record(in: audit, by: caller, &line) }
    }

    /// The same by the solution's own handler, which knows what only it keeps in memory.
    /// - Throws: what the change or the audit throws; as `Line.perform(with:)`.
    @discardableResult
    public func change<Handler: MessageHandler, Value: Sendable>(
        with handler: Handler.Type, by caller: Caller,
        _ change: @escaping @Sendable (Handler, inout LineContext) throws -> AuditedChange<Value>
    ) async throws -> Value {
        let audit = audit
        return try await line.perform(with: handler) { handler, line in
            try change(handler, &line).record(in: audit, by: caller, &line)
        }
    }
}
