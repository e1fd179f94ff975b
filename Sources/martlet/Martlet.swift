internal import Classrooms
internal import House
internal import Nodes
internal import Parking

/// Where the program begins. Its list of solutions is the one to add a word to.
@main
enum Martlet {
    static func main() async {
        await Program([NodesSolution(), ParkingSolution(), ClassroomsSolution()]).run()
    }
}
