package import SolutionKit

/// Finds the route for a path, out of the declarations alone.
///
/// A literal level is stronger than a parameter. Each path answers for its methods: so a wrong method is told apart
/// from a wrong path, and the allowed methods can be named.
package struct RouteTable: Sendable {
    /// What a request comes to.
    package enum Match: Sendable {
        /// This route, with its parameters percent-decoded.
        case route(Route, parameters: [String: String])
        /// The path is there, the method is not.
        case otherMethods(template: String, allowed: [String])
        /// This route, but a parameter is not percent-encoded UTF-8.
        case malformed(Route)
        /// No such path.
        case unknown
    }

    private enum Level: Hashable, Sendable {
        case literal(String)
        case parameter(String)
    }

    private struct Entry: Sendable {
        let template: String
        let levels: [Level]
        var routes: [Route]
    }

    /// Paths by their number of levels, the more literal ones first.
    private var entries: [Int: [Entry]] = [:]

    /// The routes, in the order of their paths.
    package let routes: [Route]

    /// A table of routes.
    /// - Throws: `RouteError` when two routes could answer one request, or a path is malformed.
    package init(_ routes: [Route]) throws(RouteError) {
        self.routes = routes.sorted { ($0.path, $0.method.rawValue) < ($1.path, $1.method.rawValue) }
        for route in routes { try add(route) }
    }

    /// The route for a method and a raw path.
    package func match(_ method: String, _ path: Substring) -> Match {
        guard path.first == "/" else { return .unknown }
        var rest = path.dropFirst()
        // A slash at the end is forgiven.
        if rest.count > 1, rest.last == "/" { rest = rest.dropLast() }
        let given = rest.isEmpty ? [] : rest.split(separator: "/", omittingEmptySubsequences: false)
        for entry in entries[given.count] ?? [] where RouteTable.fits(entry.levels, given) {
            // HEAD is GET without the body (RFC 9110, section 9.3.2).
            let wanted = method == "HEAD" ? "GET" : method
            guard let route = entry.routes.first(where: { $0.method.rawValue == wanted }) else {
                return .otherMethods(template: entry.template, allowed: RouteTable.allowed(entry.routes))
            }
            guard let parameters = RouteTable.parameters(entry.levels, given) else {
                return .malformed(route)
            }
            return .route(route, parameters: parameters)
        }
        return .unknown
    }

    private mutating func add(_ route: Route) throws(RouteError) {
        let levels = try RouteTable.levels(of: route.path)
        var list = entries[levels.count] ?? []
        if let index = list.firstIndex(where: { RouteTable.shape($0.levels) == RouteTable.shape(levels) }) {
            guard list[index].levels == levels, !list[index].routes.contains(where: { $0.method == route.method })
            else {
                throw .duplicate(method: route.method.rawValue, path: route.path)
            }
            list[index].routes.append(route)
        } else {
            list.append(Entry(template: route.path, levels: levels, routes: [route]))
            // Literals before parameters, level by level from the left.
            list.sort { RouteTable.rank($0.levels).lexicographicallyPrecedes(RouteTable.rank($1.levels)) }
        }
        entries[levels.count] = list
    }

    private static func levels(of path: String) throws(RouteError) -> [Level] {
        guard path.first == "/" else { throw .malformedPath(path) }
        guard path != "/" else { return [] }
        var levels: [Level] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty else { throw .malformedPath(path) }
            if part.first == "{", part.last == "}", part.count > 2 {
                levels.append(.parameter(String(part.dropFirst().dropLast())))
            } else {
                guard !part.contains(where: { $0 == "{" || $0 == "}" }) else { throw .malformedPath(path) }
                levels.append(.literal(String(part)))
            }
        }
        return levels
    }

    private static func shape(_ levels: [Level]) -> [String?] {
        levels.map { if case .literal(let text) = $0 { text } else { nil } }
    }

    private static func rank(_ levels: [Level]) -> [Int] {
        levels.map { if case .literal = $0 { 0 } else { 1 } }
    }

    private static func fits(_ levels: [Level], _ given: [Substring]) -> Bool {
        zip(levels, given).allSatisfy { level, text in
            switch level {
            case .literal(let literal): literal == text
            case .parameter: !text.isEmpty
            }
        }
    }

    private static func parameters(_ levels: [Level], _ given: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for case (.parameter(let name), let text) in zip(levels, given) {
            guard let value = PercentCoding.decode(text) else { return nil }
            parameters[name] = value
        }
        return parameters
    }

    private static func allowed(_ routes: [Route]) -> [String] {
        var methods = routes.map(\.method.rawValue)
        if methods.contains("GET") { methods.append("HEAD") }
        methods.append("OPTIONS")
        return methods.sorted()
    }
}

/// A mistake in the declarations of routes.
public enum RouteError: Error, Hashable, Sendable {
    /// Two routes answer the same requests.
    case duplicate(method: String, path: String)
    /// A path does not begin with a slash, or has an empty level or a stray brace.
    case malformedPath(String)
    /// Two shapes in the API's description have one name.
    case conflictingSchemas(String)
    /// A refusal is to carry a member that every problem has.
    case reservedMember(String)
}
