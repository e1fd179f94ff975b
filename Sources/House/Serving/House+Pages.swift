internal import Live
internal import Logging
internal import SolutionKit
internal import Transport
internal import WebAPI

/// What the settings mean for pages, API and live sockets.
extension House {
    /// Pages and API.
    func webConfiguration(
        _ pages: WebFolder, _ certificates: DoorCertificates, _ logger: Logger
    ) -> WebConfiguration {
        var listeners = [WebListener(host: configuration.http.host, port: configuration.http.port)]
        if let https = configuration.https {
            listeners.append(WebListener(host: https.host, port: https.port, tls: certificates.https))
        }
        var web = WebConfiguration(
            listeners: listeners, version: Version.text, webDirectory: pages.web, morePages: pages.more,
            vendorDirectory: pages.vendor,
            pages: ["/", "/broker", "/sign-in", "/setup", "/account", "/admin", "/admin/*", "/docs"]
                + solutions.catalogue.solutions.flatMap { [$0.path, "\($0.path)/*"] },
            pageRules: solutions.catalogue.solutions.map {
                PageRules(path: $0.path, features: $0.browserFeatures, worker: $0.worker)
            },
            allowedHosts: configuration.hosts, publicOrigins: configuration.publicOrigins,
            allowedOrigins: configuration.allowedOrigins, trustedProxies: configuration.trustedProxies)
        let limits = configuration.limits
        web.limits.maximumConnections = limits[.httpConnections]
        web.limits.maximumConnectionsPerAddress = limits[.httpConnectionsPerAddress]
        web.limits.maximumNewConnections = limits[.httpStrangers]
        web.limits.liveMessagesPerSecond = limits[.liveMessagesPerSocket]
        web.budget = budget("http", limits[.httpConnections], logger)
        return web
    }

    /// Live sockets.
    var liveConfiguration: LiveConfiguration {
        LiveConfiguration(
            maximumSockets: configuration.limits[.liveSockets],
            maximumSocketsPerAccount: configuration.limits[.liveSocketsPerAccount],
            maximumPublicSockets: configuration.limits[.publicSockets],
            maximumPublicSocketsPerAddress: configuration.limits[.publicSocketsPerAddress])
    }
}
