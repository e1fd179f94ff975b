/// A load for the broker, light enough to run on the machine that is measured.
@main
struct LoadGenerator {
    static func main() {
        let options = Options(CommandLine.arguments.dropFirst())
        switch options.mode {
        case .throughput:
            var run = Throughput(options)
            print(run.run())
        case .latency:
            var run = Latency(options)
            print(run.run())
        case .parking:
            var run = Parking(options)
            print(run.run())
        case .classrooms:
            var run = Classrooms(options)
            print(run.run())
        }
    }
}
