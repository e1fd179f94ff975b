internal import House
internal import WaterTanks

/// Martlet with the water tanks: all that a program of one's own takes.
@main
enum Start {
    static func main() async {
        await Program([WaterTanksSolution()], pageFolders: ["Examples/WaterTanks/Web"]).run()
    }
}
