internal import Nodes
internal import Parking
internal import SolutionKit

/// The solutions that this program runs: the one list to add a word to.
enum Solutions {
    static let all: [any Solution] = [NodesSolution(), ParkingSolution()]

    /// What they and the hub declare. A mistake in it is one of this program, found by every test that starts it.
    static let catalogue: Catalogue = {
        do throws(CatalogueError) {
            return try Catalogue(all.map(\.manifest))
        } catch {
            fatalError("The solutions contradict each other: \(error)")
        }
    }()
}
