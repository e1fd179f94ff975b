import HTTPTypes
import HubModel
import HummingbirdCore
import Multipart
import SolutionKit

/// A request's body in the form that its route declares.
struct IncomingBody {
    let reader: RequestBodyReader
    private let contentType: String?
    private var form: FormParts?

    init(_ request: Request, _ reader: RequestBodyReader) {
        self.reader = reader
        contentType = request.headers[.contentType]
    }

    /// The media type in small letters, without parameters; nil when none is named.
    var mediaType: String? {
        contentType.map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What a device shows in the body to say who it is; nil when it shows nothing there.
    /// - Throws: what reading the body throws.
    mutating func credentials(
        _ route: Route, _ writer: borrowing ResponseWriter
    ) async throws -> RequestCredentials.Kind? {
        switch bodyForm(route) {
        case .stream, .mixedReplace: return nil
        case .multipart:
            let parts = try await parts(route, writer)
            return ShownCredentials.read(fields: try await parts.leadingFields())
        case .form:
            let bytes = try await reader.read(upTo: route.maximumBodyBytes, writer)
            return ShownCredentials.read(fields: try IncomingBody.fields(bytes))
        case .json, .bytes, nil:
            return ShownCredentials.read(body: try await reader.read(upTo: route.maximumBodyBytes, writer))
        }
    }

    /// Reads what is read before the route's handler is called: all of a body that is read whole, nothing of one that streams.
    /// - Throws: what reading throws.
    func settle(_ route: Route, _ writer: borrowing ResponseWriter) async throws {
        switch bodyForm(route) {
        case .stream, .multipart, .mixedReplace: break
        case .json, .form, .bytes, nil: _ = try await reader.read(upTo: route.maximumBodyBytes, writer)
        }
    }

    /// The content for the route's handler.
    /// - Throws: `unsupported_media_type` for a form that the route does not take; what reading throws.
    mutating func content(_ route: Route, _ writer: borrowing ResponseWriter) async throws -> RequestContent {
        guard !reader.isAbsent else { return .whole([]) }
        let (limit, reader) = (route.maximumBodyBytes, reader)
        switch bodyForm(route) {
        case nil:
            let types = (route.input ?? RouteInput(.any)).forms.flatMap(\.mediaTypes).joined(separator: " or ")
            throw Refusal(.unsupportedMediaType, "Send \(types).")
        case .json, .bytes: return .whole(try await reader.read(upTo: limit, writer))
        case .form: return .form(try IncomingBody.fields(try await reader.read(upTo: limit, writer)))
        case .multipart, .mixedReplace: return .parts(try await parts(route, writer).parts)
        case .stream:
            try await reader.beginPieces(upTo: limit, writer)
            return .stream(BodyStream { try await reader.piece(upTo: limit) })
        }
    }

    private func bodyForm(_ route: Route) -> BodyForm? {
        // A body that no route asked for is read as JSON and dropped.
        (route.input ?? RouteInput(.any)).form(for: mediaType)
    }

    private mutating func parts(_ route: Route, _ writer: borrowing ResponseWriter) async throws -> FormParts {
        if let form { return form }
        let (limit, reader) = (route.maximumBodyBytes, reader)
        let parts = try FormParts(contentType: contentType ?? "", kind(of: route)) {
            try await reader.piece(upTo: limit)
        }
        try await reader.beginPieces(upTo: limit, writer)
        form = parts
        return parts
    }

    private func kind(of route: Route) -> MultipartReader.Kind {
        if case .mixedReplace = bodyForm(route) { .other } else { .form }
    }

    private static func fields(_ bytes: [UInt8]) throws(Refusal) -> [(name: String, value: String)] {
        try PercentCoding.parameters(String(decoding: bytes, as: UTF8.self))
    }
}
