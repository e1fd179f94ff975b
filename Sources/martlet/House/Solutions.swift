internal import Nodes
internal import Parking
internal import SolutionKit

/// The solutions that this program runs: the one list to add a word to.
enum Solutions {
    static let all: [any Solution] = [NodesSolution(), ParkingSolution()]
}
