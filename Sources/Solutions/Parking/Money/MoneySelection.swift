internal import HubModel
internal import SQL
internal import SolutionKit

/// Which rows of a lot's money are wanted: newest first, in pages.
struct MoneySelection: Sendable {
    var lot: LotID
    /// From this instant …
    var from: Timestamp?
    /// … to before this one.
    var to: Timestamp?
    var spot: DeviceID?
    var session: String?
    /// The row that the page before ended with.
    var after: String?
    /// The most rows of a page; the lists give one more if there is one (`Page`).
    var limit: Int

    /// The conditions, as far as a table has what they ask for.
    func conditions(time: String, spot: Bool = true, session: String) -> Conditions {
        var conditions = Conditions()
        conditions.add("lot", .equals, .text(lot.text))
        if let from { conditions.add(time, .isAtLeast, .integer(from.microseconds)) }
        if let to { conditions.add(time, .isLess, .integer(to.microseconds)) }
        if spot, let name = self.spot { conditions.add("spot", .equals, .text(name.text)) }
        if let name = self.session { conditions.add(session, .equals, .text(name)) }
        return conditions
    }

    /// Adds that a row is behind that of the page before, in the order of time and name, newest first.
    func addPage(of table: String, time: String, to conditions: inout Conditions) {
        guard let after else { return }
        let place = conditions.place(.text(after))
        conditions.add("(\(time), id) < (SELECT \(time), id FROM \(table) WHERE id = \(place))")
    }

    /// One row more than the page holds, if there is one.
    var reading: SQLValue { .integer(Int64(Page<ParkingSession>.reading(limit))) }
}
