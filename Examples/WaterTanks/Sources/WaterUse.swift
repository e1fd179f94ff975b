internal import HubModel
internal import SQL
internal import SolutionKit

/// Every night: how much was drawn from each tank the day before.
package struct WaterUse: Sendable {
    let services: WebServices

    /// So long are the pieces of a day of which the means are compared, in microseconds: shorter, and the waves would be counted as use.
    private static let step: Int64 = 600_000_000

    /// A quarter of an hour after midnight, when the last reports of the day are there. Nights that the hub was down are made up for.
    var schedule: Schedule {
        Schedule(
            "tanks.days", when: .daily(hour: 0, minute: 15, in: services.settings[TypedSetting<LocalClock>.tankZone]),
            start: .catchesUp, work: sumUp)
    }

    /// So many days are made up for at most.
    private static let mostDays: Int64 = 14

    /// Sums up the day before, and those before it of which nothing was noted yet.
    private func sumUp() async throws {
        var clock = services.settings[TypedSetting<LocalClock>.tankZone]
        let yesterday = clock.reading(at: services.clock.now()).day - 1
        for tank in try await services.database.read({ try TankTable.all(in: $0) }) {
            let noted = try await services.database.read {
                Set(try TankTable.days(of: tank.id, before: nil, limit: Int(WaterUse.mostDays), in: $0).map(\.day))
            }
            for day in (yesterday - WaterUse.mostDays + 1)...yesterday where !noted.contains(DayRange.text(day)) {
                try await sumUp(day, of: tank, &clock)
            }
        }
    }

    private func sumUp(_ day: Int64, of tank: Tank, _ clock: inout LocalClock) async throws {
        let (begin, end) = (clock.midnight(ofDay: day), clock.midnight(ofDay: day + 1))
        let table = try await services.history.readings(
            ReadingQuery(
                device: tank.id, measurement: "level", fields: ["level"], from: begin, to: end, limit: 200,
                step: (WaterUse.step, .mean)))
        let levels = table.rows.compactMap { row in (row.values.first ?? nil)?.number }
        guard let litres = WaterUse.litres(levels, of: tank.litres) else { return }
        try await services.line.perform { line in
            let transaction = try line.transaction()
            // It may have been removed since it was listed.
            guard try TankTable.one(tank.id, in: transaction) != nil else { return }
            try TankTable.note(
                TankDay(day: DayRange.text(day), begin: begin, litres: litres), of: tank.id, in: transaction)
        }
    }

    /// How much was drawn, by the levels of a day in percent, in order of time: what they fell. Nil for fewer than two.
    package static func litres(_ levels: [Double], of capacity: Int64) -> Int64? {
        guard levels.count > 1 else { return nil }
        let fallen = zip(levels, levels.dropFirst()).reduce(0) { $0 + max(0, $1.0 - $1.1) }
        return Int64((fallen / 100 * Double(capacity)).rounded())
    }
}

extension ReadingValue {
    /// The number; nil for what is none.
    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value.doubleValue
        case .double(let value): value
        case .boolean, .text: nil
        }
    }
}
