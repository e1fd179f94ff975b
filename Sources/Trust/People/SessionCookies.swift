internal import SolutionKit

/// The two cookies of a page: a short-lived one for every request, and one that goes only to where it is renewed.
struct SessionCookies: Sendable {
    let access: String
    let refresh: String

    /// - Parameter tag: letters and digits that tell hubs apart which share a host name: cookies know no ports.
    init(tag: String) {
        access = "martlet_access_\(tag)"
        refresh = "martlet_refresh_\(tag)"
    }

    func set(
        access token: String, seconds: Int64, over transport: RequestTransport
    ) -> (name: String, value: String) {
        header(access, token, path: "/", seconds: seconds, transport)
    }

    func set(
        refresh token: String, seconds: Int64, over transport: RequestTransport
    ) -> (name: String, value: String) {
        header(refresh, token, path: "/api/auth", seconds: seconds, transport)
    }

    func clear(over transport: RequestTransport) -> [(name: String, value: String)] {
        [
            header(access, "", path: "/", seconds: 0, transport),
            header(refresh, "", path: "/api/auth", seconds: 0, transport),
        ]
    }

    private func header(
        _ name: String, _ value: String, path: String, seconds: Int64, _ transport: RequestTransport
    ) -> (name: String, value: String) {
        let secure = transport.isSecure ? "; Secure" : ""
        return ("Set-Cookie", "\(name)=\(value); Path=\(path); Max-Age=\(seconds); HttpOnly; SameSite=Strict\(secure)")
    }
}
