internal import HubModel
internal import SolutionKit

/// The versions of a tariff as CSV: a line a rule; a version without rules has one line without a rule.
extension MoneyRoutes {
    static func sheet(of versions: [TariffVersion]) -> RouteResponse {
        var sheet = CSVWriter([
            "version", "valid_from", "created_by", "created_at", "currency", "free_minutes", "free_minutes_apply",
            "daily_cap_minor", "rule", "name", "kinds", "weekdays", "from", "to", "price", "minutes", "minor",
        ])
        for version in versions {
            let tariff = version.tariff
            let head: [CSVWriter.Cell] = [
                .integer(version.version), .time(version.validFrom), .text(version.createdBy),
                .time(version.createdAt), .text(tariff.currency), .integer(tariff.freeMinutes),
                .text(tariff.freeCountsAlways ? "always" : "short_stays"), .integer(tariff.dailyCapMinor),
            ]
            if tariff.rules.isEmpty { sheet.row(head + [CSVWriter.Cell](repeating: .text(nil), count: 9)) }
            for (number, rule) in tariff.rules.enumerated() {
                sheet.row(head + [.integer(Int64(number + 1))] + cells(of: rule))
            }
        }
        return .csv(sheet, named: "tariffs")
    }

    private static func cells(of rule: TariffRule) -> [CSVWriter.Cell] {
        let kinds = SpotKind.allCases.filter(rule.kinds.contains).map(\.rawValue).joined(separator: " ")
        let days = TariffField.days.enumerated().filter { rule.weekdays.contains($0.offset) }.map(\.element)
        let price: [CSVWriter.Cell] =
            switch rule.price {
            case .perStarted(let minutes, let minor): [.text("per_started"), .integer(minutes), .integer(minor)]
            case .flat(let minor): [.text("flat"), .integer(nil), .integer(minor)]
            case .free: [.text("free"), .integer(nil), .integer(nil)]
            }
        return [
            .text(rule.name), .text(kinds), .text(days.joined(separator: " ")),
            .text(TariffField.time(rule.fromMinute)), .text(TariffField.time(rule.toMinute)),
        ] + price
    }
}
