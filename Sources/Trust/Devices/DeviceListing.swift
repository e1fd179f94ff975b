internal import HubModel
internal import Registry
internal import SQL
internal import SolutionKit

/// A page of the list of devices: those of the hub and those that wait, together in the order of their names.
struct DeviceListing: Sendable {
    /// A device in the list.
    enum Entry: Sendable {
        case device(DeviceRecord)
        case pending(PendingDevice)

        var id: DeviceID {
            switch self {
            case .device(let device): device.id
            case .pending(let pending): pending.id
            }
        }

        /// What its solution says of it.
        var states: [DeviceStanding] {
            switch self {
            case .device(let device): device.states
            case .pending: []
            }
        }
    }

    /// The words for `state`.
    static let states = ["pending", DeviceState.active.rawValue, DeviceState.disabled.rawValue]
    static let limits: ClosedRange<Int64> = 1...1_000

    private let filter: DeviceFilter
    private let showsDevices: Bool
    private let showsPending: Bool
    private let after: String?
    let limit: Int

    init(_ request: RouteRequest, kinds: [DeviceKind]) throws(Refusal) {
        var filter = DeviceFilter(scope: request.scope)
        var wantsPending = true
        var wantsDevices = true
        if let word = request.given("state") {
            guard DeviceListing.states.contains(word) else {
                throw Refusal(.invalidParameter, "state is pending, active or disabled.")
            }
            filter.state = DeviceState(rawValue: word)
            wantsDevices = filter.state != nil
            wantsPending = !wantsDevices
        }
        if let word = request.given("kind") {
            guard let kind = kinds.first(where: { $0.name == word }) else {
                throw Refusal(.invalidParameter, "kind is one of \(kinds.map(\.name).joined(separator: ", ")).")
            }
            filter.kind = kind
        }
        if let word = request.given("site") {
            guard let site = SiteID(word) else { throw Refusal(.invalidParameter, "site is not the name of a site.") }
            filter.site = site
            // What waits belongs to no site yet.
            wantsPending = false
        }
        if let text = request.given("q") {
            guard text.utf8.count <= DeviceID.maximumLength, !text.utf8.contains(0) else {
                throw Refusal(.invalidParameter, "q has at most \(DeviceID.maximumLength) bytes.")
            }
            filter.text = text
        }
        if let text = request.given("after") {
            guard DeviceID(text) != nil else { throw Refusal(.invalidParameter, "after is a device's name.") }
            after = text
        } else {
            after = nil
        }
        self.filter = filter
        showsDevices = wantsDevices
        showsPending = wantsPending && request.scope == .all
        limit = Int(try request.whole("limit", in: DeviceListing.limits) ?? 100)
    }

    /// A page, with what is said beside it.
    struct Answer: Sendable {
        var page: Page<Entry>
        var counts: [(name: String, count: Int64)] = []
        var openUntil: Timestamp?
    }

    /// The page, with the counts of all devices of the same sites.
    func answer(_ administration: DeviceAdministration, at now: Timestamp, in reader: some SQLReading) throws -> Answer
    {
        var entries: [Entry] = []
        let reading = Page<Entry>.reading(limit)
        if showsDevices {
            entries = try administration.list(filter, after: after, limit: reading, in: reader).map { .device($0) }
        }
        let join = administration.join
        if showsPending {
            entries += try join.pending(
                text: filter.text, kind: filter.kind, after: after, limit: reading, in: reader
            ).map { .pending($0) }
            // As the database orders them: by bytes.
            entries.sort { $0.id.text.utf8.lexicographicallyPrecedes($1.id.text.utf8) }
        }
        var answer = Answer(page: Page(entries, limit: limit, key: \.id.text))
        let counts = try administration.registry.counts(at: filter.scope, in: reader)
        answer.counts = [
            ("pending", filter.scope == .all ? try join.count(in: reader) : 0), ("active", counts[.active] ?? 0),
            ("disabled", counts[.disabled] ?? 0),
        ]
        answer.openUntil = try join.openUntil(at: now, in: reader)
        return answer
    }
}
