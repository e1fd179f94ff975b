internal import SolutionKit

/// The cookies of a page: a short-lived one for every request, one that goes only to where it is renewed, and one that stays when
/// somebody signs out: it gives no right, and says who has signed in here before.
struct SessionCookies: Sendable {
    let access: String
    let refresh: String
    let browser: String

    /// - Parameter tag: letters and digits that tell hubs apart which share a host name: cookies know no ports.
    init(tag: String) {
        access = "martlet_access_\(tag)"
        refresh = "martlet_refresh_\(tag)"
        browser = "martlet_browser_\(tag)"
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

    func set(
        browser keys: BrowserKeys, seconds: Int64, over transport: RequestTransport
    ) -> (name: String, value: String) {
        header(browser, keys.text, path: "/api", seconds: seconds, transport)
    }

    /// What a request shows of where it comes from.
    func keys(of transport: RequestTransport) -> BrowserKeys { BrowserKeys(transport.cookies[browser]) }

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
