package import HubModel
internal import SolutionKit

/// What may be reserved, how much of it and by whom.
enum BookingRules {
    /// How long a spot waits for the car, in seconds.
    static let graceSeconds: Int64 = 900
    /// A car that comes this many seconds before a reservation is taken for its holder's.
    static let earlySeconds: Int64 = 900
    /// How often a spot that is past the grace but not known to be empty is looked at again, in seconds.
    static let lookAgainSeconds: Int64 = 60
    /// Shortest and longest time, in seconds.
    static let lengthSeconds: ClosedRange<Int64> = 900...43_200
    /// How far back a beginning may lie, in seconds: clocks of telephones differ.
    static let pastSeconds: Int64 = 120
    /// How far ahead people with an account may reserve, in seconds.
    static let aheadSeconds: Int64 = 14 * 86_400
    /// How far ahead strangers may, in seconds.
    static let aheadOfStrangersSeconds: Int64 = 86_400
    /// Strangers keep at most one of so many spots of a lot from everybody else.
    static let spotsPerStranger: Int64 = 4

    /// Whether a time may be asked for now.
    static func check(from: Timestamp, to: Timestamp, by holder: BookingHolder, at now: Timestamp) throws(Refusal) {
        guard to > from else { throw Refusal(.valueOutOfRange, "to lies after from.") }
        let length = to.microseconds(since: from)
        guard length >= lengthSeconds.lowerBound * 1_000_000, length <= lengthSeconds.upperBound * 1_000_000 else {
            throw Refusal(.valueOutOfRange, "A reservation is 15 minutes to 12 hours long.")
        }
        guard from >= now.advanced(bySeconds: -pastSeconds) else {
            throw Refusal(.valueOutOfRange, "from lies in the past.")
        }
        switch holder {
        case .stranger:
            guard from <= now.advanced(bySeconds: aheadOfStrangersSeconds) else {
                throw Refusal(.valueOutOfRange, "Without signing in, reservations begin within the next 24 hours.")
            }
        case .account:
            guard from <= now.advanced(bySeconds: aheadSeconds) else {
                throw Refusal(.valueOutOfRange, "Reservations begin within the next 14 days.")
            }
        }
    }
}

/// How many reservations that are not over somebody may have.
struct BookingLimits: Sendable {
    private static let account = DeclaredSetting(
        "MARTLET_PARKING_RESERVATIONS_PER_ACCOUNT", "Reservations of one account that are not over. Beyond: 429",
        range: 1...1_000, standard: 5)
    private static let staff = DeclaredSetting(
        "MARTLET_PARKING_RESERVATIONS_PER_STAFF",
        "The same of an account that may reserve for others (parking.reserve). Beyond: 429", range: 1...100_000,
        standard: 200)
    private static let address = DeclaredSetting(
        "MARTLET_PARKING_RESERVATIONS_PER_ADDRESS",
        "The same of one address whose people are not signed in. Beyond: 429", range: 1...1_000, standard: 2)

    static let settings = [account, staff, address]

    let perAccount: Int64
    /// Of those who reserve for others (`parking.reserve`).
    let perStaff: Int64
    let perAddress: Int64

    init(_ settings: SettingValues) {
        perAccount = Int64(settings[BookingLimits.account])
        perStaff = Int64(settings[BookingLimits.staff])
        perAddress = Int64(settings[BookingLimits.address])
    }
}

/// For whom a spot is reserved.
package enum BookingHolder: Hashable, Sendable {
    /// Somebody with an account; `isStaff` if they may reserve for others.
    case account(String, isStaff: Bool)
    /// Somebody without: from which address (`AddressGroup`), as long as the reservation is not over, and the SHA-256 of
    /// their code.
    case stranger(address: String, codeHash: [UInt8])
}

/// A wish for a spot.
package struct BookingRequest: Hashable, Sendable {
    /// Which one; nil: any of the kind.
    package var spot: DeviceID?
    /// Of which kind, if it is not one spot; nil: standard.
    package var kind: SpotKind?
    package var from: Timestamp
    package var to: Timestamp
    /// What the holder wants to be called: a name, a number plate.
    package var name: String?

    /// A wish.
    package init(spot: DeviceID? = nil, kind: SpotKind? = nil, from: Timestamp, to: Timestamp, name: String? = nil) {
        self.spot = spot
        self.kind = kind
        self.from = from
        self.to = to
        self.name = name
    }
}
