internal import SolutionKit

/// What is known of a node's being there.
typealias NodeState = LivenessState
