import HubModel
import SolutionKit

/// A refusal as a person's program reads it: `application/problem+json` (RFC 9457).
enum Problem {
    /// The answer to a request that is refused.
    /// - Parameters:
    ///   - refusal: why.
    ///   - failure: under which name our own failure stands in the log; nil for a peer's mistake.
    ///   - allowed: the methods that the path does answer, for 405.
    static func response(_ refusal: Refusal, failure: String? = nil, allowed: [String] = []) -> RouteResponse {
        let status = refusal.code.httpStatus
        var response = RouteResponse.json(status: status) { json in
            json.object { json in
                json.member("type", "urn:martlet:error:\(refusal.code.rawValue)")
                json.member("title", refusal.code.title)
                json.member("status", Int64(status))
                json.member("detail", refusal.detail)
                json.member("code", refusal.code.rawValue)
                if let failure {
                    json.member("instance", "urn:martlet:failure:\(failure)")
                }
                for member in refusal.members { json.member(member.name) { $0.raw(member.json) } }
            }
        }
        response.contentType = "application/problem+json"
        response.headers += headers(refusal)
        if !allowed.isEmpty { response.headers.append((name: "Allow", value: allowed.joined(separator: ", "))) }
        return response
    }

    /// The header fields that belong to a refusal, however its text is written.
    static func headers(_ refusal: Refusal) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        // RFC 9110, section 11.6.1: a 401 names a way to sign in.
        if refusal.code.httpStatus == 401 { headers.append((name: "WWW-Authenticate", value: "Bearer")) }
        if let wait = refusal.retryAfterSeconds ?? usualWait(refusal.code) {
            headers.append((name: "Retry-After", value: String(wait)))
        }
        return headers
    }

    /// In how many seconds it is worth trying again, where the refusal does not say; nil when waiting alone mends nothing.
    private static func usualWait(_ code: RefusalCode) -> Int? {
        switch code {
        case .overloaded, .tooManyRequests: 1
        case .stopping: 5
        case .storageUnavailable: 10
        default: nil
        }
    }
}
