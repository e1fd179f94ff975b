internal import HubModel
package import SolutionKit

/// What the operator may set for the classrooms.
package struct ClassroomSettings: Sendable {
    private static let zoneSetting = TypedSetting<LocalClock>.zone(
        "MARTLET_CLASSROOMS_ZONE", "The time zone of classrooms of which nobody says another")
    private static let horizonSetting = DeclaredSetting(
        "MARTLET_CLASSROOMS_HORIZON_DAYS", "How many days ahead classrooms may be booked", range: 1...1_100,
        standard: 400)
    private static let openSetting = DeclaredSetting(
        "MARTLET_CLASSROOMS_BOOKINGS_PER_PERSON",
        "Bookings of one person that are not over, of those who may not manage bookings. Beyond: 429",
        range: 1...10_000, standard: 50)

    private static let usedSetting = DeclaredSetting(
        "MARTLET_CLASSROOMS_UTILISATION_ROWS",
        "Changes, switchings and bookings that one answer of utilisation counts. Beyond: 400",
        range: 1_000...100_000_000,
        standard: 3_000_000)

    package static let declared = [zoneSetting.declared, horizonSetting, openSetting, usedSetting]

    /// The zone of rooms of which nobody says another.
    package let zone: String
    /// How many days ahead people may book.
    package let horizonDays: Int64
    /// How many bookings that are not over one person may have.
    package let mostOpen: Int64
    /// How many rows one answer of utilisation reads.
    package let mostRowsOfUse: Int

    package init(_ settings: SettingValues) {
        zone = settings[ClassroomSettings.zoneSetting].name
        horizonDays = Int64(settings[ClassroomSettings.horizonSetting])
        mostOpen = Int64(settings[ClassroomSettings.openSetting])
        mostRowsOfUse = settings[ClassroomSettings.usedSetting]
    }
}
