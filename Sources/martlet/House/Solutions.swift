internal import Nodes
internal import Parking
internal import SolutionKit

/// The solutions that this program runs: the one list to add a word to.
enum Solutions {
    static let all: [any Solution] = [NodesSolution(), ParkingSolution()]

    /// How their devices take commands.
    static let commandForms = all.compactMap { $0 as? any GivesCommands }.flatMap(\.commandForms)

    /// What they and the hub declare. A mistake in it is one of this program, found by every test that starts it.
    static let catalogue: Catalogue = {
        do throws(CatalogueError) {
            let catalogue = try Catalogue(all.map(\.manifest))
            try catalogue.check(commandForms)
            return catalogue
        } catch {
            fatalError("The solutions contradict each other: \(error)")
        }
    }()
}
