internal import SolutionKit

/// The table `parking_change`: which spot of which lot has which status since when.
enum ChangeTable {
    static let history = StateTable(
        table: "parking_change", resource: "spot", place: "lot", state: "status", resources: "parking_spot",
        madeAt: "status_since")
}
