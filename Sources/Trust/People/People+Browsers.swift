internal import Credentials
internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// Knowing browsers again (docs/decisions/013-device-cookies.md).
extension People {
    /// Knows an account, whose owner has just proved who they are, in the browser that a request comes from. The key that it showed for
    /// this account ends, so that a copy of it does too; those of other people in the same browser stay.
    /// - Returns: what the browser is to show from now on.
    /// - Throws: `SQLFailure`.
    func know(
        _ account: Account, over transport: RequestTransport, at instant: Timestamp, in transaction: Transaction
    ) throws -> BrowserKeys {
        var others: [SecretKey] = []
        for key in cookies.keys(of: transport).keys {
            switch try KnownBrowserTable.owner(of: key.hash, in: transaction) {
            case nil: continue
            case account.id: try KnownBrowserTable.forget(key.hash, in: transaction)
            default: others.append(key)
            }
        }
        let key = SecretKey(.browser)
        try KnownBrowserTable.know(
            key.hash, of: account.id, generation: account.generation, at: instant,
            until: instant.advanced(bySeconds: settings.browserSeconds), in: transaction)
        try KnownBrowserTable.prune(
            account.id, keeping: key.hash, limit: settings.browsersPerAccount, at: instant, in: transaction)
        return BrowserKeys(key, before: others)
    }
}
