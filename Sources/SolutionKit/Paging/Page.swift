public import HubModel

/// One page of a list. Whoever reads it asks the table for one row more than the page holds (`Page.reading`): if that comes, there is a next
/// page. All lists of the API are paged in this one way, which docs/paging.md describes for those who call it.
///
///     let found = try await database.read { try RoomTable.all(after: after, limit: Page<Room>.reading(limit), in: $0) }
///     let page = Page(found, limit: limit) { $0.id.text }
///     return .json(headers: page.headers(request, "/api/rooms", limit: limit)) { writer in
///         writer.object {
///             $0.array("rooms", page.rows) { $0.write($1) }
///             $0.member(next: page)
///         }
///     }
public struct Page<Row: Sendable>: Sendable {
    /// The rows of the page.
    public let rows: [Row]
    /// What the next page comes behind, as text: the last row's key; nil on the last page.
    public let next: String?

    /// How many rows to read for a page of so many.
    public static func reading(_ limit: Int) -> Int { limit + 1 }

    /// A page.
    /// - Parameters:
    ///   - found: what was read, one row more than fits if there is one.
    ///   - limit: how many rows the page holds, 1 or more.
    ///   - key: what a page behind a row is asked for by: unlike that of any other row, and never changed.
    public init(_ found: some Collection<Row>, limit: Int, key: (Row) -> String) {
        rows = Array(found.prefix(limit))
        next = found.count > limit ? rows.last.map(key) : nil
    }

    /// A list that is there as a whole.
    public init(all rows: [Row]) {
        self.rows = rows
        next = nil
    }

    private init(rows: [Row], next: String?) {
        self.rows = rows
        self.next = next
    }

    /// The same page of other rows.
    public func map<Other: Sendable>(_ transform: (Row) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(rows: try rows.map(transform), next: next)
    }

    /// The header `Link` with the address of the next page (RFC 8288); none on the last page.
    /// - Parameters:
    ///   - request: what was asked: the next page is asked for in the same way.
    ///   - route: the route's path with its parameters in braces.
    ///   - limit: the rows of a page, also where the request did not say; nil: there is no such parameter.
    ///   - cursor: the parameter that takes `next`.
    public func headers(
        _ request: RouteRequest, _ route: String, limit: Int?, cursor: String = "after"
    ) -> [(name: String, value: String)] {
        guard let next else { return [] }
        var query = [(name: cursor, value: next)]
        if let limit { query.append(("limit", String(limit))) }
        query += request.query.filter { $0.name != cursor && (limit == nil || $0.name != "limit") && !$0.value.isEmpty }
        return [("Link", "<\(RouteAddress.text(route, request.path, query))>; rel=\"next\"")]
    }
}

extension JSONWriter {
    /// Writes `next`: what the next page comes behind, or null.
    public mutating func member<Row>(next page: Page<Row>) { member("next", page.next) }

    /// Writes `next` as a number, for lists whose key is one.
    public mutating func member<Row>(nextNumber page: Page<Row>) { member("next", page.next.flatMap { Int64($0) }) }
}

extension JSONSchema.Property {
    /// The member `next` of a list.
    /// - Parameters:
    ///   - key: the shape of what identifies a row.
    ///   - cursor: the parameter that takes it.
    public static func next(_ key: JSONSchema = .identifier, cursor: String = "after") -> JSONSchema.Property {
        .required(
            "next", .nullable(key), "The next page's `\(cursor)`; null: this is the last page. Link has its address")
    }
}

extension QueryParameter {
    /// How many rows a page has.
    public static func pageLimit(_ rows: String, most: Int, without: String) -> QueryParameter {
        QueryParameter(
            "limit", "at most this many \(rows), 1 to \(most); \(without)", .integer(minimum: 1, maximum: Int64(most)))
    }
}
