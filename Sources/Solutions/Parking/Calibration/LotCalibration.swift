internal import HubModel
internal import SQL
internal import SolutionKit

/// Judges the sensors of a lot by their history: each by its own, by what the others do, and by what people did.
struct LotCalibration: Sendable {
    let lot: LotID
    /// All spots of the lot, by their names.
    let spots: [Spot]
    let from: Timestamp
    let now: Timestamp
    let history: any ReadingHistory
    let database: Database

    /// The reports of a spot that are looked at, at most: the newest, and of what lies before them a piece now and then.
    private static let mostSamples = 5_000
    private static let newestSamples = 2_000
    /// As many pieces, of so many reports each. A number by which days do not divide, so that they show every hour of the day.
    private static let pieces: Int64 = 15
    private static let samplesOfPiece = 200
    /// Who judges few spots looks at so many others as well, to know what is usual.
    private static let fewestSpots = 24
    /// What people said is held against so many reports of a spot, at most: two weeks of one a minute.
    private static let mostOfTrack = 20_000
    /// Reports that show whether a sensor contradicts itself.
    private static let glance = 300

    /// What is proposed for some of the spots, and what looks wrong with them.
    /// - Throws: `Refusal`, `SQLFailure`.
    func judge(_ chosen: [Spot]) async throws -> [(spot: Spot, calibration: Calibration)] {
        var found: [(spot: Spot, calibration: Calibration)] = []
        var suspects: [SwappedSensors.Track] = []
        for spot in chosen {
            let (samples, gaps) = try await samples(of: spot.id)
            let calibration = Calibration(samples, settings: spot.state.settings, gaps: gaps)
            found.append((spot, calibration))
            note(spot, calibration, samples, &suspects)
        }
        var conducts = found.map(\.calibration.conduct)
        if chosen.count < LotCalibration.fewestSpots {
            let others = spots.filter { spot in !chosen.contains { $0.id == spot.id } }
            let stride = max(1, others.count / LotCalibration.fewestSpots)
            for index in Swift.stride(from: 0, to: others.count, by: stride).prefix(LotCalibration.fewestSpots) {
                let (samples, gaps) = try await samples(of: others[index].id)
                conducts.append(SensorConduct(samples, settings: others[index].state.settings, gaps: gaps))
            }
        }
        let usual = LotConduct(conducts)
        for index in found.indices { found[index].calibration.judge(among: usual) }
        if !suspects.isEmpty { try await addSuspects(beyond: chosen, to: &suspects) }
        let told = try await toldPairs(usual)
        var partners: [String: String] = [:]
        for (one, other) in SwappedSensors.pairs(suspects) + told where partners[one] == nil && partners[other] == nil {
            (partners[one], partners[other]) = (other, one)
        }
        for index in found.indices {
            guard let other = partners[found[index].spot.id.text] else { continue }
            found[index].calibration.add(.swapped(with: other))
        }
        return found
    }

    /// The pairs that people's payments and corrections tell of, wherever in the lot they are.
    private func toldPairs(_ usual: LotConduct) async throws -> [(String, String)] {
        let (lot, from, leeway) = (lot, from, usual.leewayMicroseconds)
        let told = try await database.read {
            try SwapEvidenceTable.told(of: lot, from: from, leeway: leeway, in: $0)
        }
        let suspects = Set(told.suspects)
        guard suspects.count >= 2 else { return [] }
        var tracks: [String: SaidTrack] = [:]
        for spot in spots where suspects.contains(spot.id.text) { tracks[spot.id.text] = try await track(of: spot) }
        var evidence = SwapEvidence(
            told.claims.filter { suspects.contains($0.key) }.flatMap(\.value), tracks: tracks, leeway: leeway)
        evidence.spots = spots.count
        for (spot, count) in told.contradicted where !suspects.contains(spot) {
            evidence.all += count
            evidence.contradicted += count
        }
        for (spot, count) in told.borneOut where !suspects.contains(spot) { evidence.all += count }
        return evidence.pairs()
    }

    /// What a spot's sensor said, also while people overruled it. A sensor that is silent for a day says nothing any more, and what it said
    /// where reports are lost nobody knows.
    private func track(of spot: Spot) async throws -> SaidTrack {
        let table = try await history.readings(
            ReadingQuery(
                device: spot.id, measurement: "spot", fields: ["distance", "occupied"], from: from, to: end,
                limit: LotCalibration.mostOfTrack))
        let distance = table.fields.firstIndex(of: "distance")
        let flag = table.fields.firstIndex(of: "occupied")
        let settings = spot.state.settings
        var track = SaidTrack()
        var last: Timestamp?
        var gaps = table.gaps[...]
        for row in table.rows {
            let near = distance.flatMap { row.values[$0]?.centimetres }.map { $0 < settings.thresholdCentimetres }
            var isOccupied = near
            if let flag, case .boolean(let said)? = row.values[flag], settings.decides == .flag || near == nil {
                isOccupied = said
            }
            guard let isOccupied else { continue }
            if let last, row.time > last.advanced(bySeconds: 86_400) {
                track.append(nil, from: last.advanced(bySeconds: 86_400))
            }
            while let gap = gaps.first, gap.from < row.time {
                if let last { track.append(nil, from: max(last.advanced(byMicroseconds: 1), gap.from)) }
                gaps.removeFirst()
            }
            track.append(isOccupied, from: row.time)
            last = row.time
        }
        if let last {
            let end = last.advanced(bySeconds: 86_400)
            track.append(nil, from: gaps.first.map { max(last.advanced(byMicroseconds: 1), min($0.from, end)) } ?? end)
        }
        return track
    }

    private func note(
        _ spot: Spot, _ calibration: Calibration, _ samples: [CalibrationSample],
        _ suspects: inout [SwappedSensors.Track]
    ) {
        let track = SwappedSensors.Track(
            spot: spot.id.text, samples: samples,
            threshold: calibration.threshold ?? spot.state.settings.thresholdCentimetres)
        // Only of these the samples are kept: those of a large lot would not fit into memory.
        guard suspects.count < SwappedSensors.mostSuspects, SwappedSensors.isSuspect(track) else { return }
        suspects.append(track)
    }

    /// The other one of a pair may be anywhere in the lot.
    private func addSuspects(beyond chosen: [Spot], to suspects: inout [SwappedSensors.Track]) async throws {
        let known = Set(chosen.map(\.id))
        for spot in spots where !known.contains(spot.id) && suspects.count < SwappedSensors.mostSuspects {
            let glance = try await read(spot.id, from: from, to: end, limit: LotCalibration.glance).samples
            let track = SwappedSensors.Track(
                spot: spot.id.text, samples: glance, threshold: spot.state.settings.thresholdCentimetres)
            guard SwappedSensors.isSuspect(track) else { continue }
            let (samples, gaps) = try await samples(of: spot.id)
            note(spot, Calibration(samples, settings: spot.state.settings, gaps: gaps), samples, &suspects)
        }
    }

    private var end: Timestamp { now.advanced(byMicroseconds: 1) }

    /// A sensor that speaks each minute says more in two weeks than can be looked at: then the newest reports, and pieces of the time before.
    private func samples(of spot: DeviceID) async throws -> (samples: [CalibrationSample], gaps: [ReadingGap]) {
        let all = try await read(spot, from: from, to: end, limit: LotCalibration.mostSamples)
        guard all.isTruncated else { return (all.samples, ReadingGap.merged(all.gaps)) }
        let newest = all.samples.suffix(LotCalibration.newestSamples)
        guard let first = newest.first?.at else { return ([], ReadingGap.merged(all.gaps)) }
        var gaps = all.gaps
        var samples: [CalibrationSample] = []
        let span = first.microseconds(since: from)
        for piece in 0..<LotCalibration.pieces {
            let part = try await read(
                spot, from: from.advanced(byMicroseconds: span / LotCalibration.pieces * piece),
                to: from.advanced(byMicroseconds: span / LotCalibration.pieces * (piece + 1)),
                limit: LotCalibration.samplesOfPiece)
            samples += part.samples
            gaps += part.gaps
        }
        return (samples + newest, ReadingGap.merged(gaps))
    }

    private func read(
        _ spot: DeviceID, from: Timestamp, to: Timestamp, limit: Int
    ) async throws -> (samples: [CalibrationSample], isTruncated: Bool, gaps: [ReadingGap]) {
        let table = try await history.readings(
            ReadingQuery(
                device: spot, measurement: "spot", fields: ["distance", "occupied"], from: from, to: to, limit: limit))
        guard let distance = table.fields.firstIndex(of: "distance") else {
            return ([], false, table.gaps)
        }
        let flag = table.fields.firstIndex(of: "occupied")
        let samples = table.rows.compactMap { row -> CalibrationSample? in
            guard let value = row.values[distance]?.centimetres else { return nil }
            var isOccupied: Bool?
            if let flag, case .boolean(let said)? = row.values[flag] { isOccupied = said }
            return CalibrationSample(at: row.time, distance: value, isOccupied: isOccupied)
        }
        return (samples, table.isTruncated, table.gaps)
    }
}

extension ReadingValue {
    /// A distance as a number.
    fileprivate var centimetres: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .decimal(let value): value.doubleValue
        case .double(let value): value
        case .boolean, .text: nil
        }
    }
}
