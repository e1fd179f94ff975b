import Foundation
import HubModel

/// What the process uses up, as Linux tells it under /proc/self. Elsewhere what is not known is left out.
struct ProcessFigures: MetricsSource {
    func metrics() -> [MetricFamily] {
        var families: [MetricFamily] = []
        if let bytes = ProcessFigures.residentBytes() {
            families.append(
                MetricFamily("process_resident_memory_bytes", .gauge, help: "Resident memory, in bytes.", value: bytes))
        }
        families.append(
            MetricFamily(
                "process_cpu_seconds_total", .counter, help: "CPU time used, user and system, in seconds.",
                value: ProcessFigures.cpuSeconds()))
        if let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            // One of them is the look at the folder itself.
            families.append(
                MetricFamily("process_open_fds", .gauge, help: "Open file descriptors.", value: Double(files.count - 1))
            )
        }
        return families
    }

    private static func residentBytes() -> Double? {
        // The second number is the resident size in pages.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let numbers = text.split(separator: " ")
        guard numbers.count > 1, let pages = Double(numbers[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
