public import HubModel

/// A page of an answer that is read while it is sent.
public protocol ContinuedPage: Sendable {
    /// Where the page after this one begins.
    associatedtype Place: Sendable
    /// That place; nil: this page is the last.
    var next: Place? { get }
}

extension ReadingPage: ContinuedPage {}

extension RouteResponse {
    /// How much of an answer is sent at once.
    static let pieceBytes = 32_768

    /// An answer in JSON with one long list, which is read page by page while it is sent, no faster than its client takes it: of any
    /// length, in the memory of one page. When a later page fails, the answer is cut off, and never looks whole.
    /// - Parameters:
    ///   - list: the name of the list.
    ///   - first: the first page, which was read already: what is refused with it is refused as usual.
    ///   - before: writes the members before the list.
    ///   - write: writes the elements of a page.
    ///   - after: writes the members behind the list.
    ///   - more: the page that begins at a place.
    public static func json<Page: ContinuedPage>(
        list: String, first: Page, before: (inout JSONWriter) -> Void = { _ in },
        write: @escaping @Sendable (Page, inout JSONWriter) -> Void,
        after: @escaping @Sendable (inout JSONWriter) -> Void = { _ in },
        more: @escaping @Sendable (Page.Place) async throws -> Page
    ) -> RouteResponse {
        var head = JSONWriter()
        head.openList(list, after: before)
        guard first.next != nil else {
            write(first, &head)
            head.closeList(after)
            return RouteResponse(contentType: "application/json", body: head.bytes)
        }
        return stream(contentType: "application/json") { [head] writer in
            var (json, page) = (head, first)
            while true {
                write(page, &json)
                if json.bytes.count >= pieceBytes { try await writer.write(json.take()) }
                guard let place = page.next else { break }
                page = try await more(place)
            }
            json.closeList(after)
            try await writer.write(json.take())
        }
    }
}
