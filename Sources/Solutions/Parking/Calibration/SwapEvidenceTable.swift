internal import HubModel
internal import SQL

/// What people did in a lot, as far as it can tell that sensors were exchanged.
struct ToldOfSpots: Sendable {
    /// The newest claims by spot.
    var claims: [String: [SpotClaim]] = [:]
    /// How many claims of a spot its status bears out or contradicts, and of how many nobody knows what the status was.
    var borneOut: [String: Int] = [:]
    var contradicted: [String: Int] = [:]
    var unknown: [String: Int] = [:]

    /// Of one spot are kept at most so many claims.
    private static let mostOfOne = 500

    fileprivate mutating func note(_ claim: SpotClaim, isContradicted: Bool?) {
        switch isContradicted {
        case true?: contradicted[claim.spot, default: 0] += 1
        case false?: borneOut[claim.spot, default: 0] += 1
        case nil: unknown[claim.spot, default: 0] += 1
        }
        guard claims[claim.spot, default: []].count < ToldOfSpots.mostOfOne else { return }
        claims[claim.spot, default: []].append(claim)
    }

    /// The spots that may be contradicted, those first that are so most often.
    var suspects: [String] {
        contradicted.merging(unknown, uniquingKeysWith: +).filter { $0.value >= SwapEvidence.fewestContradictions }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(SwapEvidence.mostSuspects).map(\.key)
    }
}

/// Reads what people did. Bounded, however large the lot and its past are.
enum SwapEvidenceTable {
    /// So many payments, and so many overrides, are read at most, the newest.
    private static let mostClaims: Int64 = 20_000

    /// - Parameter leeway: how long after somebody has left they may pay, in microseconds.
    /// - Throws: `SQLFailure`.
    static func told(of lot: LotID, from: Timestamp, leeway: Int64, in reader: some SQLReading) throws -> ToldOfSpots {
        var told = ToldOfSpots()
        try payments(of: lot, from: from, leeway: leeway, in: reader, to: &told)
        try overrides(of: lot, from: from, in: reader, to: &told)
        return told
    }

    /// What was paid for a spot by its name. Who pays for a session has it from the sensor; that says nothing.
    private static func payments(
        of lot: LotID, from: Timestamp, leeway: Int64, in reader: some SQLReading, to told: inout ToldOfSpots
    ) throws {
        try reader.queryEach(
            """
            SELECT p.spot, p.paid_at,
                (SELECT c.status FROM parking_change c WHERE c.spot = p.spot AND c.at <= p.paid_at - $3
                    ORDER BY c.at DESC, c.id DESC LIMIT 1) AS was,
                (SELECT c.status FROM parking_change c WHERE c.spot = p.spot AND c.at > p.paid_at - $3
                    AND c.at <= p.paid_at + $4 AND c.status = 'occupied' ORDER BY c.at LIMIT 1) AS came
            FROM parking_payment p
            WHERE p.lot = $1 AND p.paid_at >= $2 AND NOT p.is_refund AND p.spot IS NOT NULL AND p.content LIKE '["%'
            ORDER BY p.paid_at DESC LIMIT $5
            """,
            [
                .text(lot.text), .integer(from.microseconds), .integer(leeway), .integer(leeway / 3),
                .integer(mostClaims),
            ]
        ) { row in
            let claim = SpotClaim(
                spot: try row.text("spot"), at: Timestamp(microseconds: try row.integer("paid_at")), isOccupied: true,
                source: .payment)
            let came = try row.optionalText("came") != nil
            told.note(claim, isContradicted: said(try row.optionalText("was")).map { !$0 && !came })
        }
    }

    /// What people said of a spot against its sensor. What follows on an override is somebody's second thought, or its end.
    private static func overrides(
        of lot: LotID, from: Timestamp, in reader: some SQLReading, to told: inout ToldOfSpots
    ) throws {
        try reader.queryEach(
            """
            SELECT o.spot, o.at, o.status,
                (SELECT CASE WHEN c.source = 'override' THEN NULL ELSE c.status END FROM parking_change c
                    WHERE c.spot = o.spot AND c.at <= o.at AND c.id < o.id ORDER BY c.at DESC, c.id DESC LIMIT 1) AS was
            FROM parking_change o
            WHERE o.lot = $1 AND o.at >= $2 AND o.source = 'override' AND o.status IN ('free', 'occupied')
            ORDER BY o.at DESC LIMIT $3
            """, [.text(lot.text), .integer(from.microseconds), .integer(mostClaims)]
        ) { row in
            guard let was = said(try row.optionalText("was")) else { return }
            let isOccupied = try row.text("status") == SpotStatus.occupied.rawValue
            let claim = SpotClaim(
                spot: try row.text("spot"), at: Timestamp(microseconds: try row.integer("at")), isOccupied: isOccupied,
                source: .override)
            told.note(claim, isContradicted: was != isOccupied)
        }
    }

    private static func said(_ status: String?) -> Bool? {
        switch status.flatMap(SpotStatus.init(rawValue:)) {
        case .free, .reserved: false
        case .occupied: true
        case .outOfService, .unknown, nil: nil
        }
    }
}
