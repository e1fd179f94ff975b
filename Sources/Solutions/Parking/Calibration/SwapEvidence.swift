internal import HubModel

/// Finds pairs of spots whose sensors were exchanged by what people did: again and again a car is where one sensor says free and the other
/// says occupied, and the other way round as often. No sensor need contradict itself for that.
package struct SwapEvidence: Sendable {
    /// The spots that are held against each other at most; those that are contradicted most often.
    static let mostSuspects = 100
    /// Contradicted less often than this, a spot is none of them.
    static let fewestContradictions = 2
    /// So often in each direction, at least, one sensor must have told what was true of the other's spot.
    private static let fewestFits = 3
    /// Of what tells the two apart this share must speak for the exchange.
    private static let leastShare = 0.8
    /// How likely a false alarm may be, over all pairs of a lot.
    private static let mostDoubt = 0.01
    /// A sensor is exchanged with one of so many others: with a neighbour, and not with any.
    private static let neighbours = 50

    /// Claims by spot, of the suspects.
    package var claims: [String: [SpotClaim]]
    /// What the suspects' sensors said.
    package var tracks: [String: SaidTrack]
    /// How many spots the lot has.
    package var spots: Int
    /// All claims of the lot, and those that contradict their own sensor: how often people err, or pay when they have left.
    package var all: Int
    package var contradicted: Int
    /// How long after somebody has left they may pay, in microseconds.
    package var leeway: Int64

    /// Evidence of a lot.
    package init(
        claims: [String: [SpotClaim]], tracks: [String: SaidTrack], spots: Int, all: Int, contradicted: Int,
        leeway: Int64
    ) {
        self.claims = claims
        self.tracks = tracks
        self.spots = spots
        self.all = all
        self.contradicted = contradicted
        self.leeway = leeway
    }

    /// Evidence of all that is known of a small lot.
    package init(_ claims: [SpotClaim], tracks: [String: SaidTrack], leeway: Int64) {
        self.init(
            claims: Dictionary(grouping: claims, by: \.spot), tracks: tracks, spots: tracks.count, all: 0,
            contradicted: 0, leeway: leeway)
        for claim in claims {
            guard let own = says(claim.spot, claim) else { continue }
            all += 1
            if !own { contradicted += 1 }
        }
    }

    /// How often what people did tells two spots apart.
    private struct Tally {
        /// One sensor said free and the other occupied, and it was the other way round.
        var oneFree = 0
        /// The same with the two in each other's place.
        var otherFree = 0
        /// It was as the sensors said.
        var against = 0

        var fits: Int { oneFree + otherFree }
    }

    /// The pairs, each once, the surest first.
    package func pairs() -> [(String, String)] {
        let suspects = claims.keys.filter { (tracks[$0]).map { !$0.isEmpty } ?? false }.sorted()
        var found: [(one: String, other: String, doubt: Double)] = []
        for (index, one) in suspects.enumerated() {
            for other in suspects.dropFirst(index + 1) {
                if let doubt = doubt(one, other) { found.append((one, other, doubt)) }
            }
        }
        var taken: Set<String> = []
        var pairs: [(String, String)] = []
        for pair in found.sorted(by: { ($0.doubt, $0.one, $0.other) < ($1.doubt, $1.one, $1.other) })
        where !taken.contains(pair.one) && !taken.contains(pair.other) {
            taken.formUnion([pair.one, pair.other])
            pairs.append((pair.one, pair.other))
        }
        return pairs
    }

    /// Whether a spot's sensor said what a claim says, about the time of the claim; nil: that is not known.
    private func says(_ spot: String, _ claim: SpotClaim) -> Bool? {
        let window = claim.window(leeway: leeway)
        return tracks[spot]?.said(claim.isOccupied, from: window.from, to: window.to)
    }

    /// How likely what speaks for an exchange is mere chance; nil when that is too likely.
    private func doubt(_ one: String, _ other: String) -> Double? {
        var tally = Tally()
        var (own, ownContradicted) = (0, 0)
        for (spot, partner) in [(one, other), (other, one)] {
            for claim in claims[spot] ?? [] {
                guard let here = says(spot, claim) else { continue }
                own += 1
                if !here { ownContradicted += 1 }
                guard let there = says(partner, claim), here != there else { continue }
                if here {
                    tally.against += 1
                } else if claim.isOccupied == (spot == one) {
                    tally.oneFree += 1
                } else {
                    tally.otherFree += 1
                }
            }
        }
        guard min(tally.oneFree, tally.otherFree) >= SwapEvidence.fewestFits,
            Double(tally.fits) >= SwapEvidence.leastShare * Double(tally.fits + tally.against)
        else { return nil }
        // How often a claim is wrong by itself, as the lot's other spots show it. The partner is one that happened to fit, so the odds of
        // an error are taken four times.
        let error = min(
            Double(max(0, contradicted - ownContradicted) + 1) / Double(max(0, all - own) + 40), 0.5)
        let chance = min(4 * error / (1 + 3 * error), 0.5)
        let tail = SwapEvidence.tail(tally.fits, of: tally.fits + tally.against, chance: chance)
        let pairs = Double(max(1, spots * min(max(1, spots - 1), SwapEvidence.neighbours) / 2))
        return tail * pairs <= SwapEvidence.mostDoubt ? tail : nil
    }

    /// The probability that at least so many of so many happen, each with this probability.
    private static func tail(_ least: Int, of count: Int, chance: Double) -> Double {
        // From the term of all on downwards: each follows from the one before.
        var term = 1.0
        for _ in 0..<count { term *= chance }
        var sum = term
        var happened = count
        while happened > least {
            term *= Double(happened) / Double(count - happened + 1) * (1 - chance) / chance
            happened -= 1
            sum += term
        }
        return sum
    }
}
