import Foundation
import HubModel
import HubTesting
import Parking
import Testing

/// A golden case out of `cases/tariffs`: what a stay costs, worked out by hand.
struct TariffCase: CustomTestStringConvertible, Sendable {
    let name: String
    let about: String
    let zone: String
    let kind: SpotKind
    let arrival: Timestamp
    let departure: Timestamp
    /// Versions by when they begin; a case with one tariff has it from the beginning of time on.
    let versions: [(from: Timestamp, tariff: Tariff)]
    let total: Int64
    /// Names and amounts; nil where the case says nothing of them.
    let lines: [Line]?

    struct Line: Equatable {
        var name: String
        var minor: Int64
    }

    var testDescription: String { name }

    /// The tariff that counts for the stay.
    var tariff: Tariff? { versions.last { $0.from <= arrival }?.tariff }

    static let all: [TariffCase] = {
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("cases/tariffs") else { return [] }
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }.compactMap { TariffCase($0) }
    }()

    /// Nil for a file that is no case: the tests count them.
    private init?(_ file: URL) {
        guard let data = try? Data(contentsOf: file),
            let value = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
            let about = value["about"] as? String, let zone = value["time_zone"] as? String,
            let kind = (value["kind"] as? String).flatMap(SpotKind.init),
            let arrival = (value["arrival"] as? String).flatMap(Timestamp.init(iso8601:)),
            let departure = (value["departure"] as? String).flatMap(Timestamp.init(iso8601:)),
            let total = value["total_minor"] as? Int
        else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        (self.about, self.zone, self.kind) = (about, zone, kind)
        (self.arrival, self.departure, self.total) = (arrival, departure, Int64(total))
        lines = (value["lines"] as? [[Any]])?.compactMap { line in
            guard line.count == 2, let name = line[0] as? String, let minor = line[1] as? Int else { return nil }
            return Line(name: name, minor: Int64(minor))
        }
        if let tariff = value["tariff"] {
            guard let tariff = Tariff(json: tariff) else { return nil }
            versions = [(Timestamp(seconds: 0), tariff)]
        } else {
            let list = value["versions"] as? [[String: Any]] ?? []
            versions = list.compactMap { version in
                guard let from = (version["valid_from"] as? String).flatMap(Timestamp.init(iso8601:)),
                    let tariff = version["tariff"].flatMap({ Tariff(json: $0) })
                else { return nil }
                return (from, tariff)
            }.sorted { $0.from < $1.from }
            guard !list.isEmpty, versions.count == list.count else { return nil }
        }
    }
}

extension Tariff {
    /// A tariff out of a file of cases.
    init?(json: Any) {
        guard let data = try? JSONSerialization.data(withJSONObject: json) else { return nil }
        var reader = JSONReader(Array(data))
        guard let tariff = try? Tariff(&reader) else { return nil }
        self = tariff
    }

    /// A tariff as it is written in a test.
    init(_ text: String) throws {
        var reader = JSONReader(Array(text.utf8))
        try self.init(&reader)
    }
}
