internal import HubModel

/// Tariffs as APDS's rate tables: a collection for each rule, in the order in which they are tried.
extension APDSFeed {
    /// Writes the tariff that counts now.
    static func rate(_ writer: inout JSONWriter, of lot: Lot, _ version: TariffVersion) {
        let tariff = version.tariff
        writer.object { writer in
            identity(&writer, lot.id.text, version: version.version)
            text(&writer, "rateTableName", lot.name)
            writer.member("availability", "public")
            writer.member("rateType", "hourly")
            // The published shape demands this one and `activeTimes`, without saying what they hold.
            writer.member("validityStart") { $0.second(version.validFrom) }
            writer.array("activeTimes") { _ in }
            writer.object("validity") { writer in
                writer.member("validityStatus", "definedByValidityTimeSpec")
                writer.object("validityTimeSpecification") { writer in
                    writer.member("overallStartTime") { $0.second(version.validFrom) }
                }
            }
            writer.array("rateLineCollections") { writer in
                for (index, rule) in tariff.rules.enumerated() {
                    collection(&writer, rule, number: index + 1, of: lot, version)
                }
            }
        }
    }

    private static func collection(
        _ writer: inout JSONWriter, _ rule: TariffRule, number: Int, of lot: Lot, _ version: TariffVersion
    ) {
        let tariff = version.tariff
        let currency = Currency(tariff.currency)
        func major(_ writer: inout JSONWriter, _ minor: Int64) {
            if let currency { writer.decimal(currency.major(minor)) } else { writer.integer(minor) }
        }
        writer.object { writer in
            identity(&writer, "\(lot.id)/\(number)", version: version.version)
            writer.member("collectionSequence", number)
            writer.member("applicableCurrency", tariff.currency)
            writer.member("resetTime", "00:00")
            writer.member("validStart") { $0.second(version.validFrom) }
            writer.member("relativeTimes", false)
            writer.member("taxIncluded", true)
            if let cap = tariff.dailyCapMinor {
                writer.object("maxValueCollection") { writer in
                    writer.member("currencyType", tariff.currency)
                    writer.member("currencyValue") { major(&$0, cap) }
                }
            }
            writer.array("rateLines") { writer in
                var sequence = 1
                if tariff.freeMinutes > 0 {
                    writer.object { writer in
                        identity(&writer, "\(lot.id)/\(number)/free", version: version.version)
                        writer.member("sequence", sequence)
                        writer.member("rateLineType", "flatRateTier")
                        text(&writer, "description", "First minutes free")
                        writer.member("durationStart", "00:00")
                        writer.member("durationEnd", duration(tariff.freeMinutes))
                        writer.member("value", 0)
                    }
                    sequence += 1
                }
                writer.object { writer in
                    identity(&writer, "\(lot.id)/\(number)/price", version: version.version)
                    writer.member("sequence", sequence)
                    text(&writer, "description", rule.sentence)
                    switch rule.price {
                    case .perStarted(let minutes, let minor):
                        writer.member("rateLineType", "incrementingRate")
                        writer.member("incrementPeriod", "PT\(minutes)M")
                        writer.member("value") { major(&$0, minor) }
                    case .flat(let minor):
                        writer.member("rateLineType", "flatRate")
                        writer.member("value") { major(&$0, minor) }
                    case .free:
                        writer.member("rateLineType", "flatRate")
                        writer.member("value", 0)
                    }
                }
            }
        }
    }

    /// `hh:mm`, or `dd:hh:mm` from a day on.
    private static func duration(_ minutes: Int64) -> String {
        let days = minutes / 1_440
        let shown = (days > 0 ? [days] : []) + [minutes / 60 % 24, minutes % 60]
        return shown.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}

extension TariffRule {
    /// When it counts and for what, for people: APDS has no place for the times of a collection.
    fileprivate var sentence: String {
        var parts = [name]
        if !weekdays.isEmpty {
            let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            parts.append(weekdays.sorted().filter(names.indices.contains).map { names[$0] }.joined(separator: ", "))
        }
        if fromMinute != 0 || toMinute != 1_440 { parts.append("\(clock(fromMinute)) to \(clock(toMinute))") }
        if !kinds.isEmpty { parts.append(kinds.map(\.rawValue).sorted().joined(separator: ", ")) }
        return parts.joined(separator: "; ")
    }

    private func clock(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
