public import HubModel

/// Requests that carry a name of the caller's own choice, so that one which got no answer can be sent again: the same name again gives the same
/// answer, and the same name with other content is a conflict. What makes two requests the same is the content that the solution gives: what
/// was wanted, not how or when it was said.
public enum RepeatedRequest {
    /// The answer of the first time, if the name was used for the same.
    /// - Parameters:
    ///   - known: what was asked under the name, and what came of it; nil: nothing yet, the request is new.
    ///   - asked: what is asked now.
    ///   - kind: what is named, for the refusal: `payment`.
    ///   - name: the name.
    ///   - members: what the refusal carries, out of the answer that was given under the name; nothing that the caller may not see.
    /// - Throws: `conflict` when something else was asked under the name.
    public static func answer<Content: Equatable, Answer>(
        _ known: (content: Content, answer: Answer)?, asked: Content, kind: String, name: String,
        members: (Answer) -> [RefusalMember] = { _ in [] }
    ) throws(Refusal) -> Answer? {
        guard let known else { return nil }
        guard known.content == asked else {
            throw conflict(kind: kind, name: name, members: members(known.answer))
        }
        return known.answer
    }

    /// The refusal of a name that stands for something else already.
    public static func conflict(kind: String, name: String, members: [RefusalMember] = []) -> Refusal {
        Refusal(.conflict, "There is another \(kind) of the name \(name).", members: members)
    }
}
