public import HubModel
public import SQL
public import SolutionKit

/// The car park: spots whose sensors say whether a car stands there, sessions and money that follow from it, reservations, and what drivers,
/// owners and cities see of it. Read this first.
///
/// | Folder | What it holds |
/// |---|---|
/// | `Model` | a spot as a value: from report to status |
/// | `Payloads` | what sensors and apps say: bytes to values |
/// | `Tables` | the tables |
/// | `Line` | the handler inside the line |
/// | `Calibration` | what a sensor's own history proposes for its threshold |
/// | `Money` | tariffs, prices, sessions, payments, the ledger |
/// | `Bookings` | reservations |
/// | `Forecast` | how many spots will be free |
/// | `Feeds` | what cities read |
/// | `Web` | the routes of docs/parking-api.md |
/// | `Simulator` | a car park that does not exist |
public struct ParkingSolution: Solution, HandlesMessages, OffersRoutes, GivesOverview, HasRetention, HasSimulator,
    HasDemonstration
{
    /// The solution; without side effects.
    public init() {}

    /// Who it is and what it listens to.
    public var manifest: SolutionManifest {
        SolutionManifest(
            id: "parking", title: "Car park", path: "/parking", kinds: [Declared(.parking, "Parking sensor")],
            topics: ["parkmate/spot/status", "parkmate/payment"], ownedTopics: ["parkmate/#"],
            // What the hub tells the LEDs; scripts of old may do it as well, if they have the right.
            passedTopics: ["parkmate/led/#"],
            rights: [
                TopicRights(
                    .parking, publish: ["parkmate/spot/status"],
                    subscribe: [
                        "parkmate/led/command", "parkmate/led/command/+", "parkmate/led/command/+/{device_id}",
                    ])
            ],
            // Sensors of ParkMate have no names: what they say is taken for spots that no key belongs to.
            keylessRights: [
                TopicRights(
                    .parking, publish: ["parkmate/spot/status"],
                    subscribe: ["parkmate/led/command", "parkmate/led/command/+", "parkmate/led/command/+/+"])
            ],
            permissions: ParkingSolution.permissions, auditActions: ParkingSolution.auditActions,
            grants: [
                RoleGrant(
                    .operate,
                    [
                        .viewParking, .overrideParking, .manageParking, .viewParkingMoney, .manageTariffs,
                        .takePayments, .reserveParking,
                    ]),
                RoleGrant(.staff, [.viewParking, .overrideParking, .takePayments, .reserveParking]),
                RoleGrant(.viewer, [.viewParking]),
            ],
            links: [
                LinkDeclaration(
                    Declared(.lotBoard, "The board of a car park: how many spots are free on each level"), .thing(.lot),
                    needs: .manageParking, shows: .viewParking, path: "/parking/shared/board#{key}")
            ], settings: BookingLimits.settings,
            // A driver may want the nearest car park.
            browserFeatures: [.geolocation], worker: "/parking/worker.js", needs: .viewParking)
    }

    private static let permissions: [Declared<Permission>] = [
        Declared(.viewParking, "See lots that are not public, history and the health of sensors"),
        Declared(.overrideParking, "Say against its sensor whether a spot is free"),
        Declared(.manageParking, "Add and change lots, spots and their sensors"),
        Declared(.viewParkingMoney, "See sessions, payments and revenue of car parks"),
        Declared(.manageTariffs, "Add tariffs, give money back"),
        Declared(.takePayments, "Record payments for parking"),
        Declared(.reserveParking, "Reserve spots, and see who reserved"),
    ]

    private static let auditActions: [Declared<AuditAction>] = [
        Declared(.changeLot, "Change a car park"), Declared(.removeLot, "Remove a car park"),
        Declared(.cancelReservation, "Cancel a reservation"), Declared(.addTariff, "Add a tariff"),
        Declared(.takePayment, "Take a payment"), Declared(.allocatePayment, "Say what a payment is for"),
        Declared(.refundPayment, "Give money back"), Declared(.waive, "Write off what is owed"),
    ]

    /// Its tables.
    public var migrations: Migrations { ParkingTables.migrations }

    /// Makes the part that lives inside the line.
    public func makeHandler(_ services: LineServices) -> any MessageHandler {
        ParkingHandler(services)
    }

    /// What it offers over HTTP: docs/parking-api.md.
    public func routes(_ services: WebServices) -> [Route] {
        let lots =
            LotRoutes(services: services).all + SpotRoutes(services: services).all
            + OverrideRoutes(services: services).all + LotEditRoutes(services: services).all
            + LotExchangeRoutes(services: services).all + OccupancyRoutes(services: services).all
            + CalibrationRoutes(services: services).all
        let money =
            TariffRoutes(services: services).all + PaymentRoutes(services: services).all
            + MoneyListRoutes(services: services).all + MoneyReportRoutes(services: services).all
            + AllRevenueRoutes(services: services).all
        return lots + money + BookingRoutes(services: services).all + ForecastRoutes(services: services).all
            + FeedRoutes(services: services).all + BoardRoutes(services: services).all
    }

    /// All spots; those that are unknown need attention.
    public func overview(_ services: WebServices, at sites: SiteScope) async throws -> SolutionOverview {
        let now = services.clock.now()
        return try await services.database.read { try SpotTable.overview(at: sites, now: now, in: $0) }
    }

    /// What of its tables may go: money and what belongs to it never does.
    public var retention: [RetentionRule] {
        [
            ChangeTable.history.retention(
                "parking.history", "Changes of spots, but the last one of each",
                days: .days(
                    "MARTLET_PARKING_HISTORY_DAYS",
                    "Days for which the history of spots is kept, which occupancy and forecasts are made of; 0: for ever"
                )),
            RetentionRule(
                "parking.reservations", "Reservations that are over, with who had them",
                days: .days(
                    "MARTLET_PARKING_RESERVATION_DAYS",
                    "Days for which reservations are kept after they have ended; 0: for ever"),
                table: "parking_reservation", time: "ends_at",
                condition: """
                    due_at IS NULL AND NOT EXISTS (
                        SELECT 1 FROM parking_reserved_quarter q WHERE q.reservation = parking_reservation.id)
                    """),
        ]
    }

    /// `martlet simulate parking`.
    public var simulator: any SimulatorOptions.Type { ParkingSimulatorOptions.self }

    /// The demo lots in motion.
    public func demonstration(at now: Timestamp) -> SimulatedCarParks? { DemoPark.fleet(at: now) }

    /// Makes those demo lots that are not there yet, as `POST /api/init` does.
    public func prepareDemonstration(_ services: WebServices, by caller: Caller) async throws {
        _ = try await LotExchangeRoutes(services: services).addDemo(by: caller)
    }
}
