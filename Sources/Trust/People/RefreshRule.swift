public import HubModel
public import Registry

/// What a refresh token is worth that belongs to a sign-in, as a value.
///
/// The tokens of a sign-in are counted: the one of the present step may be used, which begins the next step. The one of the step before
/// is good for a short while more, because a page that is open twice sends it twice; each then gets a token of the present step, of
/// which the first that is used begins the next one. Whatever else comes was stolen, from the owner or by them: nobody can tell who is
/// who, and the sign-in ends.
public enum RefreshRule: Hashable, Sendable {
    /// The next step begins.
    case advance
    /// Another token of the present step is given out.
    case again
    /// The sign-in ends.
    case replayed

    /// Tokens of one step that are given out at most.
    private static let tokensPerStep: Int64 = 50

    /// Judges a token.
    /// - Parameters:
    ///   - step: the token's.
    ///   - graceSeconds: how long the step before is good.
    public static func judge(
        step: Int64, of signIn: SignIn, graceSeconds: Int64, at instant: Timestamp
    ) -> RefreshRule {
        if step == signIn.step { return .advance }
        let age = instant.microseconds(since: signIn.openedAt)
        guard step == signIn.step - 1, (-1_000_000...graceSeconds * 1_000_000).contains(age),
            signIn.issued < tokensPerStep
        else { return .replayed }
        return .again
    }
}
