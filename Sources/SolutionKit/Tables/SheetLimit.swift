public import HubModel

/// The most rows of one file: some 40 MB, which a spreadsheet still opens. More is refused, because a file that is cut reads like a whole one.
public enum SheetLimit {
    /// So many.
    public static let rows = 200_000

    /// Refuses a table that is too long for one file.
    /// - Parameter narrower: how to ask for less.
    /// - Throws: `limit_reached` for more rows than one file holds.
    public static func check(
        _ rows: Int, narrower: String = "narrow the range with from and to, or ask for a part with limit and after"
    ) throws(Refusal) {
        guard rows <= SheetLimit.rows else {
            throw Refusal(
                .limitReached,
                "a file holds at most \(SheetLimit.rows) rows: \(narrower)")
        }
    }
}
