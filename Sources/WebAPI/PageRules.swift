public import SolutionKit

/// What a browser is told of the pages below a path.
public struct PageRules: Sendable {
    /// Their common path: it and all below it.
    public var path: String
    /// What they may ask the browser for.
    public var features: Set<BrowserFeature>
    /// The script of a service worker that may answer for them, wherever it lies itself; nil: they have none.
    public var worker: String?

    /// Rules for pages.
    public init(path: String, features: Set<BrowserFeature> = [], worker: String? = nil) {
        self.path = path
        self.features = features
        self.worker = worker
    }

    /// Whether a page is among them.
    func cover(_ page: String) -> Bool {
        page == path || page.hasPrefix(path + "/")
    }
}
