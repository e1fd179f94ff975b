internal import House
internal import Nodes
internal import Streams

/// A hub with sensor nodes and the streams that are measured beside them.
@main
enum Start {
    static func main() async {
        await Program([NodesSolution(), StreamsSolution()]).run()
    }
}
