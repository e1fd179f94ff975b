internal import HubModel
public import SolutionKit
internal import Synchronization

extension Route {
    /// An answer or a refusal of a route that its declaration, and so the description of the API, does not have.
    public struct Undeclared: Error, CustomStringConvertible {
        /// What it was, and whose.
        public let description: String
    }

    /// Lets the handler answer, and holds it to what the route declares. An answer that streams is written to its end.
    /// - Throws: what the handler throws; `Undeclared` for a status of which nobody was told.
    public func answer(_ request: RouteRequest) async throws -> RouteResponse {
        do {
            var response = try await handler(request)
            if case .stream(let make) = response.content {
                let written = Mutex<[UInt8]>([])
                try await make(BodyWriter { bytes in written.withLock { $0 += bytes } })
                response.content = .bytes(written.withLock { $0 })
            }
            guard possibleAnswers.contains(where: { $0.status == response.status }) else {
                throw Undeclared(description: "\(method.rawValue) \(path) answers \(response.status)")
            }
            return response
        } catch let refusal as Refusal {
            guard refusalStatuses.contains(refusal.code.httpStatus) else {
                throw Undeclared(description: "\(method.rawValue) \(path) refuses: \(refusal.code), \(refusal.detail)")
            }
            throw refusal
        }
    }
}
